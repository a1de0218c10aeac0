"""Civil days in Guangdong, and when a day has passed.

Civil days are those of Asia/Shanghai: UTC+8 all year, without daylight saving since 1991.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

GUANGDONG: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY: Final = timedelta(days=1)


def civil_date(instant: datetime) -> date:
    """The day in Guangdong at `instant`. Raises: ValueError, for a time without zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(GUANGDONG).date()


def passes_at(day: date) -> datetime:
    """24:00 of `day` in Guangdong, in UTC: the next 00:00, when a due date has passed."""
    return datetime.combine(day + ONE_DAY, time(), GUANGDONG).astimezone(UTC)
