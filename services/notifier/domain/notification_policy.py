"""Who is told of which level, and when may people be told? Pure: instants in UTC, tables handed in.

Quiet hours hold for every message but a call to the duty desk.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.kernel.policies import Level
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import GUANGDONG, Calendar, civil_date

MORNING: Final = time(9)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class QuietHours:
    """When nothing is sent but calls to the duty desk; time of Guangdong. Equal times: never."""

    begin: time = time(21)
    end: time = MORNING

    def after(self, at: datetime) -> datetime:
        """`at`, or the end of the quiet hours that it falls into."""
        there = at.astimezone(GUANGDONG)
        now, day = there.time(), there.date()
        if self.begin <= self.end:
            return _instant(day, self.end) if self.begin <= now < self.end else at
        if now >= self.begin:
            return _instant(day + _ONE_DAY, self.end)
        return _instant(day, self.end) if now < self.end else at


@dataclass(frozen=True)
class Book:
    """The calendar, the policies that say who is told of which level, and the quiet hours."""

    calendar: Calendar
    versions: PolicyVersions
    quiet: QuietHours = field(default_factory=QuietHours)

    def level(self, clock: str, name: str, *, version: str) -> Level | None:
        """What the policies say of that level; none of clocks and levels that they don't know.

        `version`: of the policies under which the letter was received.
        """
        row = self.versions.under(version).clocks.get(clock)
        return next((one for one in row.levels if one.id == name), None) if row else None

    def told_at(self, level: Level, at: datetime) -> datetime:
        """When people are told of a level that was reached at `at`."""
        if level.told_at is None:
            return self.quiet.after(at)
        day = civil_date(at)
        if _instant(day, level.told_at) < at:
            day += _ONE_DAY
        while not self.calendar.is_working(day):
            day += _ONE_DAY
        return _instant(day, level.told_at)

    def called(self, page: int, *, on: date) -> tuple[str, timedelta]:
        """Who is called for the 1st, 2nd … time while nobody sees a diversion, and how often.

        `on`: the day of the diversion.
        """
        paging = self.versions.on(on).clock("diversion").paging
        if paging is None:
            raise ValueError("nobody is called about a diversion")
        return paging.to[min(page, len(paging.to)) - 1], timedelta(minutes=paging.every_min)


def morning_of(day: date) -> datetime:
    """09:00 of that day, in UTC."""
    return _instant(day, MORNING)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, GUANGDONG).astimezone(UTC)
