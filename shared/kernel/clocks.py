"""When is each promise due, and when is each level of telling reached? Pure: tables handed in.

Policies say how long and which events move a clock, the calendar says which days count. Nothing
here knows what time it is, or what was computed before: a pause that ended, an extension, another
category or calendar is another `Run`, counted from day zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

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

ALL_LEVELS: Final = frozenset({"reminder", "yellow", "red", "chief", "province"})
UNTIL_RED: Final = frozenset({"reminder", "yellow", "red"})


@dataclass(frozen=True, slots=True)
class LevelAt:
    """A level and the instant (UTC) at which it is reached."""

    level: str
    at: datetime
    provisional: bool = False
    """Whether `at` rests on a year whose notice is not out; the due date itself may not."""


@dataclass(frozen=True)
class DueDate:
    """What a started clock promises."""

    clock: str
    due_on: date
    passes_at: datetime
    """24:00 of `due_on` in Guangdong, in UTC."""
    provisional: bool
    levels: tuple[LevelAt, ...]
    """In the order in which they are reached; none for a clock without levels."""
    receipt: DueReceipt


@dataclass(frozen=True)
class Run:
    """What of a letter's history decides the dates of one round of a clock."""

    start: date
    """Day zero."""
    limits: tuple[DayLimit, ...]
    """The earliest date decides: `Policies.limits`, each made `longer` by what was granted."""
    pauses: tuple[PausePeriod, ...] = ()
    """All times in which the letter waited for its writer; a clock that never pauses ignores
    them. One that lasts leaves a clock without date, unless it had passed before."""


def due(
    clock: str,
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
    category: str | None = None,
    levels: frozenset[str] = ALL_LEVELS,
) -> DueDate:
    """When `clock` is due if day zero is `start`, with those of its `levels` that are asked for.

    Raises: ValueError for a clock without a limit of days (`diversion`, `commitment`), or
    without the category that its limit depends on.
    """
    run = Run(start, policies.limits(clock, category))
    return due_by_history(clock, run, calendar=calendar, policies=policies, levels=levels)


def due_within(
    clock: str,
    limits: tuple[DayLimit, ...],
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
    levels: frozenset[str] = ALL_LEVELS,
) -> DueDate:
    """As `due`, with other `limits`: an extended one, or what is left for a second question.

    The earliest date decides. Raises: ValueError for an unknown clock, or for no limit at all.
    """
    run = Run(start, limits)
    return due_by_history(clock, run, calendar=calendar, policies=policies, levels=levels)


def due_by_history(
    clock: str,
    run: Run,
    *,
    calendar: Calendar,
    policies: Policies,
    levels: frozenset[str] = ALL_LEVELS,
) -> DueDate:
    """When `clock` is due after all that has happened to the letter.

    Raises: ValueError as `due_within`, and if a pause that lasts leaves it without a date.
    """
    row = policies.clock(clock)
    pauses = run.pauses if row.pauses else ()
    counts = [_count(run.start, limit, calendar, pauses) for limit in run.limits]
    receipt = min(counts, key=lambda count: count.due_on)
    steps = [step for step in row.levels if step.id in levels]
    return _promise(clock, receipt, _reached(steps, receipt, calendar, pauses))


def due_on_day(
    clock: str,
    day: date,
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
    levels: frozenset[str] = ALL_LEVELS,
) -> DueDate:
    """When a clock is due whose date was promised (`commitment`): on that `day`, off or not.

    Its levels lie between the day of the promise, `start`, and `day`, by natural days.
    Raises: ValueError for an unknown clock, or a day before `start`.
    """
    receipt = add_natural_days(start, (day - start).days, calendar=calendar, roll=False)
    steps = [step for step in policies.clock(clock).levels if step.id in levels]
    return _promise(clock, receipt, _reached(steps, receipt, calendar, ()))


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
    steps: list[LevelRule], receipt: DueReceipt, calendar: Calendar, pauses: Sequence[PausePeriod]
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
