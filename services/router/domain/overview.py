"""One line about each letter under way, in codes: what supervisors and chiefs count and filter.

A line holds no words and no identity. Filters and counts work on lines alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, TypeAlias, get_args

from services.router.domain.preconditions import ENDED
from shared.contracts.slugs import Holder
from shared.contracts.vocabulary import Category, LevelName, PoliceType, SignerRole, State
from shared.kernel.civil import ONE_DAY, passes_at
from shared.kernel.working_days import civil_date

SOON: Final = timedelta(days=14)
"""Before its date, a commitment counts as running out."""

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
CONCERNS: Final[tuple[Concern, ...]] = get_args(Concern)
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
    levels: frozenset[LevelName] = frozenset()
    """Levels that its running clocks have reached."""
    returns: int = 0
    is_contested: bool = False
    """Whether bureaus pass it to each other, so that the province decides: ping-pong."""
    has_wish: bool = False
    """Whether more time is requested."""
    is_supervised: bool = False
    is_followed: bool = False
    unanswered: int = 0
    """Instructions without an answer."""
    promises: tuple[date, ...] = ()
    """Due dates of commitments that are not kept yet."""
    signer: SignerRole | None = None
    """Who must sign next."""
    read_by: frozenset[str] = frozenset()
    """Offices whose holder has read it in person."""
    read_for: frozenset[str] = frozenset()
    """Offices for which somebody has read it, deputies included."""


OverviewTest: TypeAlias = Callable[[OverviewLine, datetime], bool]


def is_late(line: OverviewLine, now: datetime) -> bool:
    """Whether one of its clocks has passed."""
    return line.due_at is not None and line.due_at <= now


def late_level(line: OverviewLine, now: datetime) -> Concern | None:
    """Return the highest level that an overdue letter has reached."""
    if not is_late(line, now):
        return None
    reached = [concern for level, concern in LATE.items() if level in line.levels]
    return reached[-1] if reached else None


def due_span(line: OverviewLine, now: datetime) -> DueSpan:
    """Return when it is due, by days of Asia/Shanghai."""
    if line.due_at is None:
        return "paused"
    if line.due_at <= now:
        return "passed"
    today = civil_date(now)
    if line.due_at <= passes_at(today):
        return "today"
    return "week" if line.due_at <= passes_at(today + 7 * ONE_DAY) else "later"


def concerns(line: OverviewLine, now: datetime) -> frozenset[Concern]:
    """Return why a supervisor looks at the letter."""
    return frozenset(concern for concern, holds in TESTS.items() if holds(line, now))


def _is_open(line: OverviewLine) -> bool:
    return line.state not in ENDED


def _at_level(concern: Concern) -> OverviewTest:
    return lambda line, now: late_level(line, now) == concern


def _has_promise(line: OverviewLine, since: date, until: date) -> bool:
    return any(since <= day <= until for day in line.promises)


TESTS: Final[Mapping[Concern, OverviewTest]] = {
    "overdue": is_late,
    "late_red": _at_level("late_red"),
    "late_chief": _at_level("late_chief"),
    "late_province": _at_level("late_province"),
    "returned": lambda line, _: _is_open(line) and line.returns > 0,
    "ping_pong": lambda line, _: _is_open(line) and line.is_contested,
    "extension": lambda line, _: line.has_wish,
    "supervised": lambda line, _: _is_open(line) and line.is_supervised,
    "followed": lambda line, _: line.is_followed,
    "instruction": lambda line, _: line.unanswered > 0 and line.state != "withdrawn",
    "promise_soon": lambda line, now: _has_promise(line, civil_date(now), civil_date(now + SOON)),
    "promise_broken": lambda line, now: _has_promise(line, date.min, civil_date(now) - ONE_DAY),
}


@dataclass(frozen=True, slots=True)
class OverviewFilter:
    """What a list shows; None: any."""

    holder: Holder | None = None
    state: State | None = None
    due: DueSpan | None = None
    concern: Concern | None = None

    def fits(self, line: OverviewLine, now: datetime) -> bool:
        """Whether the letter is in the list; ended ones are only in lists by concern."""
        return (
            self.holder in (None, line.holder)
            and self.state in (None, line.state)
            and (self.due is None or due_span(line, now) == self.due)
            and (TESTS[self.concern](line, now) if self.concern else _is_open(line))
        )
