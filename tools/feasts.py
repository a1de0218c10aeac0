"""Dates of the lunar and solar feasts.

Source: the Chinese calendar as defined by astronomy (GB/T 33661-2017), as given by three packages
that compute or copy it independently: holidays, lunardate and borax. They agree up to 2088; the
table ends long before. `tests/golden/other_calendars.json` has the data of two of them.
"""

from datetime import date, timedelta
from typing import Final

LAST_EXPECTED: Final = 2050

MOON: Final = {
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
    2036: ("01-28", "04-04", "05-30", "10-04"),
    2037: ("02-15", "04-04", "06-18", "09-24"),
    2038: ("02-04", "04-05", "06-07", "09-13"),
    2039: ("01-24", "04-05", "05-27", "10-02"),
    2040: ("02-12", "04-04", "06-14", "09-20"),
    2041: ("02-01", "04-04", "06-03", "09-10"),
    2042: ("01-22", "04-04", "06-22", "09-28"),
    2043: ("02-10", "04-05", "06-11", "09-17"),
    2044: ("01-30", "04-04", "05-31", "10-05"),
    2045: ("02-17", "04-04", "06-19", "09-25"),
    2046: ("02-06", "04-04", "06-08", "09-15"),
    2047: ("01-26", "04-05", "05-29", "10-04"),
    2048: ("02-14", "04-04", "06-15", "09-22"),
    2049: ("02-02", "04-04", "06-04", "09-11"),
    2050: ("01-23", "04-04", "06-23", "09-30"),
}
"""First day of the first month, Qingming, fifth of the fifth, fifteenth of the eighth month."""


def feasts(year: int) -> tuple[date, date, date, date]:
    """Spring Festival, Qingming, Dragon Boat and Mid-Autumn of `year`. Raises: KeyError."""
    spring, qingming, dragon_boat, mid_autumn = (
        date.fromisoformat(f"{year}-{day}") for day in MOON[year]
    )
    return spring, qingming, dragon_boat, mid_autumn


def expected(first: int) -> dict[str, str]:
    """Days off on these feasts from the year `first` on; fixed dates are a rule of the kernel.

    Source: 全国年节及纪念日放假办法, as of 2024-11-10: the eve and three days of the Spring
    Festival, one day of each other feast. Swaps are known only from the notice.
    """
    found: dict[str, str] = {}
    for year in range(first, LAST_EXPECTED + 1):
        spring, *others = feasts(year)
        for offset in range(-1, 3):
            found[f"{spring + timedelta(days=offset)}"] = "spring_festival"
        for day, name in zip(others, ("qingming", "dragon_boat", "mid_autumn"), strict=True):
            found[f"{day}"] = name
    return dict(sorted(found.items()))
