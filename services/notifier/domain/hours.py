"""When may people be told what nobody is waiting for? Pure: instants in UTC, days of Guangdong.

What a clock does happens at midnight, and is told by day; which hours those are is our own choice.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.kernel.working_days import GUANGDONG, civil_date

MORNING: Final = time(9)
EVENING: Final = time(21)
_ONE_DAY: Final = timedelta(days=1)

IsWorking = Callable[[date], bool]
"""Whether offices work on that day."""


def by_day(at: datetime) -> datetime:
    """`at`, or the next morning where that is in quiet hours."""
    there = at.astimezone(GUANGDONG)
    if there.time() < MORNING:
        return morning_of(there.date())
    return at if there.time() < EVENING else morning_of(there.date() + _ONE_DAY)


def next_working_morning(at: datetime, is_working: IsWorking) -> datetime:
    """09:00 of the first working day that hasn't begun by `at`."""
    day = civil_date(at)
    if morning_of(day) < at:
        day += _ONE_DAY
    while not is_working(day):
        day += _ONE_DAY
    return morning_of(day)


def morning_of(day: date) -> datetime:
    """09:00 of that day, in UTC."""
    return datetime.combine(day, MORNING, GUANGDONG).astimezone(UTC)
