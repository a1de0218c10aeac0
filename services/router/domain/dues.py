"""Which clocks each event starts and stops, and when they are due. Pure.

Limits are data: `shared/data/deadline_policies.yaml`, with the source of each.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from types import MappingProxyType

from services.router.domain.letter import Letter, RunningClock
from shared.contracts.values import ClockChange, Level, Receipt, ReceiptDay
from shared.contracts.vocabulary import Category, ClockName
from shared.kernel import clocks
from shared.kernel.policies import Policies
from shared.kernel.working_days import Calendar

LEVELS = frozenset({"red"})
"""Which levels are watched so far."""

STOPS: Mapping[str, tuple[ClockName, ...]] = MappingProxyType(
    {
        "letter.routed": ("assign",),
        "letter.accepted": ("sign_in", "objection"),
        "reply.submitted": ("assign", "sign_in", "objection"),
        "letter.replied": ("reply",),
        "letter.closed": ("rating",),
        "letter.withdrawn": ("assign", "sign_in", "objection", "reply", "rating"),
    }
)
STARTS: Mapping[str, tuple[ClockName, ...]] = MappingProxyType(
    {
        "letter.routed": ("sign_in", "objection"),
        "letter.replied": ("rating",),
    }
)


MOST_KEPT = 4_096


@dataclass(frozen=True)
class Book:
    """The calendar and the policies under which due dates are computed.

    Letters of one day and category have the same dates, so what was computed is kept.
    """

    calendar: Calendar
    policies: Policies

    @property
    def policy_version(self) -> str:
        """What a receipt shows."""
        return self.policies.version

    def start(
        self, clock: ClockName, *, start: date, category: Category, round_: int = 1
    ) -> ClockChange:
        """The start of `clock` if its day zero is `start`, with the levels that are watched.

        A clock without levels that causes something at its passing has the level `effect`.
        """
        return self._starts(clock, start, category, round_)

    def receipt(self, clock: ClockName, *, start: date, category: Category) -> Receipt:
        """How the due date of `clock` is counted, day by day."""
        return self._receipts(clock, start, category)

    @cached_property
    def _starts(self) -> Callable[[ClockName, date, Category, int], ClockChange]:
        return lru_cache(MOST_KEPT)(self._start)

    @cached_property
    def _receipts(self) -> Callable[[ClockName, date, Category], Receipt]:
        return lru_cache(MOST_KEPT)(self._receipt)

    def _start(self, clock: ClockName, start: date, category: Category, round_: int) -> ClockChange:
        due = self._due(clock, start, category)
        levels = tuple(
            Level.model_validate({"level": one.level, "at": one.at}) for one in due.levels
        )
        if self.policies.clock(clock).effect is not None:
            levels = (Level(level="effect", at=due.passes_at),)
        return ClockChange(
            clock=clock,
            round=round_,
            change="started",
            due_on=due.due_on,
            passes_at=due.passes_at,
            provisional=due.provisional,
            levels=levels,
        )

    def _receipt(self, clock: ClockName, start: date, category: Category) -> Receipt:
        due = self._due(clock, start, category)
        return Receipt(
            due_on=due.due_on,
            calendar_version=self.calendar.version,
            policy_version=self.policy_version,
            provisional=due.provisional,
            days=tuple(ReceiptDay(day=one.day, kind=one.kind) for one in due.receipt.days),
        )

    def _due(self, clock: ClockName, start: date, category: Category) -> clocks.Due:
        return clocks.due(
            clock,
            start=start,
            calendar=self.calendar,
            policies=self.policies,
            category=category,
            levels=LEVELS,
        )


def started(
    names: Iterable[ClockName], letter: Letter, *, start: date, book: Book
) -> tuple[ClockChange, ...]:
    """The changes that start those clocks; a clock that runs already stays as it is."""
    return tuple(
        book.start(name, start=start, category=letter.category, round_=letter.next_round(name))
        for name in names
        if letter.running(name) is None
    )


def stopped(names: Iterable[ClockName], letter: Letter) -> tuple[ClockChange, ...]:
    """The changes that stop those of the clocks which run."""
    running = [letter.running(name) for name in names]
    return tuple(
        ClockChange(clock=one.clock, round=one.round, change="stopped") for one in running if one
    )


def after(
    changes: Iterable[ClockChange], running: tuple[RunningClock, ...]
) -> tuple[RunningClock, ...]:
    """The clocks that run once `changes` are made."""
    clocks_now = {one.clock: one for one in running}
    for change in changes:
        if change.change == "stopped":
            clocks_now.pop(change.clock, None)
        elif change.due_on is not None and change.passes_at is not None:
            clocks_now[change.clock] = RunningClock(
                change.clock,
                change.round,
                change.due_on,
                change.passes_at,
                change.provisional,
                tuple(level.level for level in change.levels),
            )
    return tuple(clocks_now.values())
