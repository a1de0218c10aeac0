"""Due dates of clocks, and the instants of their levels.

Policies define limits and the events that move a clock, the calendar defines which days count. The
functions don't know the current time or earlier results: after a pause, an extension, or another
category or calendar, the caller computes a new `Run` from day zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shared.kernel.policies import DayLimit, LevelRule, Policies
from shared.kernel.working_days import (
    Calendar,
    DueReceipt,
    PausePeriod,
    add_natural_days,
    add_working_days,
    level_day,
    passes_at,
)


@dataclass(frozen=True, slots=True)
class LevelAt:
    """A level and the instant (UTC) at which it is reached."""

    level: str
    at: datetime
    provisional: bool = False
    """Whether `at` is based on a year without a notice; the due date itself may not be."""


@dataclass(frozen=True)
class DueDate:
    """The due date and levels of a started clock."""

    clock: str
    due_on: date
    passes_at: datetime
    """24:00 of `due_on` in Guangdong, in UTC."""
    provisional: bool
    levels: tuple[LevelAt, ...]
    """In the order in which they are reached; empty for a clock without levels."""
    receipt: DueReceipt


@dataclass(frozen=True)
class Run:
    """The parts of a letter's history that decide the dates of one round of a clock."""

    start: date
    """Day zero."""
    limits: tuple[DayLimit, ...]
    """The earliest date decides: `Policies.limits`, each made `longer` by granted extensions."""
    pauses: tuple[PausePeriod, ...] = ()
    """All times in which the letter waited for its writer; a clock without pauses ignores them. An
    open pause leaves a clock without a date, unless it had passed before."""


def due(
    clock: str,
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
    category: str | None = None,
) -> DueDate:
    """When `clock` is due if day zero is `start`.

    Raises: ValueError, for a clock without a limit in days (`diversion`, `commitment`), or without
    the category on which its limit depends.
    """
    run = Run(start, policies.limits(clock, category))
    return due_by_history(clock, run, calendar=calendar, policies=policies)


def due_by_history(
    clock: str,
    run: Run,
    *,
    calendar: Calendar,
    policies: Policies,
) -> DueDate:
    """When `clock` is due, given the letter's history; of several limits the earliest date decides.

    Raises: ValueError, for an unknown clock, no limits, or an open pause that leaves it without a
    date.
    """
    row = policies.clock(clock)
    pauses = run.pauses if row.pauses else ()
    counts = [_count(run.start, limit, calendar, pauses) for limit in run.limits]
    receipt = min(counts, key=lambda count: count.due_on)
    return _promise(clock, receipt, _reached(row.levels, receipt, calendar, pauses))


def due_on_day(
    clock: str,
    day: date,
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
) -> DueDate:
    """When a clock with a promised date (`commitment`) is due: on that `day`, worked or not.

    Its levels lie between the day of the promise, `start`, and `day`, by natural days. Raises:
    ValueError, for an unknown clock or a day before `start`.
    """
    receipt = add_natural_days(start, (day - start).days, calendar=calendar, roll=False)
    levels = policies.clock(clock).levels
    return _promise(clock, receipt, _reached(levels, receipt, calendar, ()))


def _count(
    start: date, limit: DayLimit, calendar: Calendar, pauses: Sequence[PausePeriod]
) -> DueReceipt:
    count = add_working_days if limit.unit == "wd" else add_natural_days
    return count(start, limit.amount, calendar=calendar, pauses=pauses)


def _promise(clock: str, receipt: DueReceipt, levels: Iterator[LevelAt]) -> DueDate:
    return DueDate(
        clock=clock,
        due_on=receipt.due_on,
        passes_at=receipt.passes_at,
        provisional=receipt.provisional,
        levels=tuple(levels),
        receipt=receipt,
    )


def _reached(
    steps: Sequence[LevelRule],
    receipt: DueReceipt,
    calendar: Calendar,
    pauses: Sequence[PausePeriod],
) -> Iterator[LevelAt]:
    for step in steps:
        if step.after_red is not None:
            late = add_working_days(
                receipt.due_on, step.after_red, calendar=calendar, pauses=pauses
            )
            provisional = receipt.provisional or late.provisional
            yield LevelAt(step.id, late.passes_at, provisional)
        elif step.at_fraction == 1:
            yield LevelAt(step.id, receipt.passes_at, receipt.provisional)
        elif step.at_fraction and (day := level_day(step.at_fraction, receipt)):
            guessed = receipt.unit == "wd" and not calendar.is_announced(day)
            yield LevelAt(step.id, passes_at(day), guessed)
