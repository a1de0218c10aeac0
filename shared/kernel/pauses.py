"""When did a letter wait for its writer, and which days does that take out of a count? Pure.

A day is paused if the letter is in `supplement` at its 24:00. A wait lasts from the moment of the
question up to, and without, the moment at which it ended: asked at 24:00 sharp pauses the day
that ends then, answered at 24:00 sharp doesn't.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from shared.kernel.calendars import Calendar
from shared.kernel.civil import ONE_DAY, civil_date, passes_at


@dataclass(frozen=True, slots=True)
class PausePeriod:
    """One time in state `supplement`."""

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
    """Whether it waits at 24:00 of `day` and nobody knows until when: all later days are paused."""
    return is_paused(day, [pause for pause in pauses if pause.ended_at is None])


def working_days_paused(pauses: Iterable[PausePeriod], *, calendar: Calendar) -> int:
    """How many working days the letter has waited, a day that two pauses share once.

    Raises: ValueError for a pause that lasts, OutsideCalendar.
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
