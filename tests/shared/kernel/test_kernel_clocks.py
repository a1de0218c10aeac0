"""Every clock is due as the table says, and its levels come in order."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clocks import Run, due, due_by_history
from shared.kernel.policies import DayLimit
from shared.kernel.working_days import add_working_days, passes_at
from shared.platform.runtime.data_files import calendar, policies

CHINA = calendar()
TABLE = policies().newest
CATEGORIES = sorted(TABLE.replies)
OF_DAYS = sorted(set(TABLE.clocks) - {"diversion", "commitment"})
MONDAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("category", "limit", "objection"),
    [
        ("inquiry", 2, 1), ("request", 10, 5), ("suggestion", 10, 5), ("complaint", 15, 5),
        ("report", 15, 5), ("thanks", 7, 4),
    ],
)  # fmt: skip
def test_reply_and_objection_follow_the_category(category: str, limit: int, objection: int) -> None:
    assert TABLE.reply_limit(category) == TABLE.limit("reply", category) == DayLimit(limit, "wd")
    assert TABLE.limit("reopened_reply", category) == DayLimit(limit, "wd")
    assert TABLE.limit("objection", category) == DayLimit(objection, "wd")
    answer = due("objection", start=MONDAY, category=category, calendar=CHINA, policies=TABLE)
    assert answer.due_on == add_working_days(MONDAY, objection, calendar=CHINA).due_on
    assert answer.levels == ()


@pytest.mark.parametrize(
    ("clock", "limit"),
    [
        ("assign", DayLimit(1, "wd")), ("sign_in", DayLimit(1, "wd")),
        ("unit_sign_in", DayLimit(1, "wd")),
        ("signature", DayLimit(1, "wd")), ("extension", DayLimit(1, "wd")),
        ("instruction", DayLimit(3, "wd")), ("rating", DayLimit(30, "d")),
        ("appeal", DayLimit(30, "d")),
        ("publication_problem", DayLimit(1, "wd")), ("petition_notice", DayLimit(15, "d")),
        ("petition", DayLimit(60, "d")), ("disclosure", DayLimit(20, "wd")),
    ],
)  # fmt: skip
def test_the_other_clocks_have_the_limits_of_the_catalogue(clock: str, limit: DayLimit) -> None:
    assert TABLE.limit(clock) == limit


def test_a_complaint_reaches_its_levels_on_these_days() -> None:
    """15 working days from Thursday 12 February 2026, over the Spring Festival.

    Counted: 13, 14 (make-up Saturday), 24, 25, 26, 27, 28 (make-up Saturday) February, then 2, 3,
    4, 5, 6, 9, 10, 11 March. Day 8 is 2 March, day 12 is 6 March, day 15 is 11 March.
    """
    promise = due(
        "reply", start=date(2026, 2, 12), category="complaint", calendar=CHINA, policies=TABLE
    )
    assert promise.due_on == date(2026, 3, 11)
    assert promise.passes_at == passes_at(promise.due_on)
    assert [(step.level, step.at) for step in promise.levels] == [
        ("reminder", passes_at(date(2026, 3, 2))),
        ("yellow", passes_at(date(2026, 3, 6))),
        ("red", passes_at(date(2026, 3, 11))),
        ("chief", passes_at(date(2026, 3, 12))),
        ("province", passes_at(date(2026, 3, 16))),
    ]


def test_a_clock_of_one_day_has_no_reminder_and_one_of_two_days_has_the_first() -> None:
    one = due("assign", start=MONDAY, calendar=CHINA, policies=TABLE)
    two = due("reply", start=MONDAY, category="inquiry", calendar=CHINA, policies=TABLE)
    assert [step.level for step in one.levels] == ["red", "chief", "province"]
    assert [step.level for step in two.levels] == ["reminder", "red", "chief", "province"]


def test_a_rating_waits_thirty_days_and_rolls_to_a_working_day() -> None:
    wait = due("rating", start=date(2026, 9, 4), calendar=CHINA, policies=TABLE)
    assert wait.due_on == date(2026, 10, 8)
    assert (wait.levels, TABLE.clock("rating").effect) == ((), "letter.closed")


def test_the_first_question_takes_the_earlier_of_seven_days_and_ten_working_days() -> None:
    plain = due("answer", start=MONDAY, calendar=CHINA, policies=TABLE)
    assert plain.due_on == date(2026, 3, 9)
    assert plain.receipt.unit == "d"


def test_a_second_question_takes_what_is_left() -> None:
    left = (DayLimit(7, "d"), DayLimit(2, "wd"))
    second = due_by_history("answer", Run(MONDAY, left), calendar=CHINA, policies=TABLE)
    assert second.due_on == date(2026, 3, 4)


def test_an_extended_reply_keeps_its_levels() -> None:
    longer = (DayLimit(30, "wd"),)
    promise = due_by_history("reply", Run(MONDAY, longer), calendar=CHINA, policies=TABLE)
    assert len(promise.receipt.counted) == 30
    usual = due("reply", start=MONDAY, category="thanks", calendar=CHINA, policies=TABLE)
    assert [step.level for step in promise.levels] == [step.level for step in usual.levels]
    assert TABLE.extensions["complaint"] == DayLimit(15, "wd")
    assert TABLE.extensions["thanks"] is None
    assert TABLE.clock("petition").extension == DayLimit(30, "d")


def test_a_due_date_may_be_certain_while_its_last_levels_are_not() -> None:
    promise = due("assign", start=date(2026, 12, 30), calendar=CHINA, policies=TABLE)
    assert (promise.due_on, promise.provisional) == (date(2026, 12, 31), False)
    assert [(step.level, step.provisional) for step in promise.levels] == [
        ("red", False), ("chief", True), ("province", True),
    ]  # fmt: skip


@given(
    st.sampled_from(OF_DAYS),
    st.sampled_from(CATEGORIES),
    st.dates(date(2021, 1, 1), date(2030, 1, 1)),
)
def test_levels_come_in_order_each_once_and_red_is_the_passing(
    clock: str, category: str, start: date
) -> None:
    promise = due(clock, start=start, category=category, calendar=CHINA, policies=TABLE)
    times = [step.at for step in promise.levels]
    assert times == sorted(times)
    before = [step.at for step in promise.levels if step.level in {"reminder", "yellow"}]
    after = [step.at for step in promise.levels if step.level in {"chief", "province"}]
    assert all(at < promise.passes_at for at in before)
    assert all(at > promise.passes_at for at in after)
    assert [step.at for step in promise.levels if step.level == "red"] in ([], [promise.passes_at])
    assert promise.due_on == promise.receipt.due_on > start


@given(
    st.sampled_from(OF_DAYS),
    st.sampled_from(CATEGORIES),
    st.dates(date(2021, 1, 1), date(2029, 1, 1)),
)
def test_a_later_start_is_never_due_earlier(clock: str, category: str, start: date) -> None:
    first, second = (
        due(clock, start=day, category=category, calendar=CHINA, policies=TABLE).due_on
        for day in (start, start + timedelta(days=1))
    )
    assert first <= second


@pytest.mark.parametrize(
    ("clock", "category", "why"),
    [
        ("diversion", None, "no number of days"),
        ("commitment", None, "no number of days"),
        ("reply", None, "category"),
        ("objection", None, "category"),
        ("reply", "gossip", "no reply limit"),
        ("sundial", None, "no clock"),
    ],
)
def test_what_has_no_limit_says_so(clock: str, category: str | None, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        due(clock, start=MONDAY, category=category, calendar=CHINA, policies=TABLE)


def test_days_and_working_days_are_compared_by_date_alone() -> None:
    with pytest.raises(ValueError, match="depends on its start"):
        TABLE.limit("answer")


def test_fractions_are_exact() -> None:
    steps = {step.id: step for step in TABLE.clock("reply").levels}
    assert steps["yellow"].at_fraction == Fraction(4, 5)
