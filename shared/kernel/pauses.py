"""Pauses: times in which a letter waits for its writer, and the days that don't count.

A day is paused if the letter is in `supplement` at its 24:00. A pause lasts from the instant of the
question up to, but not including, the instant at which it ended: a question at exactly 24:00 pauses
the day that ends then, an answer at exactly 24:00 doesn't.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from shared.kernel.calendars import Calendar
from shared.kernel.civil import ONE_DAY, civil_date, passes_at


@dataclass(frozen=True, slots=True)
class PausePeriod:
    """One period in state `supplement`."""

    began_at: datetime
    ended_at: datetime | None = None
    """None while it lasts."""

    def __post_init__(self) -> None:
        """Raises: ValueError, for an instant without zone or an end before the beginning."""
        instants = [self.began_at] if self.ended_at is None else [self.began_at, self.ended_at]
        if any(instant.tzinfo is None for instant in instants):
            raise ValueError("an instant needs its time zone")
        if instants[0] > instants[-1]:
            raise ValueError("a pause ends before it begins")

    def holds_at(self, instant: datetime) -> bool:
        """Whether the letter waits at `instant`."""
        return self.began_at <= instant and (self.ended_at is None or instant < self.ended_at)


def is_paused(day: date, pauses: Iterable[PausePeriod]) -> bool:
    """Whether the letter waits at 24:00 of `day`; pauses may overlap, in any order."""
    midnight = passes_at(day)
    return any(pause.holds_at(midnight) for pause in pauses)


def is_paused_for_good(day: date, pauses: Iterable[PausePeriod]) -> bool:
    """Whether it waits at 24:00 of `day` in an open pause, so that all later days are paused."""
    return is_paused(day, [pause for pause in pauses if pause.ended_at is None])


def working_days_paused(pauses: Iterable[PausePeriod], *, calendar: Calendar) -> int:
    """The number of working days that the letter waited, counting shared days once.

    Raises: ValueError, for an open pause; OutsideCalendar.
    """
    days: set[date] = set()
    for pause in pauses:
        if pause.ended_at is None:
            raise ValueError("a pause that lasts has no number of days")
        day, last = civil_date(pause.began_at) - ONE_DAY, civil_date(pause.ended_at)
        while day < last:
            if is_paused(day, [pause]) and calendar.is_working(day):
                days.add(day)
            day += ONE_DAY
    return len(days)
