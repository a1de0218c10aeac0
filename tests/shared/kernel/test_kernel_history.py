"""Dates follow from a letter's history alone: pauses, extensions, questions, promises."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from shared.kernel.clocks import DueDate, Run, due, due_by_history, due_on_day
from shared.kernel.pauses import working_days_paused
from shared.kernel.policies import DayLimit
from shared.kernel.working_days import GUANGDONG, PausePeriod, passes_at
from shared.platform.runtime.data_files import calendar, policies

CHINA = calendar()
TABLE = policies().newest
OF_DAYS = sorted(set(TABLE.clocks) - {"diversion", "commitment"})
MONDAY = date(2026, 3, 2)


def by_history(clock: str, run: Run) -> DueDate:
    return due_by_history(clock, run, calendar=CHINA, policies=TABLE)


def asked(day: int, until: int) -> PausePeriod:
    """A question of that day of March 2026 at noon, answered on another at noon."""
    return PausePeriod(*(datetime(2026, 3, each, 12, tzinfo=GUANGDONG) for each in (day, until)))


def test_a_pause_moves_the_reply_and_its_levels() -> None:
    run = Run(MONDAY, TABLE.limits("reply", "thanks"), (asked(3, 5),))
    moved, plain = by_history("reply", run), by_history("reply", replace(run, pauses=()))
    assert (plain.due_on, moved.due_on) == (date(2026, 3, 11), date(2026, 3, 13))
    assert [step.level for step in moved.levels] == [step.level for step in plain.levels]
    assert all(late.at > soon.at for late, soon in zip(moved.levels, plain.levels, strict=True))


def test_a_pause_after_red_keeps_the_chief_waiting_too() -> None:
    """Due on Wednesday 4 March; asked on Thursday the 5th, answered on Tuesday the 10th.

    The Thursday, Friday and Monday are paused, so that the chief's day is Tuesday.
    """
    run = Run(MONDAY, TABLE.limits("reply", "inquiry"), (asked(5, 10),))
    levels = {step.level: step.at for step in by_history("reply", run).levels}
    assert levels["red"] == passes_at(date(2026, 3, 4))
    assert levels["chief"] == passes_at(date(2026, 3, 10))
    assert levels["province"] == passes_at(date(2026, 3, 12))


def test_a_wait_without_end_leaves_no_date_unless_the_limit_was_over() -> None:
    waiting = PausePeriod(asked(3, 5).began_at)
    run = Run(MONDAY, TABLE.limits("reply", "thanks"), (waiting,))
    with pytest.raises(ValueError, match="no due date until the pause ends"):
        by_history("reply", run)
    rating = by_history("rating", replace(run, limits=TABLE.limits("rating")))
    assert rating == due("rating", start=MONDAY, calendar=CHINA, policies=TABLE)


@pytest.mark.parametrize("clock", sorted(set(OF_DAYS) - {"reply", "reopened_reply"}))
def test_only_reply_clocks_pause(clock: str) -> None:
    limits = TABLE.limits(clock, "complaint")
    paused = by_history(clock, Run(MONDAY, limits, (asked(2, 20),)))
    assert paused == by_history(clock, Run(MONDAY, limits))


@pytest.mark.parametrize(
    ("clock", "category", "most"),
    [
        ("reply", "complaint", DayLimit(15, "wd")),
        ("reopened_reply", "inquiry", DayLimit(3, "wd")),
        ("reply", "thanks", None), ("petition", None, DayLimit(30, "d")),
        ("disclosure", None, DayLimit(20, "wd")), ("assign", None, None), ("objection", None, None),
    ],
)  # fmt: skip
def test_the_most_by_which_a_clock_can_be_extended(
    clock: str, category: str | None, most: DayLimit | None
) -> None:
    assert TABLE.extension(clock, category) == most


def test_an_extension_that_depends_on_the_category_needs_it() -> None:
    for category in (None, "gossip"):
        with pytest.raises(ValueError, match="category"):
            TABLE.extension("reply", category)


def test_a_second_question_has_what_the_first_left_of_ten_working_days() -> None:
    used = working_days_paused([asked(3, 9)], calendar=CHINA)
    assert used == 4
    assert TABLE.limits("answer", used=used) == (DayLimit(7, "d"), DayLimit(6, "wd"))
    assert TABLE.limits("answer", used=12) == (DayLimit(7, "d"), DayLimit(0, "wd"))


def test_a_promise_is_due_on_its_day_even_if_that_is_off() -> None:
    """Promised on Monday 2 March 2026 for Sunday 22: day 10 of 20 is the 12th, day 16 the 18th."""
    promise = due_on_day(
        "commitment", date(2026, 3, 22), start=MONDAY, calendar=CHINA, policies=TABLE
    )
    assert (promise.due_on, promise.provisional) == (date(2026, 3, 22), False)
    assert {step.level: step.at for step in promise.levels} == {
        "reminder": passes_at(date(2026, 3, 12)),
        "yellow": passes_at(date(2026, 3, 18)),
        "red": passes_at(date(2026, 3, 22)),
        "chief": passes_at(date(2026, 3, 23)),
        "province": passes_at(date(2026, 3, 25)),
    }


def test_a_promise_for_today_has_no_reminder_and_one_for_yesterday_is_none() -> None:
    today = due_on_day("commitment", MONDAY, start=MONDAY, calendar=CHINA, policies=TABLE)
    assert [step.level for step in today.levels] == ["red", "chief", "province"]
    with pytest.raises(ValueError, match="0 to 3650"):
        due_on_day("commitment", date(2026, 3, 1), start=MONDAY, calendar=CHINA, policies=TABLE)
