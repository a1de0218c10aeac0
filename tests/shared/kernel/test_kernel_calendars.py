"""Every day is as the notice, the statute or the office says, and broken files are explained."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.calendars import FIXED
from shared.kernel.errors import BadData
from shared.kernel.overrides import layered
from shared.kernel.working_days import Calendar, OutsideCalendar, add_working_days
from shared.platform.runtime.data_files import calendar

CHINA = calendar()
GOOD: dict[str, Any] = {
    "version": "v",
    "source": "a test",
    "announced": [2025, 2026],
    "off": {"2026-02-16": "spring_festival"},
    "make_up": {"2026-02-14": "spring_festival"},
    "expected": {
        "2027-02-06": "spring_festival", "2027-04-05": "qingming",
        "2027-06-09": "dragon_boat", "2027-09-15": "mid_autumn",
    },
}  # fmt: skip
TYPHOON = {"day": "2026-09-24", "worked": False, "name": "typhoon", "why": "a warning"}
NOTICE = {"year": 2027, "notice": "a notice"}


def test_a_calendar_is_what_its_file_says() -> None:
    small = Calendar.of(GOOD)
    assert (small.version, small.years) == ("v", range(2025, 2028))
    assert small.why_off(date(2026, 2, 16)) == "spring_festival"
    assert small.is_working(date(2026, 2, 14))
    assert small.why_off(date(2026, 2, 15)) == "weekend"
    assert small.is_working(date(2026, 5, 1)), "a notice names all days off itself"
    assert small.why_off(date(2027, 5, 1)) == "labour_day"
    assert small.why_off(date(2027, 4, 5)) == "qingming"
    for day in (date(2024, 12, 31), date(2028, 1, 3)):
        with pytest.raises(OutsideCalendar, match="2025 to 2027"):
            small.why_off(day)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"version": " "}, "version: a text"),
        ({"announced": "2026"}, "announced: a list"),
        ({"announced": [True]}, "announced: a whole number"),
        ({"announced": []}, "announced: at least one year"),
        ({"announced": [2024, 2026]}, "announced: .* none between"),
        ({"off": {"2026-02-30": "new_year"}}, "off.2026-02-30: a day"),
        ({"off": {"2026-02-03": 1}}, "off.2026-02-03: a text"),
        ({"off": {"2027-01-01": "new_year"}}, "off.2027-01-01: its year is not announced"),
        ({"make_up": []}, "make_up: a mapping"),
        ({"make_up": {"2026-02-13": "x"}}, "make_up.2026-02-13: a Saturday or Sunday"),
        (
            {"make_up": {"2026-02-14": "x"}, "off": {"2026-02-14": "y"}},
            "make_up.2026-02-14: this day is off as well",
        ),
        ({"expected": None}, "expected: a mapping"),
        ({"expected": {"2026-04-05": "qingming"}}, "expected.2026-04-05: its year is announced"),
        ({"expected": {"2027-04-05": "qingming"}}, "expected: 2027 lacks spring_festival"),
        ({"expected": {"2028-04-05": "qingming"}}, "expected: 2027 lacks spring_festival"),
        ({"holidays": {}}, "the file: holidays is not known here"),
    ],
)
def test_a_broken_calendar_says_where(change: dict[str, object], place: str) -> None:
    with pytest.raises(BadData, match=place):
        Calendar.of(GOOD | change)


def test_a_calendar_without_expected_years_ends_with_the_announced_ones() -> None:
    small = Calendar.of(GOOD | {"expected": {}})
    assert small.years == range(2025, 2027)
    with pytest.raises(OutsideCalendar, match="2025 to 2026, not 2027"):
        small.is_working(date(2027, 1, 4))


@pytest.mark.parametrize("year", range(2027, 2051))
def test_an_unannounced_year_has_weekends_and_statutory_days_alone(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    off = {day: CHINA.why_off(day) for day in days if day.year == year}
    named = {day: why for day, why in off.items() if why not in (None, "weekend")}
    assert len(named) in (12, 13), "one less when Mid-Autumn falls into National Day"
    assert {(day.month, day.day) for day in named} >= set(FIXED)
    assert all(why is None or day in named or day.weekday() >= 5 for day, why in off.items())
    assert not CHINA.is_announced(date(year, 7, 1))


# --- what an office changes --------------------------------------------------------------------


def test_no_overrides_change_nothing() -> None:
    assert layered(CHINA, {"announced": [], "days": []}) is CHINA
    assert layered(CHINA, {}) is CHINA


def test_a_typhoon_day_is_off_and_shows_in_version_and_receipt() -> None:
    stormy = layered(CHINA, {"days": [TYPHOON]})
    assert stormy.version.startswith(f"{CHINA.version}-o")
    assert len(stormy.version) <= 32, "as long as a version may be in an event"
    receipt = add_working_days(date(2026, 9, 23), 1, calendar=stormy)
    skipped = [entry for entry in receipt.days if entry.kind == "skipped"]
    assert (skipped[0].day, skipped[0].reason) == (date(2026, 9, 24), "typhoon")
    assert receipt.calendar_version == stormy.version
    assert CHINA.is_working(date(2026, 9, 24)), "the frozen calendar stays as it is"


def test_a_day_may_be_worked_after_all() -> None:
    over = {"from": "2026-10-07", "to": "2026-10-11", "worked": True, "name": "drill", "why": "x"}
    busy = layered(CHINA, {"days": [over]})
    receipt = add_working_days(date(2026, 10, 6), 5, calendar=busy)
    assert receipt.due_on == date(2026, 10, 11)
    assert [entry.reason for entry in receipt.days[1:]] == [
        "drill", "drill", "drill", "make_up_workday", "make_up_workday",
    ]  # fmt: skip


def test_a_statutory_day_of_a_year_without_notice_may_be_worked() -> None:
    over = {"day": "2027-05-03", "worked": False, "name": "labour_day", "why": "x"}
    swapped = layered(CHINA, {"days": [over, over | {"day": "2027-05-08", "worked": True}]})
    assert swapped.why_off(date(2027, 5, 3)) == "labour_day"
    assert swapped.is_working(date(2027, 5, 8))
    assert add_working_days(date(2027, 5, 1), 1, calendar=swapped).provisional


def test_an_announced_year_is_no_longer_provisional_and_has_only_the_days_off_named() -> None:
    announced = layered(CHINA, {"announced": [NOTICE], "days": whole_year()})
    receipt = add_working_days(date(2026, 12, 31), 1, calendar=announced)
    assert (receipt.due_on, receipt.provisional) == (date(2027, 1, 4), False)
    assert announced.announced == CHINA.announced | {2027}
    assert announced.is_working(date(2027, 2, 9)), "not named, so worked"
    assert announced.why_off(date(2028, 4, 4)) == "qingming"


def whole_year() -> list[dict[str, Any]]:
    off = [day for day in CHINA.off if day.year == 2027]
    off += [date(2027, month, day) for month, day in FIXED]
    return [
        {"day": f"{day}", "worked": False, "name": "holiday", "why": "the notice"} for day in off
    ]


def test_a_year_that_has_come_with_the_file_may_stay_in_the_table() -> None:
    assert layered(CHINA, {"announced": [{"year": 2026, "notice": "old"}]}) is CHINA


def test_only_what_overrides_do_is_in_the_version_and_in_no_order() -> None:
    other = TYPHOON | {"day": "2026-09-25"}
    told = layered(CHINA, {"days": [TYPHOON, other]}).version
    assert layered(CHINA, {"days": [other, TYPHOON | {"why": "more"}]}).version == told
    assert layered(CHINA, {"days": [TYPHOON]}).version != told


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"day": []}, "the file: day is not known here"),
        ({"days": {"2026-09-24": False}}, "days: a list"),
        ({"days": False}, "days: a list"),
        ({"days": [TYPHOON | {"day": "2026-02-30"}]}, r"days\[0\].day: a day such as"),
        ({"days": [TYPHOON | {"day": 20260924}]}, r"days\[0\].day: a text"),
        ({"days": [TYPHOON | {"day": "2051-01-01"}]}, r"days\[0\]: .* the year 2051"),
        ({"days": [TYPHOON | {"worked": "no"}]}, r"days\[0\].worked: true or false"),
        ({"days": [TYPHOON | {"name": "Typhoon!"}]}, r"days\[0\].name: small letters"),
        ({"days": [TYPHOON | {"why": ""}]}, r"days\[0\].why: a text"),
        ({"days": [TYPHOON | {"note": "x"}]}, r"days\[0\]: note is not known here"),
        ({"days": [TYPHOON | {"to": "2026-09-25"}]}, r"days\[0\]: either day, or from and to"),
        ({"days": [{k: v for k, v in TYPHOON.items() if k != "day"}]}, r"days\[0\].from: a text"),
        ({"days": [TYPHOON, TYPHOON]}, r"days\[1\]: 2026-09-24 stands twice"),
        ({"announced": [2027]}, r"announced\[0\]: a mapping"),
        ({"announced": [{"year": 2027}]}, r"announced\[0\].notice: a text"),
        ({"announced": [NOTICE | {"year": 2028}]}, r"announced\[0\].year: .* is 2027"),
        ({"announced": [NOTICE | {"year": 2019}]}, r"announced\[0\].year"),
        ({"announced": [NOTICE]}, "days: 2027 is announced, and 2027-01-01 isn't off"),
    ],
)
def test_broken_overrides_say_where(data: dict[str, object], place: str) -> None:
    with pytest.raises(BadData, match=place):
        layered(CHINA, data)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10-07", "2026-10-06"), ("2026-01-01", "2026-02-01"), ("2026-01-01", "9999-12-31")],
)
def test_a_span_of_days_is_short_and_runs_forward(first: str, last: str) -> None:
    span = {"from": first, "to": last, "worked": False, "name": "closed", "why": "x"}
    with pytest.raises(BadData, match=r"days\[0\].to: a day from .* at most 31"):
        layered(CHINA, {"days": [span]})


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans()),
        unique_by=lambda one: one[0],
        max_size=6,
    )
)
def test_each_day_is_as_overridden_and_all_others_as_before(days: list[tuple[date, bool]]) -> None:
    rows = [{"day": f"{day}", "worked": worked, "name": "x", "why": "x"} for day, worked in days]
    changed = layered(CHINA, {"days": rows})
    told = dict(days)
    for number in range(730):
        day = date(2026, 1, 1) + timedelta(days=number)
        assert changed.is_working(day) is told.get(day, CHINA.is_working(day))
