"""The frozen file of working days: writes it, checks it, and compares it with other sources.

    python -m tools.calendar check      compare the file with the package chinesecalendar
    python -m tools.calendar write      rewrite it: once a year, when the package has the notice
    python -m tools.calendar compare    compare it day by day with the data of other packages
    python -m tools.calendar gather     refresh that data, in an environment that has
                                        holidays, ChinaHolidays and borax

The product reads only the file; the packages are developers' tools.
"""

import hashlib
import json
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from chinese_calendar.constants import Holiday, holidays, workdays

from shared.kernel.working_days import Calendar
from tools import other_calendars
from tools.feasts import expected

FILE: Final = Path(__file__).parent.parent / "shared/data/calendar/working_days.json"
FIRST_YEAR: Final = 2021

NAMES: Final = {
    Holiday.new_years_day: "new_year",
    Holiday.spring_festival: "spring_festival",
    Holiday.tomb_sweeping_day: "qingming",
    Holiday.labour_day: "labour_day",
    Holiday.dragon_boat_festival: "dragon_boat",
    Holiday.mid_autumn_festival: "mid_autumn",
    Holiday.national_day: "national_day",
}


def frozen() -> dict[str, Any]:
    """The required content of the file."""
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
        "(MIT); `expected` from the statutory days, see tools/feasts.py",
    } | days


def check(text: str) -> bool:
    """Whether `text` equals the file as it would be written now."""
    return text == _text()


def main(arguments: list[str]) -> int:
    """Run the command; return 0 if the file is right."""
    command = COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print(__doc__)
        return 2
    return command()


def _written() -> int:
    FILE.write_text(_text(), encoding="utf-8")
    print("written")
    return 0


def _checked() -> int:
    good = FILE.exists() and check(FILE.read_text(encoding="utf-8"))
    print("the calendar is as announced" if good else "the calendar differs: write it again")
    return 0 if good else 1


def _compared() -> int:
    facts = other_calendars.read()
    found = list(other_calendars.differences(Calendar.of(frozen()), facts))
    sources = ", ".join(f"{source['package']} {source['version']}" for source in facts["days"])
    print(
        "\n".join(found) or f"{sources} know the same days from {facts['first']} to {facts['last']}"
    )
    return 1 if found else 0


def _gathered() -> int:
    try:
        other_calendars.write(date(max(holidays).year, 12, 31))
    except ImportError as missing:
        print(f"{missing.name} is not installed here: see docs/calendar.md")
        return 2
    return _compared()


COMMANDS: Final[dict[str, Callable[[], int]]] = {
    "check": _checked,
    "write": _written,
    "compare": _compared,
    "gather": _gathered,
}


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
