"""What the triage desk shows: the next letter, where it may go, and the queue."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Literal

from services.router.api.dependencies import RouterDesk, found_by, seen_by
from services.router.api.letters import alike_for
from services.router.api.letters_schemas import AlikeShown, LetterShown, shown
from services.router.domain.letter import Letter
from services.router.domain.overview import Horizon, OverviewFilter, is_late
from services.router.domain.routing import targets
from services.router.pages.desk_tools import DeskTools
from services.router.pages.routing_evidence import Said, evidence_in_words
from services.router.store.pending_decisions import PendingDecision
from services.router.store.queries import in_triage
from shared.contracts.bilingual import Bilingual
from shared.contracts.slugs import Bureau
from shared.kernel.civil import ONE_DAY
from shared.kernel.finding import restriction
from shared.kernel.working_days import civil_date
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of
from shared.platform.mongo.paging import Place, written
from shared.web.language import N_, Message
from shared.web.vocabulary import label

MOST_PAGES: Final = 4
"""Pages of the queue that are looked through for a letter that nobody has."""
WAITING: Final = OverviewFilter(holder="triage", state="triage")
Age = Literal["today", "yesterday", "older"]
Choice = tuple[str, Bilingual | Message, Message | None]


@dataclass(frozen=True, slots=True)
class TriageLetter:
    """A letter as its clerk sees it."""

    shown: LetterShown
    version: int
    first: list[Choice]
    """Likely bureaus, the suggested one first."""
    suggested: str | None
    """The bureau that is chosen already: only one for which there is evidence."""
    others: list[tuple[str, Bilingual | Message]]
    evidence: list[Said]
    alike: list[AlikeShown]
    later: str
    """The place in the queue after this letter."""
    age_s: float

    @property
    def number(self) -> str:
        """The letter's number."""
        return self.shown.letter


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many letters wait, by their day of receipt."""

    total: int
    late: int
    by_age: list[tuple[Age, int]]


async def next_number(
    person: Person, *, desk: RouterDesk, tools: DeskTools, after: Place | None
) -> str | None:
    """Take the oldest waiting letter that no colleague has; None if there is none."""
    seen, staff = found_by(person, least="all"), person.staff_id
    waiting = await tools.pending.numbers()
    place = after
    for _ in range(MOST_PAGES):
        numbers, place = await in_triage(desk.documents, seen, after=place)
        free = [number for number in numbers if number not in waiting]
        if (taken := await tools.leases.take(free, staff)) is not None:
            return taken
        if place is None:
            return None
    return None


async def view_of(number: str, letter: Letter, *, person: Person, desk: RouterDesk) -> TriageLetter:
    """Return a letter with what is known about where it belongs."""
    now = desk.now()
    may = targets(letter, on=civil_date(now), rulebook=desk.rulebook)
    likely = [slug for slug in _likely(letter) if slug in may]
    alike = await alike_for(person, [number], desk=desk)
    return TriageLetter(
        shown=shown(number, letter, sight=seen_by(person, letter)),
        version=letter.facts,
        first=[(slug, label("bureau", slug), _hint(slug, letter)) for slug in likely],
        suggested=letter.suggestion,
        others=[(slug, label("bureau", slug)) for slug in may if slug not in likely],
        evidence=evidence_in_words(letter.evidence),
        alike=alike.get(number, []),
        later=written((letter.received_at, number)),
        age_s=(now - letter.received_at).total_seconds(),
    )


def queue_counts(person: Person, *, tools: DeskTools, now: datetime) -> QueueCounts | None:
    """Count the letters that wait and that this person may find; None while counting begins."""
    if tools.overview.as_of is None:
        return None
    who = restriction(viewer_of(person), least="all")
    at = Horizon.at(now)
    lines = list(tools.overview.lines(who, WAITING, at=at))
    ages = Counter(age_of(line.received_at, now) for line in lines)
    order: Sequence[Age] = ("today", "yesterday", "older")
    return QueueCounts(
        total=len(lines),
        late=sum(is_late(line, at) for line in lines),
        by_age=[(age, ages[age]) for age in order],
    )


def age_of(received_at: datetime, now: datetime) -> Age:
    """Return since when a letter is here, by days of Asia/Shanghai."""
    days = civil_date(now) - civil_date(received_at)
    if days <= timedelta():
        return "today"
    return "yesterday" if days == ONE_DAY else "older"


@dataclass(frozen=True, slots=True)
class PendingNotice:
    """A waiting or refused decision, for the clerk who made it."""

    number: str
    command_id: str
    what: str
    bureau: str | None
    refused: str | None
    seconds: int
    """How long it can still be undone."""


def notices(decisions: Sequence[PendingDecision], *, now: datetime) -> list[PendingNotice]:
    """Return the notices about a clerk's decisions; `now`: by the machine's clock."""
    return [
        PendingNotice(
            number=one.number,
            command_id=one.command_id,
            what=one.what,
            bureau=one.fields["body"].get("bureau"),
            refused=one.refused,
            seconds=ceil((one.act_at - now).total_seconds()) if one.act_at else 0,
        )
        for one in decisions
    ]


def _likely(letter: Letter) -> list[Bureau]:
    named: Sequence[Bureau | None]
    named = (letter.suggestion, letter.place.city, letter.addressed_to, "province")
    return [slug for slug in dict.fromkeys(named) if slug is not None]


def _hint(slug: str, letter: Letter) -> Message | None:
    """Why a bureau is among the first."""
    if slug == letter.suggestion and letter.returns:
        return N_("Suggested by the bureau that returned the letter")
    if slug == letter.suggestion and letter.confidence:
        percent = round(100 * letter.confidence)
        return Message(N_("Suggested by the rules, which are %(percent)s %% sure"), percent=percent)
    if slug == letter.suggestion:
        return N_("Suggested by the rules")
    if slug == letter.place.city:
        return N_("Named by the writer as the place")
    return N_("Addressed by the writer") if slug == letter.addressed_to else None
