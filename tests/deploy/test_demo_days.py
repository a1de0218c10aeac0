"""A played office has real days, a clock that only goes forward, and people with hours."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from pathlib import Path

import pytest

from deploy.local.demo.clock import DemoClock
from deploy.local.demo.days import Days
from deploy.local.demo.diary import STAFF, WRITERS, DemoDiary
from deploy.local.demo.letters import demo_letters
from shared.kernel.civil import GUANGDONG
from shared.platform.runtime import data_files
from shared.platform.runtime.office_time import BadOfficeTime, OfficeTime

MONDAY = date(2026, 4, 20)
DAYS = Days(data_files.calendar(), MONDAY, "1")
HOUR_S = 3_600


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), GUANGDONG).astimezone(UTC)


@pytest.fixture
def clock(tmp_path: Path) -> DemoClock:
    return DemoClock(tmp_path / "clock", DAYS)


@pytest.mark.parametrize(
    ("instant", "hours"),
    [
        (at(MONDAY, 0), 0),
        (at(MONDAY, 10), 1),
        (at(MONDAY, 13), 3),
        (at(MONDAY, 15, 30), 4),
        (at(MONDAY, 23), 6),
        (at(date(2026, 4, 27), 0), 30),
        (at(date(2026, 5, 6), 0), 54),
        (at(date(2026, 5, 10), 12), 78),
    ],
    ids=["begin", "ten", "noon", "afternoon", "night", "weekend", "Labour Day", "made up"],
)
def test_offices_work_on_working_days_alone(instant: datetime, hours: int) -> None:
    assert DAYS.worked_s(instant) == hours * HOUR_S


@pytest.mark.parametrize(
    ("day", "is_open"),
    [(MONDAY, True), (date(2026, 4, 25), False), (date(2026, 5, 1), False)],
    ids=["working day", "Saturday", "Labour Day"],
)
def test_nobody_is_at_work_on_days_off(day: date, *, is_open: bool) -> None:
    assert DAYS.is_open(at(day, 10)) is is_open


def test_every_day_stops_when_clocks_pass_and_when_people_are_told() -> None:
    stops = list(islice(DAYS.stops(DAYS.beginning), 100))
    assert all(earlier < later for earlier, later in pairwise(stops))
    must = {at(MONDAY + timedelta(days=n), hour) for n in range(8) for hour in (0, 9)}
    within = {one for one in must if DAYS.beginning < one <= stops[-1]}
    assert within <= set(stops)
    assert {one for one in stops if DAYS.must_stop(one)} >= within


def test_people_do_not_act_on_the_minute_and_with_another_seed_at_others() -> None:
    other = Days(DAYS.calendar, MONDAY, "2")
    mine, theirs = (list(islice(days.stops(DAYS.beginning), 40)) for days in (DAYS, other))
    assert mine == list(islice(DAYS.stops(DAYS.beginning), 40))
    assert mine != theirs


def test_a_clock_goes_on_where_it_stood(clock: DemoClock, tmp_path: Path) -> None:
    assert clock.now == DAYS.beginning
    clock.step(at(MONDAY, 10))
    again = DemoClock(tmp_path / "clock", DAYS)
    assert (again.now, again.worked_s) == (at(MONDAY, 10), HOUR_S)
    assert OfficeTime(tmp_path / "clock")() == clock.now


def test_a_step_that_a_crash_cut_short_was_never_made(clock: DemoClock, tmp_path: Path) -> None:
    clock.step(at(MONDAY, 10))
    whole = (tmp_path / "clock").read_bytes()
    (tmp_path / "clock").write_bytes(whole[:-5])
    again = DemoClock(tmp_path / "clock", DAYS)
    assert again.now == DAYS.beginning
    again.step(at(MONDAY, 11))
    assert OfficeTime(tmp_path / "clock")() == at(MONDAY, 11)


def test_no_clock_goes_back(clock: DemoClock) -> None:
    clock.step(at(MONDAY, 10))
    with pytest.raises(BadOfficeTime, match="goes back"):
        clock.step(at(MONDAY, 9))


def test_letters_are_written_on_all_days_and_never_by_night(clock: DemoClock) -> None:
    diary = DemoDiary(clock, {}, seed="1")
    written = [diary.written_at(f"dev-{n:03}").astimezone(GUANGDONG) for n in range(240)]
    assert {one.weekday() for one in written} == set(range(7))
    assert all(time(6) < one.time() for one in written)
    assert not diary.has_written("dev-001")
    clock.step(diary.written_at("dev-001") + timedelta(seconds=1))
    assert diary.has_written("dev-001")


def test_letters_may_be_written_all_through_a_year(tmp_path: Path) -> None:
    days = Days(DAYS.calendar, MONDAY, "1", written=365)
    diary = DemoDiary(DemoClock(tmp_path / "year", days), {}, seed="1")
    after = [diary.written_at(f"dev-{n:03}") - days.beginning for n in range(240)]
    assert {one.days // 61 for one in after} == set(range(6)), "in every second month"
    assert max(after) < timedelta(days=366) < days.longest


def test_more_letters_than_there_are_come_again_as_others() -> None:
    twice = demo_letters(300)
    assert len({one.id for one in twice}) == len({one.lot for one in twice}) == 300
    assert twice[240].content == twice[0].content
    assert twice[:240] == demo_letters(240)


@pytest.mark.parametrize("what", sorted(STAFF))
def test_staff_do_it_in_office_hours(clock: DemoClock, what: str) -> None:
    kept: dict[str, float] = {}
    diary = DemoDiary(clock, kept, seed="1")
    clock.step(at(date(2026, 4, 24), 20))
    assert not diary.is_due(f"GD-1 {what} 0", what, lot="dev-001")
    (due,) = kept.values()
    there = datetime.fromtimestamp(due, GUANGDONG)
    assert DAYS.calendar.is_working(there.date())
    assert time(9) < there.time() <= time(17, 30)


@pytest.mark.parametrize("what", sorted(WRITERS))
def test_what_somebody_means_to_do_is_due_once_its_time_has_come(
    clock: DemoClock, what: str
) -> None:
    kept: dict[str, float] = {}
    diary = DemoDiary(clock, kept, seed="1")
    assert not diary.is_due(f"dev-002 {what}", what, lot="dev-002")
    due = datetime.fromtimestamp(kept[f"dev-002 {what}"], UTC)
    assert diary.is_wanted(since=clock.now, by=due)
    assert not diary.is_wanted(since=clock.now, by=due - timedelta(minutes=1))
    assert not diary.is_wanted(since=clock.now, by=due, what=" another ")
    clock.step(due + timedelta(seconds=1))
    assert diary.is_due(f"dev-002 {what}", what, lot="dev-002")
    again = DemoDiary(clock, dict(kept), seed="1")
    assert again.is_due(f"dev-002 {what}", what, lot="dev-002"), "kept through a stop"


def test_what_is_done_is_forgotten_after_a_while(clock: DemoClock) -> None:
    kept: dict[str, float] = {}
    diary = DemoDiary(clock, kept, seed="1")
    diary.is_due("dev-002 rating", "rating", lot="dev-002")
    diary.forget()
    assert kept
    clock.step(clock.now + timedelta(days=30))
    diary.forget()
    assert not kept
