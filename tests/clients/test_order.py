"""Each thing is said once and in its order, whatever the broker does with the records."""

from clients.bureau.arrivals import Arrived
from clients.bureau.order import InOrder
from shared.contracts.event import Unknown
from tests.clients.making import GZ, LETTER, NOON


def arrived(sequence: int | None, letter: str = LETTER, partition: int = 0) -> Arrived:
    return Arrived(GZ, letter, Unknown(), "t", "id", sequence, NOON, partition, sequence or 0)


def numbers(found: tuple[Arrived, ...]) -> list[int | None]:
    return [each.sequence for each in found]


def taken(order: InOrder, *sequences: int, now: float = 0.0) -> list[list[int | None]]:
    return [numbers(order.take(arrived(each), now)) for each in sequences]


def test_repeats_are_dropped() -> None:
    order = InOrder()
    assert taken(order, 1, 1, 2, 1, 2, 3) == [[1], [], [2], [], [], [3]]
    assert order.repeats == 3


def test_an_overtaker_waits_for_its_turn() -> None:
    order = InOrder()
    assert taken(order, 1, 4, 3, 4, 2) == [[1], [], [], [], [2, 3, 4]]
    assert list(order.held()) == []


def test_letters_dont_wait_for_each_other() -> None:
    order = InOrder()
    order.take(arrived(2), 0.0)
    assert numbers(order.take(arrived(1, "other"), 0.0)) == [1]


def test_a_refusal_without_number_passes_at_once() -> None:
    order = InOrder()
    order.take(arrived(2), 0.0)
    assert numbers(order.take(arrived(None), 0.0)) == [None]


def test_waiting_ends_after_a_time_and_says_how_many_are_missing() -> None:
    order = InOrder(patience_s=60)
    taken(order, 1, 4, 5, now=10.0)
    assert order.overdue(69.0) == ()
    found = order.overdue(70.0)
    assert [(each.sequence, each.missing) for each in found] == [(4, 2), (5, 0)]
    assert order.overdue(1000.0) == ()


def test_waiting_ends_when_too_many_wait() -> None:
    order = InOrder(most_held=3)
    assert taken(order, 3, 4, 5, 6) == [[], [], [], [3, 4, 5, 6]]


def test_what_was_given_up_is_still_delivered_once() -> None:
    order = InOrder(patience_s=1)
    taken(order, 1, 4)
    order.overdue(5.0)
    assert taken(order, 3, 3, 2, 5) == [[3], [], [2], [5]]


def test_a_second_gap_gets_its_full_time() -> None:
    order = InOrder(patience_s=60)
    taken(order, 2, 4, now=0.0)
    taken(order, 1, now=50.0)
    assert order.overdue(70.0) == ()
    assert numbers(order.overdue(110.0)) == [4]
