"""By when is each clock due, by the policies, the calendar and a letter's history? Pure.

Limits are data: `shared/data/deadline_policies.yaml`, with the source of each. Every date is
counted from day zero, by what has happened, and never from a counter that somebody kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

from services.router.domain.letter import Letter
from services.router.domain.parts import RunningClock
from shared.contracts import values
from shared.contracts.values import ClockChange, Level, Receipt, ReceiptDay
from shared.contracts.vocabulary import Change, ClockName
from shared.kernel import clocks
from shared.kernel.clocks import Run
from shared.kernel.offices import Offices
from shared.kernel.pauses import working_days_paused
from shared.kernel.policies import Limit, Policies
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar, Pause, civil_date

MOST_KEPT = 4_096


@dataclass(frozen=True)
class Book:
    """The calendar, the policies and the offices by which the router decides.

    Letters of one day and category have the same dates, so what was computed is kept.
    """

    calendar: Calendar
    versions: PolicyVersions
    offices: Offices
    chosen: Policies | None = None
    """The version under which the letter in question lives; None before there is one."""

    @property
    def policies(self) -> Policies:
        """The limits, levels and signatures of the letter in question."""
        return self.chosen or self.versions.newest

    def on(self, day: date) -> "Book":
        """The same for a letter received on that day."""
        return self._by_version[self.versions.on(day).version]

    def under(self, version: str) -> "Book":
        """The same for a letter that was received under that version."""
        return self._by_version[self.versions.under(version).version]

    @property
    def policy_version(self) -> str:
        """What a receipt shows."""
        return self.policies.version

    def due(self, clock: ClockName, run: Run) -> clocks.Due:
        """When a clock with that history is due. Raises: ValueError while a pause lasts."""
        return self._dues(clock, run)

    def started(self, clock: ClockName, run: Run, *, round_: int) -> ClockChange:
        """That a clock with that history was started. Raises: as `due`."""
        return self._started(clock, run, round_)

    def counted(self, clock: ClockName, run: Run) -> Receipt:
        """How a clock with that history is counted. Raises: as `due`."""
        return self._counted(clock, run)

    def promised(self, day: date, *, start: date) -> clocks.Due:
        """When something promised on `start` for that `day` is due: then, off or not."""
        return clocks.due_on_day(
            "commitment", day, start=start, calendar=self.calendar, policies=self.policies
        )

    def receipt(self, due: clocks.Due) -> Receipt:
        """How a due date is counted, day by day, as events say it."""
        return Receipt(
            due_on=due.due_on,
            calendar_version=self.calendar.version,
            policy_version=self.policy_version,
            provisional=due.provisional,
            days=tuple(ReceiptDay(day=one.day, kind=one.kind) for one in due.receipt.days),
        )

    def levels(self, due: clocks.Due) -> tuple[Level, ...]:
        """What of a clock is to be watched, in the order in which it is reached.

        One without levels that causes something at its passing has the level `effect`.
        """
        if self.policies.clock(due.clock).effect is not None:
            return (Level(level="effect", at=due.passes_at),)
        return tuple(Level.model_validate({"level": one.level, "at": one.at}) for one in due.levels)

    @cached_property
    def _by_version(self) -> Mapping[str, "Book"]:
        return {one.version: replace(self, chosen=one) for one in self.versions.tables}

    @cached_property
    def _dues(self) -> Callable[[ClockName, Run], clocks.Due]:
        return lru_cache(MOST_KEPT)(self._due)

    @cached_property
    def _started(self) -> Callable[[ClockName, Run, int], ClockChange]:
        def start(clock: ClockName, run: Run, round_: int) -> ClockChange:
            return change_of("started", clock, round_=round_, due=self.due(clock, run), book=self)

        return lru_cache(MOST_KEPT)(start)

    @cached_property
    def _counted(self) -> Callable[[ClockName, Run], Receipt]:
        return lru_cache(MOST_KEPT)(lambda clock, run: self.receipt(self.due(clock, run)))

    def _due(self, clock: ClockName, run: Run) -> clocks.Due:
        return clocks.due_by_history(clock, run, calendar=self.calendar, policies=self.policies)


def first_run(clock: ClockName, letter: Letter, *, at: datetime, book: Book) -> Run:
    """What decides the date of a clock that starts at `at`."""
    used = _waited(letter, book)
    limits = book.policies.limits(clock, letter.category, used=used)
    return Run(_day_zero(clock, letter, at=at, book=book), limits, _pauses(letter))


def first_receipt(clock: ClockName, letter: Letter, *, at: datetime, book: Book) -> Receipt:
    """How the due date of a clock that starts at `at` is counted."""
    return book.counted(clock, first_run(clock, letter, at=at, book=book))


def run_by_category(clock: RunningClock, letter: Letter, *, book: Book) -> Run:
    """What decides the date of the reply's clock once the letter is of another category."""
    whole = book.policies.reply_limit(letter.category).longer(clock.extended)
    start = clock.start or civil_date(letter.received_at)
    return Run(start, (whole,), _pauses(letter))


