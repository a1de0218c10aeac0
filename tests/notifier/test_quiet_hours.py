"""Quiet hours are those of the settings, and messages wait for their end."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given as instants
from hypothesis import settings
from hypothesis import strategies as st

from services.notifier.domain.quiet_hours import MORNING, QuietHours
from shared.kernel.working_days import GUANGDONG
from tests.notifier.story import POLICY
from tests.support.budget import budget


@settings(max_examples=budget(300))
@instants(st.integers(0, 5 * 365 * 24 * 60))
def test_messages_are_sent_outside_quiet_hours_and_within_half_a_day(minutes: int) -> None:
    at = datetime(2021, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    by_day = QuietHours().after
    then = by_day(at)
    assert MORNING <= then.astimezone(GUANGDONG).time() < QuietHours().begin
    assert at <= then <= at + timedelta(hours=12)
    assert by_day(then) == then
    level = POLICY.level("reply", "yellow", version="")
    assert level is not None
    morning = POLICY.told_at(level, at).astimezone(GUANGDONG)
    assert morning.time() == MORNING
    assert POLICY.calendar.is_working(morning.date())
    assert morning >= at


@pytest.mark.parametrize(
    ("begin", "end", "at", "then"),
    [
        ("21:00", "09:00", "20:59:59", "20:59:59"),
        ("21:00", "09:00", "21:00", "1 09:00"),
        ("21:00", "09:00", "00:00", "09:00"),
        ("21:00", "09:00", "08:59:59", "09:00"),
        ("21:00", "09:00", "09:00", "09:00"),
        ("00:00", "07:30", "02:28", "07:30"),
        ("00:00", "07:30", "07:30", "07:30"),
        ("12:00", "14:00", "13:00", "14:00"),
        ("00:00", "00:00", "02:28", "02:28"),
    ],
)
def test_quiet_hours_are_those_that_were_set(begin: str, end: str, at: str, then: str) -> None:
    quiet = QuietHours(time.fromisoformat(begin), time.fromisoformat(end))
    days, _, clock = then.rpartition(" ")
    day = datetime(2026, 11, 27, tzinfo=GUANGDONG)
    began = datetime.combine(day, time.fromisoformat(at), GUANGDONG)
    ends = datetime.combine(day, time.fromisoformat(clock), GUANGDONG)
    assert quiet.after(began) == ends + timedelta(days=int(days or 0))
