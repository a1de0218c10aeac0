"""The calendar of working days, and the reason for each day off; read from plain data.

Working days follow the State Council's yearly notices with their make-up workdays. A year without
a notice has weekends and statutory days only, and dates based on it are `provisional`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Final

from shared.kernel import plain
from shared.kernel.frozen_days import SATURDAY, FrozenDays

FIXED: Final = MappingProxyType(
    {
        (1, 1): "new_year",
        (5, 1): "labour_day",
        (5, 2): "labour_day",
        (10, 1): "national_day",
        (10, 2): "national_day",
        (10, 3): "national_day",
    }
)
"""Statutory days with a fixed date. Source: 全国年节及纪念日放假办法, as of 2024-11-10."""


class OutsideCalendar(ValueError):
    """The day's year is not in the calendar, so it can't be known whether it is worked."""


@dataclass(frozen=True)
class Calendar:
    """The working days: announced years from the notices, expected years by rule."""

    version: str
    announced: frozenset[int]
    off: Mapping[date, str]
    """Days off of announced years and expected feasts of later ones, with their names."""
    make_up: Mapping[date, str]
    """Saturdays and Sundays that are worked, with the holiday that they make up for."""

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Calendar":
        """Read a parsed `working_days.json`. Raises: BadData."""
        days = FrozenDays.of(data)
        return cls(
            version=plain.a_text(data.get("version"), "version"),
            announced=days.announced,
            off=MappingProxyType({**days.expected, **days.off}),
            make_up=MappingProxyType(dict(days.make_up)),
        )

    def why_off(self, day: date) -> str | None:
        """Why `day` is not worked: a holiday's name or `weekend`; None for a working day.

        Raises: OutsideCalendar.
        """
        if day in self.make_up:
            return None
        if name := self.off.get(day):
            return name
        if not self.is_announced(day) and (name := self._by_rule(day)):
            return name
        return "weekend" if day.weekday() >= SATURDAY else None

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`. Raises: OutsideCalendar."""
        return self.why_off(day) is None

    def is_announced(self, day: date) -> bool:
        """Whether the notice for the year of `day` is in this calendar."""
        return day.year in self.announced

    @cached_property
    def years(self) -> range:
        """The years with known days off, announced or expected."""
        return range(min(self.announced), max(self.announced | {day.year for day in self.off}) + 1)

    def check_knows(self, day: date) -> None:
        """Raises: OutsideCalendar, for a day outside `years`."""
        if day.year not in self.years:
            first, last = self.years[0], self.years[-1]
            raise OutsideCalendar(f"the calendar knows the years {first} to {last}, not {day.year}")

    def _by_rule(self, day: date) -> str | None:
        self.check_knows(day)
        return FIXED.get((day.month, day.day))
