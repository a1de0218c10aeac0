"""A record now and then is parked; when it is many, their topic is stopped, and starts again."""

from hypothesis import given
from hypothesis import strategies as st

from shared.platform.consumer.dead_letter_limit import DeadLetterLimit, RateLimit

# --- parking -------------------------------------------------------------------------------------


def test_so_many_may_be_parked_and_no_more() -> None:
    budget = DeadLetterLimit(most=3, lately=1000)
    assert [budget.take(outstanding) for outstanding in (0, 1, 2, 3)] == [True, True, True, False]


def test_one_that_is_dealt_with_makes_room_for_one() -> None:
    budget = DeadLetterLimit(most=3, lately=1000)
    assert not budget.take(3)
    assert budget.take(2)
    assert not budget.take(3)


def test_a_fifth_of_the_last_hundred_is_too_much() -> None:
    budget = DeadLetterLimit()
    for outstanding in range(20):
        for _ in range(4):
            budget.note_read()
        assert budget.take(outstanding)
    assert not budget.take(20)


def test_before_a_hundred_were_read_the_share_says_nothing() -> None:
    budget = DeadLetterLimit()
    assert all(budget.take(outstanding) for outstanding in range(99))


def test_a_share_that_was_too_much_opens_when_people_have_dealt_with_some() -> None:
    budget = DeadLetterLimit(most=100, lately=10)
    assert all(budget.take(outstanding) for outstanding in range(10))
    assert not budget.take(10)
    assert not budget.take(10), "asking again changes nothing"
    assert budget.take(9)


def test_a_share_that_was_too_much_shrinks_while_good_records_come() -> None:
    budget = DeadLetterLimit(most=100, lately=10, share=0.2)
    for outstanding in range(10):
        budget.take(outstanding)
    for _ in range(9):
        budget.note_read()
    assert budget.take(10)


@given(st.lists(st.booleans(), max_size=400))
def test_never_more_than_the_most_and_never_more_than_the_share(records: list[bool]) -> None:
    budget, parked, window = DeadLetterLimit(most=30, lately=50), 0, list[bool]()
    for is_bad in records:
        if not is_bad:
            budget.note_read()
            window.append(False)
        elif budget.take(parked):
            assert parked < 30
            assert len(window) < 50 or sum(window[-50:]) < 10
            parked += 1
            window.append(True)


# --- refusals ------------------------------------------------------------------------------------


def test_a_burst_is_refused_and_then_two_a_second() -> None:
    budget = RateLimit()
    budget.spend(200, at=0)
    assert budget.is_spent(at=0)
    assert budget.wait(at=0) == 10.0, "until twenty are back"
    assert not budget.is_spent(at=0.5)


def test_what_was_refused_beyond_the_budget_is_owed() -> None:
    budget = RateLimit()
    budget.spend(400, at=0)
    assert budget.wait(at=0) == 110.0
    assert budget.is_spent(at=100)
    assert not budget.is_spent(at=101)


def test_nothing_is_saved_beyond_the_burst() -> None:
    budget = RateLimit(10, a_second=1)
    budget.spend(0, at=0)
    budget.spend(11, at=10_000)
    assert budget.is_spent(at=10_000)


def test_a_clock_that_steps_back_gives_nothing() -> None:
    budget = RateLimit(10, a_second=1)
    budget.spend(10, at=100)
    assert budget.is_spent(at=50)
    assert not budget.is_spent(at=51)


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.floats(0, 60, allow_nan=False)), min_size=1, max_size=60
    )
)
def test_in_any_span_no_more_than_the_burst_and_the_rate(steps: list[tuple[int, float]]) -> None:
    """A caller that asks before each refusal gets at most this many, however the time is spread."""
    budget, at, refused = RateLimit(20, a_second=2), 0.0, 0
    for wanted, passed in steps:
        at += passed
        for _ in range(wanted):
            if not budget.is_spent(at=at):
                budget.spend(1, at=at)
                refused += 1
    assert refused <= 20 + 2 * at + 1e-6


@given(st.integers(0, 500))
def test_waiting_as_long_as_it_says_is_enough(refused: int) -> None:
    budget = RateLimit(50, a_second=2)
    budget.spend(refused, at=0)
    assert not budget.is_spent(at=budget.wait(at=0) + 1e-6)
