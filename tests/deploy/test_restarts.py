"""A child that dies is restarted, later each time, and not for ever."""

from hypothesis import given
from hypothesis import strategies as st

from deploy.local.stack.restarts import (
    FIRST_WAIT_S,
    LONGEST_WAIT_S,
    MOST_DEATHS,
    WINDOW_S,
    wait_before_restart,
)


def test_the_first_death_is_mended_almost_at_once() -> None:
    assert wait_before_restart([100.0], 100.0) == FIRST_WAIT_S


def test_each_further_death_waits_twice_as_long() -> None:
    waits = [wait_before_restart([100.0] * count, 100.0) for count in range(1, MOST_DEATHS)]
    assert waits == [0.2, 0.4, 0.8, 1.6]


def test_the_fifth_death_within_a_minute_is_enough() -> None:
    assert wait_before_restart([100.0, 110.0, 120.0, 130.0, 159.9], 159.9) is None


def test_deaths_of_more_than_a_minute_ago_are_forgiven() -> None:
    assert wait_before_restart([100.0, 110.0, 120.0, 130.0, 160.0], 160.0) is not None
    assert wait_before_restart([0.0, 0.0, 0.0, 0.0, WINDOW_S], WINDOW_S) == FIRST_WAIT_S


@given(st.lists(st.floats(0, 1_000), max_size=12), st.floats(0, 1_000))
def test_a_wait_is_bounded_whatever_happened(deaths: list[float], now: float) -> None:
    wait = wait_before_restart(deaths, now)
    assert wait is None or FIRST_WAIT_S <= wait <= LONGEST_WAIT_S
