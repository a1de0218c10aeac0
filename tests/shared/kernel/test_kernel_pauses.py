"""A letter that waits for its writer loses no day and gains none."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.pauses import is_paused, is_paused_for_good, working_days_paused
from shared.kernel.working_days import (
    GUANGDONG,
    DueReceipt,
    PausePeriod,
    add_natural_days,
    add_working_days,
    passes_at,
)
from shared.platform.runtime.data_files import calendar

CHINA = calendar()
SATURDAY, MONDAY, TUESDAY = date(2026, 2, 28), date(2026, 3, 2), date(2026, 3, 3)
NEVER = PausePeriod(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))

units = st.sampled_from(["wd", "d"])
starts = st.dates(date(2021, 1, 1), date(2026, 12, 31))
limits = st.integers(1, 40)


@st.composite
def waits(draw: Any) -> PausePeriod:
    """A pause of minutes to weeks within the years of the tests; whole hours meet midnights."""
    began_at = draw(st.datetimes(datetime(2021, 1, 1), datetime(2027, 3, 1)))  # noqa: DTZ001 - the zone follows
    length = draw(st.timedeltas(timedelta(0), timedelta(days=20)))
    if draw(st.booleans()):
        began_at = began_at.replace(minute=0, second=0, microsecond=0)
        length = timedelta(hours=length // timedelta(hours=1))
    aware = began_at.replace(tzinfo=draw(st.sampled_from([UTC, GUANGDONG])))
    return PausePeriod(aware, aware + length)


pauses = st.lists(waits(), max_size=4)


def count(start: date, n: int, *, unit: str, among: list[PausePeriod]) -> DueReceipt:
    add = add_working_days if unit == "wd" else add_natural_days
    return add(start, n, calendar=CHINA, pauses=among)


def waits_at_midnight(day: date, among: list[PausePeriod]) -> bool:
    """The rule in other words: the last wait that began by 24:00 of the day hadn't ended then."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=GUANGDONG) + timedelta(days=1)
    begun = [pause for pause in among if pause.began_at <= midnight]
    return not all(pause.ended_at is not None and pause.ended_at <= midnight for pause in begun)


@given(starts, limits, pauses)
def test_the_due_date_is_the_nth_working_day_without_a_wait_at_midnight(
    start: date, n: int, among: list[PausePeriod]
) -> None:
    later = (start + timedelta(days=number) for number in range(1, 1000))
    good = (day for day in later if CHINA.is_working(day) and not waits_at_midnight(day, among))
    nth = [day for day, _ in zip(good, range(n), strict=False)][-1]
    assert count(start, n, unit="wd", among=among).due_on == nth


@given(starts, limits, pauses)
def test_natural_days_end_on_a_working_day_without_a_wait_at_midnight(
    start: date, n: int, among: list[PausePeriod]
) -> None:
    later = (start + timedelta(days=number) for number in range(1, 1000))
    good = [day for day in later if not waits_at_midnight(day, among)]
    end = next(day for day in good[n - 1 :] if CHINA.is_working(day))
    assert count(start, n, unit="d", among=among).due_on == end


@given(starts, limits, units, pauses)
def test_a_receipt_adds_up_to_its_due_date(
    start: date, n: int, unit: str, among: list[PausePeriod]
) -> None:
    receipt = count(start, n, unit=unit, among=among)
    kinds = [entry.kind for entry in receipt.days]
    assert (kinds.count("zero"), kinds.count("counted")) == (1, n)
    assert len(kinds) == (receipt.due_on - start).days + 1
    assert kinds[-1] == "counted"
    for entry in receipt.days[1:]:
        assert (entry.kind == "paused") is (
            waits_at_midnight(entry.day, among) and (unit == "d" or CHINA.is_working(entry.day))
        )


@given(starts, limits, units, pauses, waits())
def test_a_pause_never_shortens(
    start: date, n: int, unit: str, among: list[PausePeriod], more: PausePeriod
) -> None:
    before = count(start, n, unit=unit, among=among).due_on
    assert count(start, n, unit=unit, among=[*among, more]).due_on >= before


@given(starts, limits, units, pauses)
def test_neither_order_nor_repetition_nor_a_cut_changes_anything(
    start: date, n: int, unit: str, among: list[PausePeriod]
) -> None:
    receipt = count(start, n, unit=unit, among=among)
    cut = [half for pause in among for half in in_two(pause)]
    for same in (among[::-1], among + among, [*cut, NEVER]):
        assert count(start, n, unit=unit, among=same) == receipt


def in_two(pause: PausePeriod) -> tuple[PausePeriod, PausePeriod]:
    assert pause.ended_at is not None
    middle = pause.began_at + (pause.ended_at - pause.began_at) / 2
    return PausePeriod(pause.began_at, middle), PausePeriod(middle, pause.ended_at)


