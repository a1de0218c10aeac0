"""What the inbox shows: its filters, its lines and its counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, Self

from services.router.api.dependencies import RouterDesk, seen_by
from services.router.api.lists_schemas import subject
from services.router.domain.letter import Letter
from services.router.domain.overview import OverviewLine
from services.router.store.inbox import (
    AT_DESK,
    SOON,
    Holdings,
    InboxCounts,
    InboxFilter,
    count_inbox,
    inbox_page,
    of_desks,
)
from services.router.store.overview import LetterOverview
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import Category, ClockName, PoliceType, State
from shared.kernel.access_policy import Sight
from shared.kernel.finding import restriction
from shared.platform.http.parameters import RequestBody
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of
from shared.platform.mongo.paging import Place
from shared.platform.runtime.office_time import machine_time

DueFilter = Literal["overdue", "soon", "week"]
WhoFilter = Literal["mine", "free"]
WITHIN: Final[Mapping[DueFilter, timedelta]] = {
    "overdue": timedelta(),
    "soon": SOON,
    "week": timedelta(days=7),
}


class InboxQuery(RequestBody):
    """The filters as they stand in the address; nothing of it is personal."""

    state: State | None = None
    police_type: PoliceType | None = None
    due: DueFilter | None = None
    who: WhoFilter | None = None

    @property
    def parts(self) -> dict[str, str]:
        """Those that are set."""
        return {name: str(value) for name, value in self if value is not None}


@dataclass(frozen=True, slots=True)
class InboxLine:
    """A letter in the inbox."""

    number: str
    sight: Sight
    received_at: datetime
    subject: str | None
    state: State | None
    category: Category | None
    police_type: PoliceType | None
    unit: str | None
    clock: ClockName | None
    """The first that passes."""
    due_on: date | None
    due_at: datetime | None
    left_s: float
    is_supervised: bool
    claimed_by: str | None
    news: Literal["new", "changed"] | None

    @property
    def tone(self) -> str:
        """How urgent it is."""
        if self.left_s <= 0:
            return "red"
        return "amber" if self.left_s <= WITHIN["soon"].total_seconds() else "grey"


def desks_of(person: Person) -> tuple[Bureau, ...]:
    """Return the bureaus in which this person has a seat."""
    return tuple(slug for slug in BUREAUS if slug in person.bureaus)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The letters at the desks of one person, as they are now."""

    person: Person
    desk: RouterDesk
    lines: Sequence[OverviewLine]
    claimed: Holdings
    mine: Holdings

    @classmethod
    async def of(cls, person: Person, *, desk: RouterDesk, overview: LetterOverview) -> Self:
        """Look at the letters that this person may see here. Raises: DatabaseFault."""
        await overview.refresh(machine_time(desk.now)())
        desks, claims = desks_of(person), desk.stores.claims
        who = restriction(viewer_of(person), least="all")
        lines = of_desks(overview.seen_by(who), desks)
        return cls(person, desk, lines, await claims.at(desks), await claims.by(person.staff_id))

    @property
    def counts(self) -> InboxCounts:
        """How many there are by each filter."""
        return count_inbox(self.lines, now=self.desk.now(), claimed=self.claimed, mine=self.mine)

    async def page(
        self, query: InboxQuery, *, after: Place | None
    ) -> tuple[list[InboxLine], Place | None]:
        """Return one page, the next due first. Raises: DatabaseFault."""
        now = self.desk.now()
        wanted = InboxFilter(
            states=(query.state,) if query.state else AT_DESK,
            police_type=query.police_type,
            due_after=now if query.due in ("soon", "week") else None,
            due_until=now + WITHIN[query.due] if query.due else None,
            only=self.mine if query.who == "mine" else None,
            without=self.claimed if query.who == "free" else {},
        )
        numbers, end = inbox_page(self.lines, wanted, after=after)
        states = await self.desk.letters.states(numbers)
        shown: list[tuple[str, Letter, Sight]] = [
            (number, letter, "all")
            for number in numbers
            if isinstance(letter := states.get(number), Letter)
            and seen_by(self.person, letter) == "all"
        ]
        return await lines_of(shown, self.person, desk=self.desk), end


async def lines_of(
    letters: Sequence[tuple[str, Letter, Sight]], person: Person, *, desk: RouterDesk
) -> list[InboxLine]:
    """Return the lines of these letters. Raises: DatabaseFault."""
    numbers, stores = [number for number, _, _ in letters], desk.stores
    claims = await stores.claims.of(numbers)
    seen = await stores.visits.seen(person.staff_id, numbers)
    lines = []
    for number, letter, sight in letters:
        claim = claims.get(number)
        is_current = claim is not None and claim.assignment == letter.assignment
        lines.append(
            _line(
                number,
                letter,
                sight=sight,
                now=desk.now(),
                claimed_by=claim.staff if claim and is_current else None,
                seen=seen.get(number),
            )
        )
    return lines


def _line(
    number: str,
    letter: Letter,
    *,
    sight: Sight,
    now: datetime,
    claimed_by: str | None,
    seen: int | None,
) -> InboxLine:
    is_now = sight == "all"
    running = [clock for clock in letter.clocks if is_now and not clock.is_paused]
    first = min(running, key=lambda clock: clock.passes_at, default=None)
    due_at = first.passes_at if first else None
    news: Literal["new", "changed"] | None = "new" if seen is None else None
    if seen is not None and seen < letter.facts:
        news = "changed"
    return InboxLine(
        number,
        sight,
        letter.received_at,
        subject(letter, is_masked=letter.masked or not is_now),
        letter.state if is_now else None,
        letter.category if is_now else None,
        letter.police_type if is_now else None,
        letter.unit if is_now else None,
        first.clock if first else None,
        first.due_on if first else None,
        due_at,
        (due_at - now).total_seconds() if due_at else float("inf"),
        is_supervised=is_now and letter.is_supervised,
        claimed_by=claimed_by if is_now else None,
        news=news if is_now else None,
    )
