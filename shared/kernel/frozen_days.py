"""Validation of the frozen file of days, before a calendar is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.kernel import plain
from shared.kernel.errors import BadData

SATURDAY: Final = 5
MOVING: Final = ("spring_festival", "qingming", "dragon_boat", "mid_autumn")
"""Lunar or solar feasts: the file names their days in every expected year."""
KEYS: Final = ("version", "source", "announced", "off", "make_up", "expected")


@dataclass(frozen=True, slots=True)
class FrozenDays:
    """The content of a parsed `working_days.json`."""

    announced: frozenset[int]
    off: Mapping[date, str]
    make_up: Mapping[date, str]
    expected: Mapping[date, str]

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "FrozenDays":
        """Read and check the days of all years in the file. Raises: BadData."""
        plain.only(data, *KEYS, where="the file")
        years = plain.a_list(data.get("announced"), "announced")
        days = cls(
            announced=frozenset(plain.a_number(year, "announced") for year in years),
            off=plain.days(data.get("off"), "off"),
            make_up=plain.days(data.get("make_up"), "make_up"),
            expected=plain.days(data.get("expected"), "expected"),
        )
        _check_announced(days)
        _check_expected(days.expected, last_announced=max(days.announced))
        return days


def _check_announced(days: FrozenDays) -> None:
    years, make_up = days.announced, days.make_up
    if not years or len(years) != max(years) - min(years) + 1:
        raise BadData("announced: at least one year is needed, and none between left out")
    for name, some in (("off", days.off), ("make_up", make_up)):
        if strays := [day for day in some if day.year not in years]:
            raise BadData(f"{name}.{strays[0]}: its year is not announced")
    if both := sorted(set(days.off) & set(make_up)):
        raise BadData(f"make_up.{both[0]}: this day is off as well")
    if weekdays := [day for day in make_up if day.weekday() < SATURDAY]:
        raise BadData(f"make_up.{weekdays[0]}: a Saturday or Sunday is needed")


def _check_expected(expected: Mapping[date, str], *, last_announced: int) -> None:
    """Check that expected years follow the announced ones without gaps, each with all feasts."""
    if early := [day for day in expected if day.year <= last_announced]:
        raise BadData(f"expected.{early[0]}: its year is announced, or over")
    last = max((day.year for day in expected), default=last_announced)
    for year in range(last_announced + 1, last + 1):
        named = {name for day, name in expected.items() if day.year == year}
        if missing := [name for name in MOVING if name not in named]:
            raise BadData(f"expected: {year} lacks {missing[0]}")
