"""Retention of letters and diversions: from when their parts may be erased, and by which rule."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from services.intake.domain.diversion import Diversion, DivertedContent
from services.intake.domain.erasure import is_held, without
from services.intake.domain.letter import ENDED, IntakeLetter
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Fact
from shared.contracts.vocabulary import Erasable
from shared.kernel.civil import passes_at
from shared.kernel.errors import OutOfOrder, Refused
from shared.kernel.retention import PARTS, WORDS_REST, Archive, RetentionTable
from shared.kernel.working_days import civil_date


class StillKept(Refused):
    """A part that its writer asks to erase must be kept until a later day."""

    status = 409
    code = "still_kept"

    def __init__(self, rule: str = "petitions.words", until: date = date(2057, 1, 2)) -> None:
        super().__init__()
        self.members = {"rule": rule, "until": until.isoformat()}


class DuePart(NamedTuple):
    """A part that is still there, and from when it is to be erased."""

    at: datetime
    part: Erasable
    rule: str
    """The row of the retention table."""


def filed(letter: IntakeLetter, fact: Fact, *, at: datetime) -> IntakeLetter:
    """The letter with the instants and the kind of file by which its parts are kept."""
    archive = letter.archive
    if isinstance(fact, facts.PetitionMarked):
        archive = "petition"
    elif isinstance(fact, facts.DisclosureMarked) and archive == "letter":
        archive = "disclosure"
    ended_at = (letter.ended_at or at) if letter.state in ENDED else None
    return replace(letter, archive=archive, ended_at=ended_at, last_fact_at=at)


def due_parts(state: Any, table: RetentionTable) -> list[DuePart]:
    """The parts of a letter or diversion that a date is known for, earliest first.

    Nothing while it runs, or while something about it is open.
    """
    match state:
        case IntakeLetter(state=letter_state) if letter_state in ENDED:
            return sorted(_of_letter(state, table), key=attrgetter("at"))
        case Diversion(is_open=False):
            return [*_of_diversion(state, table)]
        case _:
            return []


def check_request(
    letter: IntakeLetter, what: Collection[Erasable], *, table: RetentionTable, now: datetime
) -> None:
    """Whether its writer may have these parts erased now.

    Raises: OutOfOrder, while the letter runs or something is open; StillKept.
    """
    if (ended_at := end_of(letter)) is None or is_held(letter):
        raise OutOfOrder(f"erase while {letter.state}")
    for part in what:
        rule = table.rule(archive_of(letter), part)
        at = max(ended_at + rule.request_after, rests_until(letter))
        if at > now:
            raise StillKept(rule.key, civil_date(at))


def forget(state: Any, what: Collection[Erasable]) -> Any:
    """A letter or diversion of a restored copy without what has been erased since."""
    match state:
        case IntakeLetter():
            return without(state, what)
        case Diversion(caught=DivertedContent() as caught) if "words" in what:
            return replace(state, caught=caught.without_words())
        case _:
            return state


def end_of(letter: IntakeLetter) -> datetime | None:
    """When it ended; None while it runs. Documents of older versions have only the last step."""
    if letter.state not in ENDED:
        return None
    return letter.ended_at or max((step.at for step in letter.history), default=None)


def archive_of(letter: IntakeLetter) -> Archive:
    """As what it is filed; older documents show it by their steps."""
    steps = {step.what for step in letter.history}
    if letter.archive == "petition" or "petition.marked" in steps:
        return "petition"
    is_disclosure = letter.archive == "disclosure" or "disclosure.marked" in steps
    return "disclosure" if is_disclosure else "letter"


def rests_until(letter: IntakeLetter) -> datetime:
    """Until when nothing is erased: somebody has just written, or its writer may still object."""
    times = [letter.received_at, *(step.at for step in letter.history[-1:])]
    times += filter(None, (letter.ended_at, letter.last_fact_at))
    rest = max(times) + WORDS_REST
    answer_by = letter.answer.answer_by if letter.answer else None
    return max(rest, passes_at(answer_by)) if answer_by else rest


def _of_letter(letter: IntakeLetter, table: RetentionTable) -> Iterator[DuePart]:
    ended_at = end_of(letter)
    if ended_at is None or is_held(letter):
        return
    archive = archive_of(letter)
    for part in PARTS[archive]:
        if without(letter, (part,)) != letter:
            rule = table.rule(archive, part)
            yield DuePart(max(ended_at + rule.keep, rests_until(letter)), part, rule.key)


def _of_diversion(diversion: Diversion, table: RetentionTable) -> Iterator[DuePart]:
    """The desk's outcome has no time of its own; the diversion was made at most a day before."""
    if diversion.letter_to_send or not diversion.has_content:
        return
    rule = table.rule("diversion", "words")
    since = diversion.seen_at or diversion.diverted_at
    yield DuePart(since + max(rule.keep, WORDS_REST), "words", rule.key)
