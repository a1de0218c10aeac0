"""One line about each letter under way, in codes: what supervisors and chiefs count and filter.

A line holds no words and no identity. Filters and counts work on lines alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias, get_args

from services.router.domain.preconditions import ENDED, OPEN
from shared.contracts.slugs import Holder
from shared.contracts.vocabulary import Category, LevelName, PoliceType, SignerRole, State
from shared.kernel.civil import ONE_DAY, passes_at
from shared.kernel.working_days import civil_date

SOON: Final = timedelta(days=14)
"""Before its date, a commitment counts as running out."""

INSTANT: Final = timedelta(microseconds=1)

Concern: TypeAlias = Literal[
    "overdue",
    "late_red",
    "late_chief",
    "late_province",
    "returned",
    "ping_pong",
    "extension",
    "supervised",
    "followed",
    "instruction",
    "promise_soon",
    "promise_broken",
]
"""Why a supervisor looks at a letter. `late_…`: overdue, and the highest level that was reached."""
DueSpan: TypeAlias = Literal["passed", "today", "week", "later", "paused"]
"""When the first of its clocks passes: within this day, or within the next seven."""
DUE_SPANS: Final[tuple[DueSpan, ...]] = get_args(DueSpan)
LATE: Final[Mapping[LevelName, Concern]] = {
    "red": "late_red",
    "chief": "late_chief",
    "province": "late_province",
}


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """A letter in codes."""

    number: str
    holder: Holder
    state: State
    category: Category
    police_type: PoliceType | None
    received_at: datetime
    due_at: datetime | None
    """When the first of its clocks passes."""
    open_to: frozenset[str]
    kept_from: frozenset[str]
    """The marks by which a query finds it (`shared/kernel/finding.py`)."""
    assignment: int = 0
    """Number of the current holding."""
    levels: frozenset[LevelName] = frozenset()
    """Levels that its running clocks have reached."""
    returns: int = 0
    standing: frozenset[Concern] = frozenset()
    """Concerns that no date decides."""
    promises: tuple[date, ...] = ()
    """Due dates of commitments that are not kept yet."""
    signer: SignerRole | None = None
    """Who must sign next."""
    read_by: frozenset[str] = frozenset()
    """Offices whose holder has read it in person."""
    read_for: frozenset[str] = frozenset()
    """Offices for which somebody has read it, deputies included."""

    @property
    def due_on(self) -> date | None:
        """The last day before the first of its clocks passes."""
        return last_day(self.due_at)


@dataclass(frozen=True, slots=True)
class Horizon:
    """An instant and the days around it, computed once for many lines."""

    now: datetime
    today: date
    today_ends: datetime
    week_ends: datetime
    soon: date

    @classmethod
    def at(cls, now: datetime) -> "Horizon":
        """Return the horizon at that instant; days are those of Asia/Shanghai."""
        today = civil_date(now)
        week_ends = passes_at(today + 7 * ONE_DAY)
        return cls(now, today, passes_at(today), week_ends, today + SOON)


def last_day(passes: datetime | None) -> date | None:
    """Return the day until whose 24:00 there is time, for an instant at which a clock passes."""
    return civil_date(passes - INSTANT) if passes else None


def is_late(line: OverviewLine, at: Horizon) -> bool:
    """Whether the letter has no answer yet and one of its clocks has passed."""
    return line.due_at is not None and line.due_at <= at.now and line.state in OPEN


def due_span(line: OverviewLine, at: Horizon) -> DueSpan | None:
    """Return when a letter without an answer is due; None for others."""
    if line.state not in OPEN:
        return None
    if line.due_at is None:
        return "paused"
    if line.due_at <= at.now:
        return "passed"
    if line.due_at <= at.today_ends:
        return "today"
    return "week" if line.due_at <= at.week_ends else "later"


def concerns(line: OverviewLine, at: Horizon) -> frozenset[Concern]:
    """Return why a supervisor looks at the letter now."""
    if line.promises or is_late(line, at):
        return line.standing | frozenset(_by_time(line, at))
    return line.standing


def _by_time(line: OverviewLine, at: Horizon) -> Iterator[Concern]:
    if is_late(line, at):
        yield "overdue"
        reached = [concern for level, concern in LATE.items() if level in line.levels]
        yield from reached[-1:]
    if any(at.today <= day <= at.soon for day in line.promises):
        yield "promise_soon"
    if any(day < at.today for day in line.promises):
        yield "promise_broken"


@dataclass(frozen=True, slots=True)
class OverviewFilter:
    """What a list shows; None: any."""

    holder: Holder | None = None
    state: State | None = None
    due: DueSpan | None = None
    concern: Concern | None = None

    def fits(self, line: OverviewLine, at: Horizon) -> bool:
        """Whether the letter is in the list; ended ones are only in lists by concern."""
        return (
            self.holder in (None, line.holder)
            and self.state in (None, line.state)
            and (self.due is None or due_span(line, at) == self.due)
            and (self.concern in concerns(line, at) if self.concern else line.state not in ENDED)
        )
