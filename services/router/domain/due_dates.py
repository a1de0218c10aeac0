"""Due dates of clocks, computed from the policies, the calendar and a letter's history.

Limits are data: `shared/data/deadline_policies.yaml`, with the source of each. Every date is
counted from day zero by what has happened, never from a stored counter.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache

from services.router.domain.letter import Letter, RunningClock
from shared.contracts import values
from shared.contracts.values import ClockChange, Level, Receipt, ReceiptDay
from shared.contracts.vocabulary import Change, ClockName
from shared.kernel import clocks
from shared.kernel.clocks import Run
from shared.kernel.offices import Offices
from shared.kernel.pauses import working_days_paused
from shared.kernel.policies import DayLimit, Policies
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar, PausePeriod, civil_date

MOST_KEPT = 4_096


@dataclass(frozen=True)
class Rulebook:
    """The calendar, policies and offices by which the router decides.

    Letters of one day and category have the same dates, so results are cached.
    """

    calendar: Calendar
    versions: PolicyVersions
    offices: Offices
    chosen: Policies | None = None
    """The policies of the letter in question; None before there is one."""

    @property
    def policies(self) -> Policies:
        """The limits, levels and signatures of the letter in question."""
        return self.chosen or self.versions.newest

    def on(self, day: date) -> "Rulebook":
        """Return the rulebook for a letter received on that day."""
        return self._by_version[self.versions.on(day).version]

    def under(self, version: str) -> "Rulebook":
        """Return the rulebook for a letter received under that version."""
        return self._by_version[self.versions.under(version).version]

    @property
    def policy_version(self) -> str:
        """The version that a receipt shows."""
        return self.policies.version

    def due(self, clock: ClockName, run: Run) -> clocks.DueDate:
        """Return when a clock with that history is due. Raises: ValueError while a pause lasts."""
        return self._dues(clock, run)

    def started(self, clock: ClockName, run: Run, *, round_: int) -> ClockChange:
        """Return the start of a clock with that history. Raises: as `due`."""
        return self._started(clock, run, round_)

    def counted(self, clock: ClockName, run: Run) -> Receipt:
        """Return how a clock with that history is counted. Raises: as `due`."""
        return self._counted(clock, run)

    def promised(self, day: date, *, start: date) -> clocks.DueDate:
        """Return the due date of a promise made on `start`: that `day`, working day or not."""
        return clocks.due_on_day(
            "commitment", day, start=start, calendar=self.calendar, policies=self.policies
        )

    def receipt(self, due: clocks.DueDate) -> Receipt:
        """Return how a due date is counted, day by day, as events show it."""
        return Receipt(
            due_on=due.due_on,
            calendar_version=self.calendar.version,
            policy_version=self.policy_version,
            provisional=due.provisional,
            days=tuple(ReceiptDay(day=day.day, kind=day.kind) for day in due.receipt.days),
        )

    def levels(self, due: clocks.DueDate) -> tuple[Level, ...]:
        """Return the levels of a clock in the order in which they are reached.

        A clock without levels that causes something when it passes has the level `effect`.
        """
        if self.policies.clock(due.clock).effect is not None:
            return (Level(level="effect", at=due.passes_at),)
        return tuple(
            Level.model_validate({"level": level.level, "at": level.at}) for level in due.levels
        )

    @cached_property
    def _by_version(self) -> Mapping[str, "Rulebook"]:
        return {table.version: replace(self, chosen=table) for table in self.versions.tables}

    @cached_property
    def _dues(self) -> Callable[[ClockName, Run], clocks.DueDate]:
        return lru_cache(MOST_KEPT)(self._due)

    @cached_property
    def _started(self) -> Callable[[ClockName, Run, int], ClockChange]:
        def start(clock: ClockName, run: Run, round_: int) -> ClockChange:
            return change_of(
                "started", clock, round_=round_, due=self.due(clock, run), rulebook=self
            )

        return lru_cache(MOST_KEPT)(start)

    @cached_property
    def _counted(self) -> Callable[[ClockName, Run], Receipt]:
        return lru_cache(MOST_KEPT)(lambda clock, run: self.receipt(self.due(clock, run)))

    def _due(self, clock: ClockName, run: Run) -> clocks.DueDate:
        return clocks.due_by_history(clock, run, calendar=self.calendar, policies=self.policies)


def first_run(clock: ClockName, letter: Letter, *, at: datetime, rulebook: Rulebook) -> Run:
    """Return what determines the date of a clock that starts at `at`."""
    used = _waited(letter, rulebook)
    limits = rulebook.policies.limits(clock, letter.category, used=used)
    return Run(_day_zero(clock, letter, at=at, rulebook=rulebook), limits, _pauses(letter))


def first_receipt(clock: ClockName, letter: Letter, *, at: datetime, rulebook: Rulebook) -> Receipt:
    """Return how the due date of a clock that starts at `at` is counted."""
    return rulebook.counted(clock, first_run(clock, letter, at=at, rulebook=rulebook))


def run_by_category(clock: RunningClock, letter: Letter, *, rulebook: Rulebook) -> Run:
    """Return what determines the date of the reply's clock after a change of category."""
    whole = rulebook.policies.reply_limit(letter.category).longer(clock.extended)
    start = clock.start or civil_date(letter.received_at)
    return Run(start, (whole,), _pauses(letter))


