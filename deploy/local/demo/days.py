"""Working hours of the demo's office, and the instants at which the demo stops.

Instants are UTC, days and hours those of Guangdong. The demo stops every day at 00:00, when
deadlines pass, and at 09:00, when people are notified, and in between only where somebody has
something to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from clients.bureau.simulate.hours import OFFICE_HOURS
from deploy.local.demo.letters import drawn
from shared.kernel.calendars import Calendar
from shared.kernel.civil import GUANGDONG, civil_date

MIDNIGHT, MORNING = time(0), time(9)
AT_WORK = (time(10), time(11, 25), time(15, 20), time(16, 50))
BY_DAY = (time(7, 40), time(12, 50), time(20, 30))
"""Approximate times at which people write, on any day."""
JITTER_MIN = 25
ONE_DAY = timedelta(days=1)
WRITING_DAYS = 21
ENDING = timedelta(days=280)
"""Letters that haven't ended so long after the last day of writing count as not ending."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a demo, from the first one on."""

    calendar: Calendar
    first: date
    seed: str
    written: int = WRITING_DAYS
    """Number of days within which all letters are written."""

    @property
    def longest(self) -> timedelta:
        """How long the demo runs at most, in office time."""
        return self.written * ONE_DAY + ENDING

    @property
    def beginning(self) -> datetime:
        """The first instant: midnight of the first day."""
        return _at(self.first, MIDNIGHT)

    def worked_s(self, at: datetime) -> int:
        """Return the seconds of office hours from the beginning to `at`.

        Raises: OutsideCalendar.
        """
        there = at.astimezone(GUANGDONG)
        whole = sum(map(_length_s, OFFICE_HOURS))
        days = (there.date() - self.first).days
        before = [self.first + number * ONE_DAY for number in range(days)]
        seconds = whole * sum(map(self.calendar.is_working, before))
        if self.calendar.is_working(there.date()):
            seconds += sum(
                _length_s((opens, min(closes, there.time()))) for opens, closes in OFFICE_HOURS
            )
        return seconds

    def is_open(self, at: datetime) -> bool:
        """Return whether `at` is within office hours."""
        there = at.astimezone(GUANGDONG)
        return self.calendar.is_working(there.date()) and any(
            opens <= there.time() <= closes for opens, closes in OFFICE_HOURS
        )

    def stops(self, after: datetime) -> Iterator[datetime]:
        """Yield the instants later than `after` at which the demo may stop, in order."""
        day = civil_date(after)
        while True:
            yield from (at for at in self._of(day) if at > after)
            day += ONE_DAY

    def must_stop(self, at: datetime) -> bool:
        """Return whether `at` is 00:00, when deadlines pass, or 09:00, when people are notified."""
        return at.astimezone(GUANGDONG).time() in (MIDNIGHT, MORNING)

    def _of(self, day: date) -> list[datetime]:
        about = (*BY_DAY, *(AT_WORK if self.calendar.is_working(day) else ()))
        moved = [self._near(day, at) for at in about]
        return sorted([_at(day, MIDNIGHT), _at(day, MORNING), *moved])

    def _near(self, day: date, at: time) -> datetime:
        """Return `at` on `day`, moved by up to JITTER_MIN minutes either way."""
        luck = drawn(self.seed, f"{day}", f"{at}")
        return _at(day, at) + timedelta(seconds=int((luck - 0.5) * 2 * JITTER_MIN * 60))


def _length_s(hours: tuple[time, time]) -> int:
    """Return the seconds between two times of a day; 0 when the second is earlier."""
    opens, closes = (at.hour * 3600 + at.minute * 60 + at.second for at in hours)
    return max(closes - opens, 0)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, GUANGDONG).astimezone(UTC)
