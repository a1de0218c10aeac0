"""A wrong day in the frozen calendar would be noticed, and other calendars agree."""

import sys
from copy import deepcopy
from datetime import date, timedelta

import pytest
from chinese_calendar import is_workday

from shared.kernel.working_days import Calendar
from shared.platform.runtime.data_files import calendar
from tools import calendar as command
from tools import other_calendars
from tools.feasts import MOON, feasts

CHINA = calendar()
FACTS = other_calendars.read()


def test_the_frozen_calendar_is_what_the_command_would_write() -> None:
    assert command.main(["check"]) == 0


def test_the_command_sees_a_changed_day() -> None:
    text = command.FILE.read_text(encoding="utf-8")
    assert command.check(text)
    assert not command.check(text.replace('"2026-02-14"', '"2026-02-15"'))
    assert command.main(["guess"]) == 2
    assert command.main([]) == 2


def test_every_day_from_2021_to_2026_agrees_with_its_source() -> None:
    assert CHINA.announced == frozenset(range(2021, 2027))
    days = [date(2021, 1, 1) + timedelta(days=number) for number in range(2191)]
    assert days[-1] == date(2026, 12, 31)
    for day in days:
        assert CHINA.is_working(day) is is_workday(day), day


def test_two_other_packages_know_the_same_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["compare"]) == 0
    assert "know the same days from 2021-01-01 to 2026-12-31" in capsys.readouterr().out
    assert {other["package"] for other in FACTS["days"]} == {"holidays", "ChinaHolidays"}
    for other in FACTS["days"]:
        assert len(other["worked_weekends"]) == len(CHINA.make_up) == 40
        assert len(other["weekdays_off"]) == sum(
            day.weekday() < 5 for day in CHINA.off if day.year <= 2026
        )


def test_two_other_packages_see_the_same_moon_up_to_2050() -> None:
    assert {other["package"] for other in FACTS["feasts"]} == {"holidays", "borax"}
    for other in FACTS["feasts"]:
        assert list(other["years"]) == [f"{year}" for year in range(2027, 2051)]


@pytest.mark.parametrize("key", ["worked_weekends", "weekdays_off"])
def test_a_day_that_another_package_doesnt_know_is_named(key: str) -> None:
    facts = deepcopy(FACTS)
    day = facts["days"][1][key].pop()
    said = "off" if key == "worked_weekends" else "worked"
    assert list(other_calendars.differences(CHINA, facts)) == [f"{day} is {said} in ChinaHolidays"]


def test_a_feast_elsewhere_is_named() -> None:
    facts = deepcopy(FACTS)
    facts["feasts"][0]["years"]["2033"][0] = "2033-02-01"
    assert list(other_calendars.differences(CHINA, facts)) == [
        "the feasts of 2033 are others in holidays"
    ]


def test_gathering_without_the_packages_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert command.main(["gather"]) == 2
    assert "holidays is not installed here" in capsys.readouterr().out


@pytest.mark.parametrize("year", MOON)
def test_each_feast_lies_in_its_season(year: int) -> None:
    spring, qingming, dragon_boat, mid_autumn = feasts(year)
    assert date(year, 1, 21) <= spring <= date(year, 2, 20)
    assert date(year, 4, 4) <= qingming <= date(year, 4, 6)
    assert timedelta(days=117) <= dragon_boat - spring <= timedelta(days=152)
    assert mid_autumn - dragon_boat in {
        timedelta(days=97 + extra) for extra in (*range(3), 29, 30, 31)
    }


def test_the_calendar_is_made_of_what_is_frozen() -> None:
    assert Calendar.of(command.frozen()) == CHINA
