"""Every limit ends on the day that the law and the calendar give."""

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.working_days import (
    DueReceipt,
    OutsideCalendar,
    add_natural_days,
    add_working_days,
    civil_date,
    level_day,
    passes_at,
)
from shared.platform.runtime.data_files import calendar

CHINA = calendar()

some_days = st.dates(date(2020, 12, 31), date(2050, 6, 1))
limits = st.integers(0, 90)


def count(start: date, n: int, *, unit: str) -> DueReceipt:
    add = add_working_days if unit == "wd" else add_natural_days
    return add(start, n, calendar=CHINA)


@given(some_days, limits, st.sampled_from(["wd", "d"]))
def test_a_receipt_counts_as_many_days_as_the_limit_and_leaves_none_out(
    start: date, n: int, unit: str
) -> None:
    receipt = count(start, n, unit=unit)
    assert len(receipt.counted) == n
    assert receipt.days[0].day == receipt.start == start
    assert [day.kind for day in receipt.days].count("zero") == 1
    for before, after in zip(receipt.days, receipt.days[1:], strict=False):
        assert after.day - before.day == timedelta(days=1)


@given(some_days, limits)
def test_only_working_days_count_and_the_due_date_is_one(start: date, n: int) -> None:
    receipt = add_working_days(start, n, calendar=CHINA)
    for entry in receipt.days[1:]:
        assert (entry.kind == "counted") is CHINA.is_working(entry.day)
        assert (entry.kind == "skipped") is (CHINA.why_off(entry.day) is not None)


@given(some_days, st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(start: date, first: int, second: int) -> None:
    halfway = add_working_days(start, first, calendar=CHINA).due_on
    at_once = add_working_days(start, first + second, calendar=CHINA).due_on
    assert add_working_days(halfway, second, calendar=CHINA).due_on == at_once


@given(some_days, some_days, limits, limits, st.sampled_from(["wd", "d"]))
def test_later_receipt_or_longer_limit_is_never_due_earlier(
    one: date, other: date, n: int, m: int, unit: str
) -> None:
    earlier, later = sorted((one, other))
    short, long = sorted((n, m))
    if short > 0:
        assert count(earlier, short, unit=unit).due_on <= count(later, short, unit=unit).due_on
    assert count(earlier, short, unit=unit).due_on <= count(earlier, long, unit=unit).due_on


@given(some_days, st.integers(1, 90))
def test_natural_days_end_at_the_first_working_day_from_day_n(start: date, n: int) -> None:
    day_n = start + timedelta(days=n)
    due_on = add_natural_days(start, n, calendar=CHINA).due_on
    assert due_on >= day_n
    assert CHINA.is_working(due_on)
    between = [day_n + timedelta(days=extra) for extra in range((due_on - day_n).days)]
    assert not any(CHINA.is_working(day) for day in between)


@given(some_days, limits)
def test_natural_days_without_rolling_are_plain_and_never_guessed(start: date, n: int) -> None:
    receipt = add_natural_days(start, n, calendar=CHINA, roll=False)
    assert receipt.due_on == start + timedelta(days=n)
    assert not receipt.provisional


@given(some_days, st.integers(1, 60))
def test_a_working_day_limit_is_guessed_exactly_when_it_looks_at_an_unannounced_year(
    start: date, n: int
) -> None:
    receipt = add_working_days(start, n, calendar=CHINA)
    years = {entry.day.year for entry in receipt.days[1:]}
    assert receipt.provisional is (not years <= CHINA.announced)
    assert receipt.calendar_version == CHINA.version


@given(some_days)
def test_a_due_date_passes_at_the_next_midnight_of_guangdong(day: date) -> None:
    instant = passes_at(day)
    assert instant.tzinfo is UTC
    assert civil_date(instant) == day + timedelta(days=1)
    assert civil_date(instant - timedelta(microseconds=1)) == day


@pytest.mark.parametrize(
    ("fraction", "n", "number"),
    [
        ("0.5", 2, 1), ("0.8", 2, None), ("0.5", 1, None), ("0.5", 10, 5), ("0.8", 10, 8),
        ("0.5", 15, 8), ("0.8", 15, 12), ("0.8", 3, None), ("0.5", 3, 2), ("1", 15, None),
    ],
)  # fmt: skip
def test_a_level_lies_at_the_end_of_its_counted_day(
    fraction: str, n: int, number: int | None
) -> None:
    receipt = add_working_days(date(2026, 2, 12), n, calendar=CHINA)
    expected = None if number is None else receipt.counted[number - 1]
    assert level_day(Fraction(fraction), receipt) == expected


def test_a_limit_of_no_days_has_no_levels_and_ends_with_day_zero() -> None:
    receipt = add_natural_days(date(2026, 10, 3), 0, calendar=CHINA)
    assert receipt.due_on == date(2026, 10, 3)
    assert level_day(Fraction(1, 2), receipt) is None


def test_make_up_workdays_say_so_in_the_receipt() -> None:
    (_, saturday) = add_working_days(date(2026, 2, 13), 1, calendar=CHINA).days
    assert (saturday.kind, saturday.reason) == ("counted", "make_up_workday")


@pytest.mark.parametrize("n", [-1, 3651])
def test_a_senseless_limit_is_an_error(n: int) -> None:
    with pytest.raises(ValueError, match="0 to 3650"):
        add_working_days(date(2026, 3, 2), n, calendar=CHINA)
    with pytest.raises(ValueError, match="0 to 3650"):
        add_natural_days(date(2026, 3, 2), n, calendar=CHINA)


def test_a_count_ends_with_the_calendar() -> None:
    for add in (add_working_days, add_natural_days):
        with pytest.raises(OutsideCalendar, match="the years 2021 to 2050, not 2051"):
            add(date(2050, 12, 1), 60, calendar=CHINA)
        with pytest.raises(OutsideCalendar, match="not 2020"):
            add(date(2020, 12, 1), 5, calendar=CHINA)


def test_day_zero_may_lie_before_the_calendar() -> None:
    assert add_working_days(date(2020, 12, 31), 1, calendar=CHINA).due_on == date(2021, 1, 4)


def test_a_time_without_zone_has_no_civil_date() -> None:
    with pytest.raises(ValueError, match="zone"):
        civil_date(datetime(2026, 3, 2, 10))  # noqa: DTZ001 - the case under test


def test_a_receipt_cannot_be_changed() -> None:
    receipt = add_working_days(date(2026, 3, 2), 1, calendar=CHINA)
    with pytest.raises(FrozenInstanceError):
        receipt.provisional = True  # type: ignore[misc] # what the type forbids must also fail
