"""Working days and ends of limits, computed a second time.

Written from the State Council's notice for 2026, the statutory days of 2027 and CONTRACTS, section
8, without any code of the product, so that the two can disagree.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import count
from math import ceil

SHANGHAI = timezone(timedelta(hours=8))
DAY = timedelta(days=1)


def _span(first: date, last: date) -> set[date]:
    return {first + DAY * number for number in range((last - first).days + 1)}


OFF = frozenset(
    _span(date(2026, 1, 1), date(2026, 1, 3))
    | _span(date(2026, 2, 15), date(2026, 2, 23))
    | _span(date(2026, 4, 4), date(2026, 4, 6))
    | _span(date(2026, 5, 1), date(2026, 5, 5))
    | _span(date(2026, 6, 19), date(2026, 6, 21))
    | _span(date(2026, 9, 25), date(2026, 9, 27))
    | _span(date(2026, 10, 1), date(2026, 10, 7))
    | {date(2027, 1, 1), *_span(date(2027, 2, 5), date(2027, 2, 8)), date(2027, 4, 5)}
    | {date(2027, 5, 1), date(2027, 5, 2), date(2027, 6, 9), date(2027, 9, 15)}
    | _span(date(2027, 10, 1), date(2027, 10, 3))
)
MADE_UP = frozenset(
    {
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28),
        date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    }
)  # fmt: skip
"""Saturdays and Sundays that are worked."""

Days = tuple[date, ...]
NONE: Collection[date] = frozenset()


def is_worked(day: date) -> bool:
    """Whether offices work on that day."""
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def day_of(at: datetime) -> date:
    """The day in Guangdong."""
    return at.astimezone(SHANGHAI).date()


def midnight_after(day: date) -> datetime:
    """24:00 of that day in Guangdong, in UTC."""
    return datetime.combine(day + DAY, time(), SHANGHAI).astimezone(UTC)


def moment_of(day: date, hour: float) -> datetime:
    """An hour of that day in Guangdong, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC) + timedelta(hours=hour)


def working_days(zero: date, amount: int, *, paused: Collection[date] = NONE) -> Days:
    """That many working days after day zero."""
    counted = (day for day in _after(zero) if is_worked(day) and day not in paused)
    return tuple(day for day, _ in zip(counted, range(amount), strict=False))


@cache
def natural_days(zero: date, amount: int) -> Days:
    """That many natural days; the last is moved to a working day."""
    days = [zero + DAY * number for number in range(1, amount + 1)]
    while not is_worked(days[-1]):
        days[-1] += DAY
    return tuple(days)


def promised_days(zero: date, day: date) -> Days:
    """The counted days up to a promised day, whatever day that is."""
    return tuple(zero + DAY * number for number in range(1, (day - zero).days + 1))


def day_at(fraction: float, counted: Days) -> date | None:
    """Counted day ceil(f·N); none when that is day N."""
    number = ceil(fraction * len(counted))
    return counted[number - 1] if 0 < number < len(counted) else None


def _after(day: date) -> Iterator[date]:
    return (day + DAY * number for number in count(1))
