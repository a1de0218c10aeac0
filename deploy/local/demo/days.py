"""When does something happen in a played office? Its hours, and where it is stopped at. Pure.

Instants are UTC, days and hours those of Guangdong. Every day stops at 00:00, when clocks pass, and
at 09:00, when people are told; in between only where somebody has something to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from deploy.local.demo.letters import drawn
from shared.kernel.calendars import Calendar
from shared.kernel.civil import GUANGDONG, civil_date

HOURS = ((time(9), time(12)), (time(14, 30), time(17, 30)))
"""In which offices work, on working days."""
MIDNIGHT, MORNING = time(0), time(9)
AT_WORK = (time(10), time(11, 25), time(15, 20), time(16, 50))
BY_DAY = (time(7, 40), time(12, 50), time(20, 30))
"""About when people write, whatever day it is."""
JITTER_MIN = 25
ONE_DAY = timedelta(days=1)
WRITING_DAYS = 21
ENDING = timedelta(days=280)
"""What hasn't ended so long after the last day of writing doesn't end."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days from the first one on."""

    calendar: Calendar
    first: date
    seed: str
    written: int = WRITING_DAYS
    """Within so many days all letters are written."""

    @property
    def longest(self) -> timedelta:
        """How long it is played at most."""
        return self.written * ONE_DAY + ENDING

    @property
    def beginning(self) -> datetime:
        """The first instant."""
        return _at(self.first, MIDNIGHT)

    def worked_s(self, at: datetime) -> int:
        """Seconds of office hours from the beginning to `at`. Raises: OutsideCalendar."""
        there = at.astimezone(GUANGDONG)
        whole = sum(map(_length_s, HOURS))
        days = (there.date() - self.first).days
        before = [self.first + number * ONE_DAY for number in range(days)]
        seconds = whole * sum(map(self.calendar.is_working, before))
        if self.calendar.is_working(there.date()):
            seconds += sum(_length_s((opens, min(closes, there.time()))) for opens, closes in HOURS)
        return seconds

    def is_open(self, at: datetime) -> bool:
        """Whether people are at work then."""
        there = at.astimezone(GUANGDONG)
        return self.calendar.is_working(there.date()) and any(
            opens <= there.time() <= closes for opens, closes in HOURS
        )

    def stops(self, after: datetime) -> Iterator[datetime]:
        """Instants after that one at which it may be stopped, in order."""
        day = civil_date(after)
        while True:
            yield from (at for at in self._of(day) if at > after)
            day += ONE_DAY

    def must_stop(self, at: datetime) -> bool:
        """Whether clocks pass at that instant, or people are told."""
        return at.astimezone(GUANGDONG).time() in (MIDNIGHT, MORNING)

    def _of(self, day: date) -> list[datetime]:
        about = (*BY_DAY, *(AT_WORK if self.calendar.is_working(day) else ()))
        moved = [self._near(day, at) for at in about]
        return sorted([_at(day, MIDNIGHT), _at(day, MORNING), *moved])

    def _near(self, day: date, at: time) -> datetime:
        """About then: people don't act on the minute."""
        luck = drawn(self.seed, f"{day}", f"{at}")
        return _at(day, at) + timedelta(seconds=int((luck - 0.5) * 2 * JITTER_MIN * 60))


def _length_s(hours: tuple[time, time]) -> int:
    """Seconds between two times of a day; none when the second comes first."""
    opens, closes = (one.hour * 3600 + one.minute * 60 + one.second for one in hours)
    return max(closes - opens, 0)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at, GUANGDONG).astimezone(UTC)
