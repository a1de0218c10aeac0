"""When is each promise due, and when is each level of telling reached? Pure: tables handed in.

Policies say how long, the calendar says which days count; the contracts say which
events start and stop a clock. Nothing here knows what time it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shared.kernel.policies import Level, Limit, Policies
from shared.kernel.working_days import (
    Calendar,
    Receipt,
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
class Due:
    """What a started clock promises."""

    clock: str
    due_on: date
    passes_at: datetime
    """24:00 of `due_on` in Guangdong, in UTC."""
    provisional: bool
    levels: tuple[LevelAt, ...]
    """In the order in which they are reached; none for a clock without levels."""
    receipt: Receipt


def due(
    clock: str,
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
    category: str | None = None,
    levels: frozenset[str] = ALL_LEVELS,
) -> Due:
    """When `clock` is due if day zero is `start`, with those of its `levels` that are asked for.

    Raises: ValueError for a clock without a limit of days (`diversion`, `commitment`), or
    without the category that its limit depends on.
    """
    limits = policies.limits(clock, category)
    return due_within(
        clock, limits, start=start, calendar=calendar, policies=policies, levels=levels
    )


def due_within(
    clock: str,
    limits: tuple[Limit, ...],
    *,
    start: date,
    calendar: Calendar,
    policies: Policies,
    levels: frozenset[str] = ALL_LEVELS,
) -> Due:
    """As `due`, with other `limits`: an extended one, or what is left for a second question.

    The earliest date decides. Raises: ValueError for an unknown clock, or for no limit at all.
    """
    steps = [step for step in policies.clock(clock).levels if step.id in levels]
    counts = [_count(start, limit, calendar) for limit in limits]
    receipt = min(counts, key=lambda count: count.due_on)
    return Due(
        clock=clock,
        due_on=receipt.due_on,
        passes_at=receipt.passes_at,
        provisional=receipt.provisional,
        levels=tuple(_reached(steps, receipt, calendar)),
        receipt=receipt,
    )


def _count(start: date, limit: Limit, calendar: Calendar) -> Receipt:
    count = add_working_days if limit.unit == "wd" else add_natural_days
    return count(start, limit.amount, calendar=calendar)


def _reached(steps: list[Level], receipt: Receipt, calendar: Calendar) -> Iterator[LevelAt]:
    for step in steps:
        if step.after_red is not None:
            late = add_working_days(receipt.due_on, step.after_red, calendar=calendar)
            provisional = receipt.provisional or late.provisional
            yield LevelAt(step.id, late.passes_at, provisional)
        elif step.at_fraction == 1:
            yield LevelAt(step.id, receipt.passes_at, receipt.provisional)
        elif step.at_fraction and (day := level_day(step.at_fraction, receipt)):
            guessed = receipt.unit == "wd" and not calendar.is_announced(day)
            yield LevelAt(step.id, passes_at(day), guessed)