@given(starts, st.integers(0, 20), st.integers(0, 20), pauses)
def test_working_days_add_up_over_pauses(
    start: date, first: int, second: int, among: list[PausePeriod]
) -> None:
    halfway = count(start, first, unit="wd", among=among).due_on
    at_once = count(start, first + second, unit="wd", among=among).due_on
    assert count(halfway, second, unit="wd", among=among).due_on == at_once


@given(starts, starts, limits, limits, units, pauses)
def test_later_receipt_or_longer_limit_is_never_due_earlier(
    one: date, other: date, n: int, m: int, unit: str, among: list[PausePeriod]
) -> None:
    (earlier, later), (short, long) = sorted((one, other)), sorted((n, m))
    first = count(earlier, short, unit=unit, among=among).due_on
    assert first <= count(later, short, unit=unit, among=among).due_on
    assert first <= count(earlier, long, unit=unit, among=among).due_on


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=GUANGDONG)


@pytest.mark.parametrize(
    ("pause", "paused"),
    [
        (PausePeriod(at(3, 23, 59), at(4, 0, 1)), True),
        (PausePeriod(at(4, 0), at(4, 0, 1)), True),
        (PausePeriod(at(3, 0), at(4, 0)), False),
        (PausePeriod(at(4, 0), at(4, 0)), False),
        (PausePeriod(at(3, 0), at(3, 23, 59)), False),
        (PausePeriod(at(4, 0, 1), at(5)), False),
        (PausePeriod(at(1), None), True),
        (PausePeriod(at(4), None), True),
        (PausePeriod(at(4, 0, 1), None), False),
    ],
)
def test_a_day_is_paused_if_the_letter_waits_at_its_midnight(
    pause: PausePeriod, paused: bool
) -> None:
    assert is_paused(TUESDAY, [pause]) is paused
    assert is_paused_for_good(TUESDAY, [pause]) is (paused and pause.ended_at is None)
    assert pause.holds_at(passes_at(TUESDAY)) is paused


@pytest.mark.parametrize("unit", ["wd", "d"])
def test_a_wait_without_end_leaves_no_due_date(unit: str) -> None:
    receipt = count(MONDAY, 5, unit=unit, among=[PausePeriod(at(4, 10))])
    assert receipt.waits
    assert [entry.kind for entry in receipt.days] == ["zero", "counted", "paused"]
    for date_of in ("due_on", "passes_at"):
        with pytest.raises(ValueError, match="no due date until the pause ends"):
            getattr(receipt, date_of)


def test_a_wait_that_begins_in_a_holiday_pauses_the_first_working_day_after_it() -> None:
    before = PausePeriod(datetime(2026, 10, 2, tzinfo=UTC))
    receipt = add_working_days(date(2026, 9, 30), 3, calendar=CHINA, pauses=[before])
    assert receipt.waits
    assert receipt.days[-1].day == date(2026, 10, 8)
    assert {entry.kind for entry in receipt.days[1:-1]} == {"skipped"}


@pytest.mark.parametrize("unit", ["wd", "d"])
def test_a_wait_without_end_after_the_due_date_changes_nothing(unit: str) -> None:
    plain = count(MONDAY, 2, unit=unit, among=[])
    assert count(MONDAY, 2, unit=unit, among=[PausePeriod(at(5, 10))]) == plain


def test_what_questions_have_taken_is_counted_in_working_days() -> None:
    first, second = PausePeriod(at(5, 10), at(9, 10)), PausePeriod(at(6, 10), at(10, 9))
    assert working_days_paused([], calendar=CHINA) == 0
    assert working_days_paused([first], calendar=CHINA) == 2
    assert working_days_paused([second], calendar=CHINA) == 2
    assert working_days_paused([first, second], calendar=CHINA) == 3
    with pytest.raises(ValueError, match="lasts"):
        working_days_paused([PausePeriod(at(5))], calendar=CHINA)


@given(starts, pauses)
def test_what_questions_have_taken_is_what_a_receipt_shows_as_paused(
    start: date, among: list[PausePeriod]
) -> None:
    within = [pause for pause in among if pause.began_at >= passes_at(start)]
    receipt = add_working_days(start, 1800, calendar=CHINA, pauses=within)
    shown = [entry for entry in receipt.days if entry.kind == "paused"]
    assert working_days_paused(within, calendar=CHINA) == len(shown)


@pytest.mark.parametrize(
    ("began_at", "ended_at", "why"),
    [
        (datetime(2026, 3, 2), None, "zone"),  # noqa: DTZ001 - the case under test
        (at(2), datetime(2026, 3, 3), "zone"),  # noqa: DTZ001 - the case under test
        (at(3), at(2), "ends before it begins"),
    ],
)
def test_a_senseless_pause_is_an_error(
    began_at: datetime, ended_at: datetime | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        PausePeriod(began_at, ended_at)