def run_of(clock: RunningClock, letter: Letter, *, rulebook: Rulebook) -> Run | None:
    """Return what determines the date of a running clock; None for a promised date or if unknown.

    If the version under which the letter was received is gone, its clocks keep their limits.
    """
    if clock.start is None or clock.limit is None:
        return None
    limits: tuple[DayLimit, ...] = (DayLimit(clock.limit.amount, clock.limit.unit),)
    if letter.policy_version == rulebook.policy_version:
        used = _waited(letter, rulebook, before=clock.start if clock.clock == "answer" else None)
        known = rulebook.policies.limits(clock.clock, letter.category, used=used)
        limits = tuple(limit.longer(clock.extended) for limit in known)
    return Run(clock.start, limits, _pauses(letter))


def receipt_of(clock: RunningClock, letter: Letter, *, rulebook: Rulebook) -> Receipt | None:
    """Return how the due date of a running clock is counted.

    None for a promised date; also for a date that a new calendar doesn't confirm, until the open
    letters are recounted.
    """
    if clock.receipt is not None and clock.receipt.due_on == clock.due_on:
        return clock.receipt
    run = run_of(clock, letter, rulebook=rulebook)
    counted = rulebook.counted(clock.clock, run) if run else None
    if counted is None or counted.due_on != clock.due_on:
        return None
    if letter.policy_version in ("", counted.policy_version):
        return counted
    return counted.model_copy(update={"policy_version": letter.policy_version})


def change_of(
    change: Change, clock: ClockName, *, round_: int, due: clocks.DueDate, rulebook: Rulebook
) -> ClockChange:
    """Return the change that starts, moves or resumes a clock, with all that its watchers need."""
    shortest = due.receipt
    limit = values.Limit(amount=len(shortest.counted), unit=shortest.unit)
    return ClockChange(
        clock=clock,
        round=round_,
        change=change,
        due_on=due.due_on,
        passes_at=due.passes_at,
        provisional=due.provisional,
        levels=rulebook.levels(due),
        counted_from=shortest.start,
        limit=None if clock == "commitment" else limit,
    )


def days_left_to_wait(letter: Letter, rulebook: Rulebook) -> int:
    """Return the working days for which the writer may still be waited for, over all questions."""
    rest = rulebook.policies.limits("answer", used=_waited(letter, rulebook))
    return min((limit.amount for limit in rest if limit.unit == "wd"), default=1)


def _day_zero(clock: ClockName, letter: Letter, *, at: datetime, rulebook: Rulebook) -> date:
    counted_from = rulebook.policies.clock(clock).counted_from
    if counted_from == "received_at":
        return civil_date(letter.received_at)
    if counted_from == "letter.accepted" and letter.accepted_at is not None:
        return civil_date(letter.accepted_at)
    return civil_date(at)


def _waited(letter: Letter, rulebook: Rulebook, *, before: date | None = None) -> int:
    """Working days that the letter has waited; `before`: for questions of earlier days only."""
    if not letter.questions:
        return 0
    over = [
        pause
        for pause in _pauses(letter)
        if pause.ended_at is not None and (before is None or civil_date(pause.began_at) < before)
    ]
    return working_days_paused(over, calendar=rulebook.calendar)


def _pauses(letter: Letter) -> tuple[PausePeriod, ...]:
    return tuple(_pause(letter))


def _pause(letter: Letter) -> Iterator[PausePeriod]:
    """A wait never ends before it began, even if another service's clock is behind."""
    for question in letter.questions:
        ended = question.ended_at and max(question.ended_at, question.asked_at)
        yield PausePeriod(question.asked_at, ended)