def run_of(clock: RunningClock, letter: Letter, *, book: Book) -> Run | None:
    """What decides the date of a clock that runs; None for what was promised, or can't be known.

    Where the version is gone under which the letter was received, its clocks keep their limits.
    """
    if clock.start is None or clock.limit is None:
        return None
    limits: tuple[Limit, ...] = (Limit(clock.limit.amount, clock.limit.unit),)
    if letter.policy_version == book.policy_version:
        used = _waited(letter, book, before=clock.start if clock.clock == "answer" else None)
        known = book.policies.limits(clock.clock, letter.category, used=used)
        limits = tuple(one.longer(clock.extended) for one in known)
    return Run(clock.start, limits, _pauses(letter))


def receipt_of(clock: RunningClock, letter: Letter, *, book: Book) -> Receipt | None:
    """How the due date of a clock that runs is counted.

    None for what was promised; and until open letters are counted anew by another calendar, of
    dates that it doesn't bear out.
    """
    if clock.receipt is not None and clock.receipt.due_on == clock.due_on:
        return clock.receipt
    run = run_of(clock, letter, book=book)
    counted = book.counted(clock.clock, run) if run else None
    if counted is None or counted.due_on != clock.due_on:
        return None
    if letter.policy_version in ("", counted.policy_version):
        return counted
    return counted.model_copy(update={"policy_version": letter.policy_version})


def change_of(
    change: Change, clock: ClockName, *, round_: int, due: clocks.Due, book: Book
) -> ClockChange:
    """That a clock was started, moved or resumed, with all that its watchers need."""
    shortest = due.receipt
    limit = values.Limit(amount=len(shortest.counted), unit=shortest.unit)
    return ClockChange(
        clock=clock,
        round=round_,
        change=change,
        due_on=due.due_on,
        passes_at=due.passes_at,
        provisional=due.provisional,
        levels=book.levels(due),
        counted_from=shortest.start,
        limit=None if clock == "commitment" else limit,
    )


def days_left_to_wait(letter: Letter, book: Book) -> int:
    """Working days for which the writer may still be waited for, of those of all questions."""
    rest = book.policies.limits("answer", used=_waited(letter, book))
    return min((limit.amount for limit in rest if limit.unit == "wd"), default=1)


def _day_zero(clock: ClockName, letter: Letter, *, at: datetime, book: Book) -> date:
    counted_from = book.policies.clock(clock).counted_from
    if counted_from == "received_at":
        return civil_date(letter.received_at)
    if counted_from == "letter.accepted" and letter.accepted_at is not None:
        return civil_date(letter.accepted_at)
    return civil_date(at)


def _waited(letter: Letter, book: Book, *, before: date | None = None) -> int:
    """Working days for which the letter has waited; `before`: by questions of earlier days."""
    if not letter.questions:
        return 0
    over = [
        one
        for one in _pauses(letter)
        if one.ended_at is not None and (before is None or civil_date(one.began_at) < before)
    ]
    return working_days_paused(over, calendar=book.calendar)


def _pauses(letter: Letter) -> tuple[Pause, ...]:
    return tuple(_pause(letter))


def _pause(letter: Letter) -> Iterator[Pause]:
    """Whoever's watch is late, no wait ends before it began."""
    for one in letter.questions:
        ended = one.ended_at and max(one.ended_at, one.asked_at)
        yield Pause(one.asked_at, ended)
