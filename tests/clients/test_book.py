"""A topic's snapshot on disk, and its stored offset."""

from typing import Any
from uuid import UUID

import pytest

from clients.bureau._kafka.bookmarks import Bookmarks, mark_of
from clients.bureau._store.holdings import Holdings
from clients.bureau.arrivals import Arrived, read
from clients.bureau.outcomes import EXPLAINED, Applied, Refused
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused, AssignmentEnded
from shared.contracts.event import Event
from shared.contracts.progress_v1 import (
    CommitmentFulfilled,
    CommitmentMade,
    InstructionAnswered,
    InstructionGiven,
)
from shared.contracts.vocabulary import ActionRefusal
from tests.clients.making import GZ, LETTER, NOON, RULE, Fetched, accepted, assigned

ID = UUID(int=7)
TOPIC = f"bureau.{GZ}.letters"
APPLIED = ActionApplied(
    state="handling", holder=GZ, assignment=1, by=RULE, action_id=ID, resulting=accepted().type
)


def arrived(event: Event, sequence: int | None) -> Arrived:
    return Arrived(GZ, LETTER, event, event.type, "id", sequence, NOON, 0, 0)


def record(offset: int, *, name: bytes = b"a", at: int = 1) -> Fetched:
    return Fetched(TOPIC, 0, offset, b"k", b"v", [("ce_id", name)], at)


def test_what_waits_to_be_answered_or_kept_is_known_whatever_comes_first() -> None:
    common: dict[str, Any] = {"state": "handling", "holder": GZ, "assignment": 1, "by": RULE}
    said: list[Event] = [
        assigned(),
        InstructionGiven(**common, instruction=1, office="chief", answer_by=NOON.date()),
        InstructionGiven(**common, instruction=2, office="chief", answer_by=NOON.date()),
        CommitmentMade(**common, commitment=1, due_on=NOON.date()),
        InstructionAnswered(**common, instruction=1),
        CommitmentFulfilled(**common, commitment=1, kept="late"),
    ]
    for numbered in (list(enumerate(said, 1)), list(enumerate(said, 1))[::-1]):
        book = Holdings()
        for sequence, event in [*numbered, *numbered]:
            book.note(arrived(event, sequence))
        holding = book.holding(LETTER)
        assert holding is not None
        assert holding.instructions == {2}
        assert not holding.commitments


def test_the_newest_fact_says_how_a_letter_stands() -> None:
    book = Holdings()
    for event, sequence in ((accepted(), 2), (assigned(), 1), (APPLIED, 3)):
        book.note(arrived(event, sequence))
    holding = book.holding(LETTER)
    assert holding is not None
    assert (holding.state, holding.assignment, holding.is_over) == ("handling", 1, False)
    assert book.holding("other") is None


def test_an_ended_assignment_is_over() -> None:
    book = Holdings()
    ended = AssignmentEnded(state="withdrawn", holder=GZ, assignment=1, by=RULE, why="withdrawn")
    for sequence, event in enumerate((assigned(), ended), 1):
        book.note(arrived(event, sequence))
    holding = book.holding(LETTER)
    assert holding is not None
    assert holding.is_over


def test_the_first_answer_stands() -> None:
    book = Holdings()
    book.note(arrived(APPLIED, 3))
    book.note(arrived(ActionRefused(action_id=ID, code="id_reused"), 4))
    assert book.answer(ID) == Applied(ID, "handling", accepted().type)


def test_a_strangers_refusal_is_an_answer_too() -> None:
    book = Holdings()
    book.note(arrived(ActionRefused(action_id=ID, code="not_held"), None))
    book.note(arrived(ActionRefused(code="unreadable"), None))
    assert book.answer(ID) == Refused(ID, "not_held")


@pytest.mark.parametrize("code", sorted(EXPLAINED))
def test_every_refusal_is_explained_in_both_languages(code: ActionRefusal) -> None:
    chinese, english = Refused(ID, code).explained
    assert chinese
    assert english.isascii()


def test_what_lies_before_the_kept_place_was_read() -> None:
    marks = Bookmarks({(TOPIC, 0): (5, mark_of(record(4)))})
    assert [marks.is_read(0, offset, topic=TOPIC) for offset in (4, 5)] == [True, False]
    assert not marks.is_read(1, 0, topic=TOPIC)


def test_another_record_at_the_kept_place_means_another_topic() -> None:
    marks = Bookmarks({(TOPIC, 0): (5, mark_of(record(4)))})
    assert not marks.is_other(record(4))
    assert not marks.is_other(record(3, name=b"b"))
    assert marks.is_other(record(4, name=b"b"))
    assert marks.is_other(record(4, at=2))
    assert not Bookmarks({(TOPIC, 0): (5, "")}).is_other(record(4)), "a broker without marks"


def test_a_topic_that_ends_before_the_kept_place_is_another() -> None:
    marks = Bookmarks({(TOPIC, 0): (5, "x")})
    assert marks.is_cut_short((TOPIC, 0), 4)
    assert not marks.is_cut_short((TOPIC, 0), 5)
    marks.begin_again()
    assert not marks.is_cut_short((TOPIC, 0), 4)
    assert not marks.is_read(0, 4, topic=TOPIC)


def test_a_place_isnt_kept_while_something_waits_there() -> None:
    marks = Bookmarks({})
    marks.finish(record(8))
    assert marks.take_finished(without=frozenset({0})) == {}
    marks.finish(record(9))
    assert marks.take_finished(without=frozenset()) == {(TOPIC, 0): (10, mark_of(record(9)))}
    assert marks.take_finished(without=frozenset()) == {}


def test_old_records_move_no_place() -> None:
    marks = Bookmarks({(TOPIC, 0): (5, "x")})
    marks.finish(record(2))
    assert marks.take_finished(without=frozenset()) == {}
    assert not isinstance(read(record(2)), Arrived)
