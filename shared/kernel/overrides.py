"""Changes that an office makes to the calendar, such as for a typhoon or a late notice.

Overrides take precedence over the frozen days. The days that they name are worked or off as stated;
a year that they announce is no longer provisional, and then only the days off that they name are
off, as in a notice.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from shared.kernel import plain
from shared.kernel.calendars import FIXED, Calendar
from shared.kernel.civil import ONE_DAY
from shared.kernel.errors import BadData

MOST_DAYS: Final = 31
"""A longer stretch of days is a mistake."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Override:
    """One day that an office changes."""

    day: date
    is_worked: bool
    name: str
    """The reason shown in receipts, such as `typhoon`."""


def layered(calendar: Calendar, data: Mapping[str, object]) -> Calendar:
    """The calendar with a parsed `overrides.yaml` applied; its version shows it.

    Raises: BadData.
    """
    plain.only(data, "announced", "days", where="the file")
    years = _years(data.get("announced"), calendar)
    days = _days(data.get("days"), calendar)
    if not (years or days):
        return calendar
    kept = {day: name for day, name in calendar.off.items() if day.year not in years}
    off = kept | {override.day: override.name for override in days if not override.is_worked}
    make_up = dict(calendar.make_up) | {
        override.day: override.name for override in days if override.is_worked
    }
    for override in days:
        (off if override.is_worked else make_up).pop(override.day, None)
    _check_whole(years, off, calendar)
    return replace(
        calendar,
        version=f"{calendar.version}-o{_digest(years, days)}",
        announced=calendar.announced | years,
        off=MappingProxyType(off),
        make_up=MappingProxyType(make_up),
    )


def _years(value: object, calendar: Calendar) -> frozenset[int]:
    """Years whose notice the office enters by hand; a year already in the file is accepted."""
    years = set(calendar.announced)
    for where, row in _rows(value, "announced"):
        plain.only(row, "year", "notice", where=where)
        plain.a_text(row.get("notice"), f"{where}.notice")
        year = plain.a_number(row.get("year"), f"{where}.year")
        if year not in calendar.years or year > max(years) + 1:
            raise BadData(f"{where}.year: the next year without notice is {max(years) + 1}")
        years.add(year)
    return frozenset(years - calendar.announced)


def _days(value: object, calendar: Calendar) -> list[Override]:
    found: dict[date, Override] = {}
    for where, row in _rows(value, "days"):
        for override in _overrides(row, where):
            if override.day.year not in calendar.years:
                raise BadData(f"{where}: the calendar doesn't know the year {override.day.year}")
            if override.day in found:
                raise BadData(f"{where}: {override.day} stands twice")
            found[override.day] = override
    return list(found.values())


def _rows(value: object, where: str) -> list[tuple[str, Mapping[str, object]]]:
    """Rows of a list that may be missing or empty."""
    return [] if value is None else plain.rows(value, where)


def _overrides(row: Mapping[str, object], where: str) -> Iterator[Override]:
    plain.only(row, "day", "from", "to", "worked", "name", "why", where=where)
    is_worked = plain.a_flag(row.get("worked"), f"{where}.worked")
    name = plain.a_text(row.get("name"), f"{where}.name")
    plain.a_text(row.get("why"), f"{where}.why")
    if not _NAME.fullmatch(name):
        raise BadData(f"{where}.name: small letters, digits and underscores are needed")
    first, last = _span(row, where)
    return (
        Override(first + number * ONE_DAY, is_worked, name)
        for number in range((last - first).days + 1)
    )


def _span(row: Mapping[str, object], where: str) -> tuple[date, date]:
    if "day" in row and not {"from", "to"} & set(row):
        day = plain.a_day(row["day"], f"{where}.day")
        return day, day
    if "day" in row:
        raise BadData(f"{where}: either day, or from and to")
    first, last = (plain.a_day(row.get(end), f"{where}.{end}") for end in ("from", "to"))
    if not 0 <= (last - first).days < MOST_DAYS:
        raise BadData(f"{where}.to: a day from {first} on is needed, at most {MOST_DAYS} in all")
    return first, last


def _check_whole(years: frozenset[int], off: Mapping[date, str], calendar: Calendar) -> None:
    """Check that every statutory day of announced years is off; otherwise a line was forgotten."""
    for year in sorted(years):
        statutory = {date(year, month, day): name for (month, day), name in FIXED.items()}
        statutory |= {day: name for day, name in calendar.off.items() if day.year == year}
        if missing := sorted(set(statutory) - set(off)):
            raise BadData(f"days: {year} is announced, and {missing[0]} isn't off")


def _digest(years: frozenset[int], days: list[Override]) -> str:
    """A digest of the overrides' effects, independent of notices and reasons."""
    effects = sorted((f"{each.day}", each.is_worked, each.name) for each in days)
    return hashlib.sha256(json.dumps([sorted(years), effects]).encode()).hexdigest()[:8]
