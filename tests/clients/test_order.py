"""Each event is delivered once and in order, whatever the broker does with the records."""

from hypothesis import given
from hypothesis import strategies as st

from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.arrivals import Arrived
from shared.contracts.event import Event, Unknown
from tests.clients.making import GZ, LETTER, NOON, snapshot


def arrived(
    sequence: int | None, letter: str = LETTER, partition: int = 0, event: Event | None = None
) -> Arrived:
    said = event or Unknown()
    return Arrived(GZ, letter, said, "t", "id", sequence, NOON, partition, sequence or 0)


def numbers(found: tuple[Arrived, ...]) -> list[int | None]:
    return [each.sequence for each in found]


def shown(sequence: int) -> Arrived:
    return arrived(sequence, event=snapshot().numbered(sequence))


def taken(order: ArrivalBuffer, *sequences: int, now: float = 0.0) -> list[list[int | None]]:
    return [numbers(order.take(arrived(each), now)) for each in sequences]


def test_repeats_are_dropped() -> None:
    order = ArrivalBuffer()
    assert taken(order, 1, 1, 2, 1, 2, 3) == [[1], [], [2], [], [], [3]]
    assert order.repeats == 3


def test_an_overtaker_waits_for_its_turn() -> None:
    order = ArrivalBuffer()
    assert taken(order, 1, 4, 3, 4, 2) == [[1], [], [], [], [2, 3, 4]]
    assert list(order.held()) == []


def test_letters_dont_wait_for_each_other() -> None:
    order = ArrivalBuffer()
    order.take(arrived(2), 0.0)
    assert numbers(order.take(arrived(1, "other"), 0.0)) == [1]


def test_a_refusal_without_number_passes_at_once() -> None:
    order = ArrivalBuffer()
    order.take(arrived(2), 0.0)
    assert numbers(order.take(arrived(None), 0.0)) == [None]


def test_waiting_ends_after_a_time_and_says_how_many_are_missing() -> None:
    order = ArrivalBuffer(patience_s=60)
    taken(order, 1, 4, 5, now=10.0)
    assert order.overdue(69.0) == ()
    found = order.overdue(70.0)
    assert [(each.sequence, each.missing) for each in found] == [(4, 2), (5, 0)]
    assert order.overdue(1000.0) == ()


def test_waiting_ends_when_too_many_wait() -> None:
    order = ArrivalBuffer(most_held=3)
    assert taken(order, 3, 4, 5, 6) == [[], [], [], [3, 4, 5, 6]]


def test_what_was_given_up_is_still_delivered_once() -> None:
    order = ArrivalBuffer(patience_s=1)
    taken(order, 1, 4)
    order.overdue(5.0)
    assert taken(order, 3, 3, 2, 5) == [[3], [], [2], [5]]


def test_a_second_gap_gets_its_full_time() -> None:
    order = ArrivalBuffer(patience_s=60)
    taken(order, 2, 4, now=0.0)
    taken(order, 1, now=50.0)
    assert order.overdue(70.0) == ()
    assert numbers(order.overdue(110.0)) == [4]


def test_a_snapshot_stands_for_all_before_it() -> None:
    order = ArrivalBuffer()
    taken(order, 1, 5, 9)
    found = order.take(shown(7), 0.0)
    assert [(each.sequence, each.missing) for each in found] == [(5, 0), (7, 0)]
    assert taken(order, 8) == [[8, 9]]
    assert order.overdue(1000.0) == ()


def test_a_snapshot_lets_what_waits_behind_it_go_on() -> None:
    order = ArrivalBuffer()
    taken(order, 4, 6)
    assert numbers(order.take(shown(5), 0.0)) == [4, 5, 6]
    assert list(order.held()) == []


def test_a_snapshot_first_of_all_is_the_beginning() -> None:
    order = ArrivalBuffer()
    assert numbers(order.take(shown(40), 0.0)) == [40]
    assert taken(order, 41) == [[41]]


def test_a_snapshot_in_its_turn_is_like_any_other_event() -> None:
    order = ArrivalBuffer()
    taken(order, 1)
    assert numbers(order.take(shown(2), 0.0)) == [2]
    assert numbers(order.take(shown(2), 0.0)) == []
    assert taken(order, 3) == [[3]]


def test_what_a_snapshot_stood_for_is_still_delivered_once_if_it_comes() -> None:
    order = ArrivalBuffer()
    taken(order, 1, 3)
    order.take(shown(5), 0.0)
    assert taken(order, 2, 4, 3, 2, 5, 6) == [[2], [4], [], [], [], [6]]


def test_an_old_snapshot_moves_nothing_back() -> None:
    order = ArrivalBuffer()
    taken(order, 1, 2, 3, 4)
    assert numbers(order.take(shown(3), 0.0)) == []
    assert taken(order, 5) == [[5]]


def test_what_an_earlier_run_delivered_is_waited_for_no_more() -> None:
    order = ArrivalBuffer()
    for sequence in (7, 9, 8):
        order.note(arrived(sequence))
    order.note(arrived(None))
    assert taken(order, 10, 8, 9) == [[10], [], []]
    assert taken(order, 6) == [[6]], "that was never delivered"


def test_a_gap_is_told_after_its_time_with_the_last_that_waits() -> None:
    order = ArrivalBuffer()
    taken(order, 1, 4, 3, now=10.0)
    assert list(order.gaps(39.0, after_s=30)) == []
    ((sequence, last),) = order.gaps(40.0, after_s=30)
    assert (sequence, last.sequence) == (2, 4)
    taken(order, 2, now=41.0)
    assert list(order.gaps(1000.0, after_s=30)) == []


@given(
    st.lists(st.integers(1, 12), max_size=40),
    st.sets(st.integers(1, 12), max_size=3),
    st.integers(2, 6),
)
def test_whatever_comes_each_is_delivered_once_and_the_newest_in_order(
    sequences: list[int], snapshots: set[int], most_held: int
) -> None:
    order = ArrivalBuffer(most_held=most_held)
    found: list[int] = []
    for sequence in sequences:
        event = shown(sequence) if sequence in snapshots else arrived(sequence)
        found += [each.sequence or 0 for each in order.take(event, 0.0)]
    found += [each.sequence or 0 for each in order.rest()]
    assert len(set(found)) == len(found)
    assert set(found) >= set(sequences) - {n for n in sequences if n < max(sequences) - most_held}
    assert list(order.held()) == []
