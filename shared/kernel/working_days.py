"""Ends of time limits in working days or natural days, with the reasons.

A limit starts after day zero, the day of receipt, and ends at 24:00 of its last counted day, which
is the next 00:00. Days on which the letter waits for its writer don't count. Everything is computed
from day zero: another limit, calendar or pause gives another date, never a remainder.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Final

from shared.kernel.calendars import Calendar as Calendar
from shared.kernel.calendars import OutsideCalendar as OutsideCalendar
from shared.kernel.civil import GUANGDONG as GUANGDONG
from shared.kernel.civil import ONE_DAY
from shared.kernel.civil import civil_date as civil_date
from shared.kernel.civil import passes_at as passes_at
from shared.kernel.frozen_days import SATURDAY
from shared.kernel.pauses import PausePeriod as PausePeriod
from shared.kernel.pauses import is_paused, is_paused_for_good
from shared.kernel.receipts import CountedDay as CountedDay
from shared.kernel.receipts import DueReceipt as DueReceipt

MOST_DAYS: Final = 3650
"""A longer limit is a mistake in the data."""


def add_working_days(
    start: date, n: int, *, calendar: Calendar, pauses: Sequence[PausePeriod] = ()
) -> DueReceipt:
    """The receipt of `n` working days after day zero `start`. Raises: ValueError."""
    days = [*_working(start, _limit(n), calendar, pauses)]
    whole = (CountedDay(start, "zero"), *days)
    return DueReceipt("wd", whole, calendar.version, _guessed(days, calendar))


def add_natural_days(
    start: date,
    n: int,
    *,
    calendar: Calendar,
    pauses: Sequence[PausePeriod] = (),
    roll: bool = True,
) -> DueReceipt:
    """The receipt of `n` natural days after day zero `start`. Raises: ValueError.

    With `roll`, a last day that is off is skipped, as are those after it, until a working day on
    which the letter doesn't wait: that becomes day `n`.
    """
    days = [*_natural(start, _limit(n), calendar if roll else None, pauses)]
    decisive = [entry for entry in days if entry.kind == "skipped"]
    decisive += [entry for entry in days if entry.kind == "counted"][-1:]
    whole = (CountedDay(start, "zero"), *days)
    return DueReceipt("d", whole, calendar.version, roll and _guessed(decisive, calendar))


def level_day(fraction: Fraction, receipt: DueReceipt) -> date | None:
    """Counted day ceil(fraction·N) of the receipt; None if that is day N or doesn't exist."""
    counted = receipt.counted
    number = ceil(fraction * len(counted))
    return counted[number - 1] if 0 < number < len(counted) else None


def _limit(n: int) -> int:
    if not 0 <= n <= MOST_DAYS:
        raise ValueError(f"a limit has 0 to {MOST_DAYS} days, not {n}")
    return n


def _working(
    after: date, n: int, calendar: Calendar, pauses: Sequence[PausePeriod]
) -> Iterator[CountedDay]:
    """The days after `after`, up to the `n`-th working day that isn't paused."""
    day, left = after, n
    while left:
        day += ONE_DAY
        if why := calendar.why_off(day):
            yield CountedDay(day, "skipped", why)
        elif is_paused(day, pauses):
            yield CountedDay(day, "paused", "supplement")
            left = _unless_for_good(left, day, pauses)
        else:
            left -= 1
            yield CountedDay(day, "counted", _why_worked(day, calendar))


def _natural(
    after: date, n: int, calendar: Calendar | None, pauses: Sequence[PausePeriod]
) -> Iterator[CountedDay]:
    """The days after `after` up to the `n`-th not paused; with a calendar, to a worked one."""
    day, left = after, n
    while left:
        day += ONE_DAY
        if calendar:
            calendar.check_knows(day)
        if is_paused(day, pauses):
            yield CountedDay(day, "paused", "supplement")
            left = _unless_for_good(left, day, pauses)
        elif left == 1 and calendar and (why := calendar.why_off(day)):
            yield CountedDay(day, "skipped", why)
        else:
            left -= 1
            yield CountedDay(day, "counted")


def _unless_for_good(left: int, day: date, pauses: Sequence[PausePeriod]) -> int:
    """The number of days left to count: 0 if all later days are paused too."""
    return 0 if is_paused_for_good(day, pauses) else left


def _why_worked(day: date, calendar: Calendar) -> str | None:
    return "make_up_workday" if day.weekday() >= SATURDAY else calendar.make_up.get(day)


def _guessed(days: Iterable[CountedDay], calendar: Calendar) -> bool:
    return any(not calendar.is_announced(entry.day) for entry in days)
