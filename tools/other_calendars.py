"""Working days of other calendars, gathered and compared with ours.

Their data is gathered into a dated file, so that comparing needs none of the packages: `holidays`
and `ChinaHolidays` know the notices, `holidays` and `borax` the lunar calendar. All are MIT.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, Final

from shared.kernel.working_days import Calendar, civil_date
from shared.platform.runtime.clock import utc_now
from tools.feasts import MOON, feasts

FILE: Final = Path(__file__).parent.parent / "tests/golden/other_calendars.json"
FIRST: Final = date(2021, 1, 1)
SATURDAY: Final = 5


def gathered(last: date) -> dict[str, Any]:
    """The packages' data for each day up to `last`. Raises: ImportError, without them."""
    return {
        "gathered_on": f"{civil_date(utc_now())}",
        "first": f"{FIRST}",
        "last": f"{last}",
        "days": [
            _days("holidays", _by_holidays(last), last),
            _days("ChinaHolidays", _by_toml(), last),
        ],
        "feasts": [_feasts("holidays", _feast_of_holidays), _feasts("borax", _feast_of_borax)],
    }


def differences(calendar: Calendar, facts: dict[str, Any]) -> Iterator[str]:
    """Each day on which the calendars differ, and each feast with another date."""
    first, last = (date.fromisoformat(facts[end]) for end in ("first", "last"))
    for other in facts["days"]:
        worked, off = ({date.fromisoformat(day) for day in other[key]} for key in _KEYS)
        for day in _between(first, last):
            theirs = day in worked or (day.weekday() < SATURDAY and day not in off)
            if theirs is not calendar.is_working(day):
                yield f"{day} is {'worked' if theirs else 'off'} in {other['package']}"
    for other in facts["feasts"]:
        for year, days in other["years"].items():
            if days != [f"{day}" for day in feasts(int(year))]:
                yield f"the feasts of {year} are others in {other['package']}"


_KEYS: Final = ("worked_weekends", "weekdays_off")


def _between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _days(package: str, is_worked: Callable[[date], bool], last: date) -> dict[str, Any]:
    days = [(day, day.weekday() >= SATURDAY, is_worked(day)) for day in _between(FIRST, last)]
    return {
        "package": package,
        "version": version(package),
        "worked_weekends": [f"{day}" for day, weekend, worked in days if weekend and worked],
        "weekdays_off": [f"{day}" for day, weekend, worked in days if not (weekend or worked)],
    }


def _feasts(package: str, of: Callable[[int], list[date]]) -> dict[str, Any]:
    years = {f"{year}": [f"{day}" for day in of(year)] for year in MOON}
    return {"package": package, "version": version(package), "years": years}


def _by_holidays(last: date) -> Callable[[date], bool]:
    table = import_module("holidays").country_holidays("CN", years=range(FIRST.year, last.year + 2))
    return lambda day: bool(table.is_working_day(day))


def _by_toml() -> Callable[[date], bool]:
    """Uses its table alone, because its class depends on the current year."""
    notices = import_module("ChinaHolidays.ChinaHolidays").OFFICIAL_INFO
    years = [notices[year] for year in notices if year.isdigit()]
    worked = set(chain.from_iterable(year["调休工作日"] for year in years))
    spans = chain.from_iterable(year["festivals"].values() for year in years)
    off = {f"{day}" for span in spans for day in _span(span)}
    return lambda day: f"{day}" in worked or (day.weekday() < SATURDAY and f"{day}" not in off)


def _span(text: str) -> Iterator[date]:
    first, _, last = (part.strip() for part in text.partition("~"))
    return _between(date.fromisoformat(first), date.fromisoformat(last or first))


def _feast_of_holidays(year: int) -> list[date]:
    table = import_module("holidays").country_holidays(
        "CN", years=year, observed=False, language="zh_CN"
    )
    named = {
        name: day
        for day, names in sorted(table.items(), reverse=True)
        for name in names.split("; ")
    }
    return [named[name] for name in ("春节", "清明节", "端午节", "中秋节")]


def _feast_of_borax(year: int) -> list[date]:
    moon = import_module("borax.calendars.lunardate")
    spring, dragon_boat, mid_autumn = (
        moon.LunarDate(year, month, day).to_solar_date() for month, day in ((1, 1), (5, 5), (8, 15))
    )
    return [spring, moon.TermUtils.nth_term_day(year, term_name="清明"), dragon_boat, mid_autumn]


def write(last: date) -> None:
    """Refresh the file of data. Raises: ImportError, without the packages."""
    text = json.dumps(gathered(last), ensure_ascii=False, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """The gathered data."""
    facts: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return facts
