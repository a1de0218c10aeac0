"""For tests of the judge: transcripts from a few words, and a cast that is always the same."""

from datetime import UTC, datetime
from typing import Any

from clients.bureau.check.cast import ASSIGNMENT, Cast
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.transcript import Entry, HeardRecord, Told, Transcript, TranscriptCue
from clients.bureau.check.verdict import ScenarioVerdict

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
CAST = Cast("foshan", "7K2M9QXT", ("bureau:foshan.1", "bureau:foshan.2"), ("router.1", "router.2"))
ID = "00000000-0000-4000-8000-00000000000{}"
APPLIED, REFUSED = "gd.mailbox.action.applied.v1", "gd.mailbox.action.refused.v1"


def heard(letter: str, kind: str = "accept", name: int = 1, **more: Any) -> HeardRecord:
    """An action on a letter, with a short name for its id."""
    quotes = frozenset(more.pop("quotes", ()))
    common = {"assignment": ASSIGNMENT, "content": f"{kind}/{letter}"}
    return HeardRecord(
        letter=letter, kind=kind, action_id=ID.format(name), quotes=quotes, **{**common, **more}
    )


def refused(letter: str, name: int = 1) -> Told:
    """The answer that an action is not done."""
    return Told(letter, REFUSED, 2, of=ID.format(name), code="not_held")


def cue(name: str) -> TranscriptCue:
    """A place in the script."""
    return TranscriptCue(name)


def judged(scenario: str, *entries: Entry, cast: Cast = CAST) -> ScenarioVerdict:
    """The verdict of the scenario's judge."""
    return SCENARIOS[scenario].judge(cast, Transcript(entries))


def result(scenario: str, *entries: Entry, cast: Cast = CAST) -> str:
    """The verdict's one word."""
    return judged(scenario, *entries, cast=cast).result
