"""Missing events are requested: first as a resend, later as a snapshot, and not for ever."""

from itertools import pairwise

from clients.bureau._store.gap_requests import (
    FIRST_PAUSE_S,
    LOOK_S,
    MOST_AT_ONCE,
    MOST_TRIES,
    GapRequests,
    MissingEvents,
    asked_again,
)
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.arrivals import Arrived
from shared.contracts.actions_v1 import RequestResend
from shared.contracts.bureau_v1 import ActionRefused, AssignmentEnded
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterAccepted
from shared.contracts.vocabulary import State
from tests.clients.making import GZ, LETTER, NOON, RULE, accepted, assigned, snapshot

ENDED = AssignmentEnded(state="triage", holder="triage", assignment=1, by=RULE, why="returned")


def came(sequence: int, event: Event | None = None, *, letter: str = LETTER) -> Arrived:
    return Arrived(GZ, letter, event or accepted(), "t", "id", sequence, NOON, 0, sequence)


def in_state(state: State) -> Event:
    return LetterAccepted(state=state, holder=GZ, assignment=1, by=RULE)


def with_gap(event: Event | None = None) -> ArrivalBuffer:
    """Number 2 is missing since second 0."""
    order = ArrivalBuffer()
    order.take(came(1, assigned()), 0.0)
    order.take(came(3, event), 0.0)
    return order


def times(gaps: GapRequests, order: ArrivalBuffer, *, until: float) -> list[float]:
    """The seconds at which a request is made."""
    return [float(now) for now in range(int(until)) if gaps.due(order, float(now))]


def test_what_stays_missing_is_asked_for_as_it_was() -> None:
    gaps, order = GapRequests(), with_gap()
    assert gaps.due(order, 29.0) == []
    assert gaps.due(order, 34.0) == [MissingEvents(GZ, LETTER, 1, 2)]


def test_it_is_asked_for_a_few_times_with_doubling_pauses() -> None:
    found = times(GapRequests(), with_gap(), until=20_000)
    assert len(found) == MOST_TRIES
    pauses = [later - earlier for earlier, later in pairwise(found)]
    for number, pause in enumerate(pauses):
        assert FIRST_PAUSE_S * 2**number <= pause <= FIRST_PAUSE_S * 2**number + LOOK_S


def test_what_came_is_asked_for_no_more_and_a_new_gap_begins_anew() -> None:
    gaps, order = GapRequests(), with_gap()
    assert gaps.due(order, 30.0)
    order.take(came(2), 31.0)
    assert gaps.due(order, 100.0) == []
    order.take(came(5), 101.0)
    assert gaps.due(order, 131.0) == [MissingEvents(GZ, LETTER, 1, 4)]


def test_a_new_gap_has_all_its_tries() -> None:
    gaps, order = GapRequests(), with_gap()
    assert len(times(gaps, order, until=20_000)) == MOST_TRIES
    order.take(came(2), 20_000.0)
    assert gaps.due(order, 20_010.0) == []
    order.take(came(5), 20_020.0)
    assert gaps.due(order, 20_060.0) == [MissingEvents(GZ, LETTER, 1, 4)]


def test_what_was_given_up_is_asked_for_as_a_snapshot_until_one_comes() -> None:
    gaps, order = GapRequests(), with_gap()
    (late,) = order.overdue(60.0)
    gaps.note(late)
    assert gaps.due(order, 60.0) == [MissingEvents(GZ, LETTER, 1, None)]
    (found,) = order.take(came(4, snapshot().numbered(4)), 61.0)
    gaps.note(found)
    assert times(gaps, order, until=5_000) == []


def test_a_letter_that_was_given_anew_needs_no_snapshot() -> None:
    gaps = GapRequests()
    gaps.note(came(3).after_missing(1))
    gaps.note(came(9, assigned()).after_missing(4))
    assert gaps.due(ArrivalBuffer(), 0.0) == []


def test_a_letter_that_has_ended_here_is_let_be() -> None:
    for event in (ENDED, in_state("closed"), in_state("withdrawn"), in_state("declined")):
        assert GapRequests().due(with_gap(event), 40.0) == []
        gaps = GapRequests()
        gaps.note(came(3).after_missing(1))
        gaps.note(came(4, event))
        assert gaps.due(ArrivalBuffer(), 0.0) == []


def test_what_names_no_holding_cannot_be_asked_for() -> None:
    assert GapRequests().due(with_gap(ActionRefused(code="limit")), 40.0) == []


def test_few_letters_are_asked_for_at_a_time_and_each_in_its_turn() -> None:
    gaps, order = GapRequests(), ArrivalBuffer()
    names = {f"L-{number}" for number in range(MOST_AT_ONCE * 3)}
    for name in sorted(names):
        order.take(came(2, letter=name), 0.0)
    looks = [gaps.due(order, 30.0 + LOOK_S * look) for look in range(3)]
    assert [len(found) for found in looks] == [MOST_AT_ONCE] * 3
    assert {one.letter for found in looks for one in found} == names


def test_after_beginning_again_nothing_is_missing() -> None:
    gaps = GapRequests()
    gaps.note(came(3).after_missing(1))
    gaps.forget()
    assert gaps.due(ArrivalBuffer(), 0.0) == []


def test_the_action_says_what_is_missing() -> None:
    resend = asked_again(MissingEvents(GZ, LETTER, 2, 7), made_at=NOON, staff="s")
    shown = asked_again(MissingEvents(GZ, LETTER, 2, None), made_at=NOON, staff="s")
    assert isinstance(resend, RequestResend)
    assert (resend.assignment, resend.from_sequence, resend.snapshot) == (2, 7, False)
    assert isinstance(shown, RequestResend)
    assert (shown.from_sequence, shown.snapshot) == (None, True)
    assert resend.action_id != shown.action_id
