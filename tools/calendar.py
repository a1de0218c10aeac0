"""Are the working days that we ship those of the notices? Writes or checks the frozen file.

    python -m tools.calendar check    compare the file with the package chinesecalendar
    python -m tools.calendar write    write it anew: once a year, when the package has the notice

The product reads only the file; the package is a developer's tool.
"""

import hashlib
import json
import sys
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from chinese_calendar.constants import Holiday, holidays, workdays

FILE: Final = Path(__file__).parent.parent / "shared/data/calendar/working_days.json"
FIRST_YEAR: Final = 2021
LAST_EXPECTED: Final = 2030

NAMES: Final = {
    Holiday.new_years_day: "new_year",
    Holiday.spring_festival: "spring_festival",
    Holiday.tomb_sweeping_day: "qingming",
    Holiday.labour_day: "labour_day",
    Holiday.dragon_boat_festival: "dragon_boat",
    Holiday.mid_autumn_festival: "mid_autumn",
    Holiday.national_day: "national_day",
}

MOON: Final = {
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
}
"""First day of the first month, Qingming, fifth of the fifth, fifteenth of the eighth month.

Source: the Chinese calendar as astronomy fixes it, compared with the package holidays 0.109.
Which days are off on these feasts: 全国年节及纪念日放假办法, as of 2024-11-10: the eve and three
days of the Spring Festival, one day of each other feast. Swaps are known only from the notice.
"""


def frozen() -> dict[str, Any]:
    """What the file must hold."""
    last = max(holidays).year
    days: dict[str, Any] = {
        "announced": list(range(FIRST_YEAR, last + 1)),
        "off": _named(holidays),
        "make_up": _named(workdays),
        "expected": expected(last + 1),
    }
    digest = hashlib.sha256(json.dumps(days, sort_keys=True).encode()).hexdigest()
    return {
        "version": f"cn-{FIRST_YEAR}-{last}-{digest[:8]}",
        "source": f"State Council notices by way of chinesecalendar {version('chinesecalendar')} "
        "(MIT); `expected` from the statutory days, see tools/calendar.py",
    } | days


def expected(first: int) -> dict[str, str]:
    """Moon-bound statutory days from the year `first` on; fixed dates are a rule of the kernel."""
    found: dict[str, str] = {}
    for year in range(first, LAST_EXPECTED + 1):
        spring, *others = (date.fromisoformat(f"{year}-{day}") for day in MOON[year])
        for offset in range(-1, 3):
            found[f"{spring + timedelta(days=offset)}"] = "spring_festival"
        for day, name in zip(others, ("qingming", "dragon_boat", "mid_autumn"), strict=True):
            found[f"{day}"] = name
    return dict(sorted(found.items()))


def check(text: str) -> bool:
    """Whether `text` is the file that would be written now."""
    return text == _text()


def main(arguments: list[str]) -> int:
    """Run the command; 0 when the file is right."""
    if arguments == ["write"]:
        FILE.write_text(_text(), encoding="utf-8")
        print("written")
        return 0
    if arguments == ["check"]:
        good = FILE.exists() and check(FILE.read_text(encoding="utf-8"))
        print("the calendar is as announced" if good else "the calendar differs: write it anew")
        return 0 if good else 1
    print(__doc__)
    return 2


def _named(days: dict[date, str]) -> dict[str, str]:
    return {
        f"{day}": NAMES[Holiday(name)]
        for day, name in sorted(days.items())
        if day.year >= FIRST_YEAR
    }


def _text() -> str:
    return json.dumps(frozen(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
