"""The year's own calendar has the product's days, and counts as the guide says."""

from datetime import date

import pytest

from shared.platform.runtime import data_files
from tests.year.counting import Question, dated
from tests.year.days import DAY, is_worked, midnight_after, natural_days, working_days


def test_two_calendars_written_apart_know_the_same_days() -> None:
    calendar, day = data_files.calendar(), date(2026, 1, 1)
    while day.year < 2028:
        assert is_worked(day) == calendar.is_working(day), day
        day += DAY


def test_the_guides_examples_are_counted_so() -> None:
    assert working_days(date(2026, 2, 12), 10)[-1] == date(2026, 3, 4)
    waited = {date(2026, 9, 30), date(2026, 10, 8)}
    assert working_days(date(2026, 9, 28), 5, paused=waited)[-1] == date(2026, 10, 13)
    assert natural_days(date(2026, 9, 4), 30)[-1] == date(2026, 10, 8)


@pytest.mark.parametrize(
    ("clock", "levels"),
    [
        ("assign", ["red", "chief", "province"]),
        ("instruction", ["reminder", "red", "chief", "province"]),
        ("rating", ["effect"]),
        ("appeal", []),
    ],
)
def test_a_clock_has_the_levels_of_its_row(clock: str, levels: list[str]) -> None:
    counted = dated(Question(clock, date(2026, 11, 23)))
    assert list(counted.levels) == levels
    assert sorted(counted.levels.values()) == list(counted.levels.values())


def test_red_is_the_passing_and_the_province_hears_three_working_days_later() -> None:
    counted = dated(Question("reply", date(2026, 9, 28), category="inquiry"))
    assert counted.due_on == date(2026, 9, 30)
    assert counted.levels["reminder"] == midnight_after(date(2026, 9, 29))
    assert counted.levels["red"] == midnight_after(date(2026, 9, 30))
    assert counted.levels["province"] == midnight_after(date(2026, 10, 10))
