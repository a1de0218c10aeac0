"""Quiet hours: when nothing is sent but calls to the duty desk."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.kernel.working_days import GUANGDONG

MORNING: Final = time(9)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class QuietHours:
    """Begin and end in Guangdong time. Equal times: no quiet hours."""

    begin: time = time(21)
    end: time = MORNING

    def after(self, at: datetime) -> datetime:
        """Return `at`, or the end of the quiet hours that it falls into."""
        there = at.astimezone(GUANGDONG)
        now, day = there.time(), there.date()
        if self.begin <= self.end:
            return instant(day, self.end) if self.begin <= now < self.end else at
        if now >= self.begin:
            return instant(day + ONE_DAY, self.end)
        return instant(day, self.end) if now < self.end else at


def morning_of(day: date) -> datetime:
    """Return 09:00 of that day in Guangdong, in UTC."""
    return instant(day, MORNING)


def instant(day: date, at: time) -> datetime:
    """Return that time of that day in Guangdong, in UTC."""
    return datetime.combine(day, at, GUANGDONG).astimezone(UTC)
