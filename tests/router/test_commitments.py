"""Promises of a reply and instructions of a chief: made, kept or broken, answered."""

from datetime import date
from typing import Any

import pytest

from services.router.domain.commitments import FulfilCommitment
from services.router.domain.letter import Pledge
from services.router.domain.replies import ProposePublication
from services.router.domain.supervision import AnswerInstruction, Instruct, ReadLetter
from services.router.domain.writer_requests import ReopenLetter
from shared.contracts.values import By
from shared.contracts.words import Note
from shared.kernel.errors import (
    BadValue,
    LimitReached,
    NotAllowed,
    NotHeld,
    OutOfOrder,
    StaleAssignment,
)
from tests.router.story import (
    CHIEF,
    DEPUTY,
    DIRECTOR,
    NOTE,
    STAGES,
    SUPERVISOR,
    WITHDRAW,
    accept,
    acting,
    at,
    for_bureau,
    given,
    later,
    letter_of,
    names,
    rate,
    receive,
    reply,
    route,
    running,
    sign,
)
from tests.router.test_routing import recall
from tests.router.test_timers import changes, fired

DUE = date(2026, 12, 31)
PROMISES = (Pledge(DUE, NOTE), Pledge(date(2027, 1, 31), Note(text="明年一月再查。")))


def fulfil(number: int = 1, **over: Any) -> FulfilCommitment:
    fields: dict[str, Any] = {"commitment": number, "words": NOTE}
    return FulfilCommitment(**(acting() | fields | over))


def instruct(by: By = DIRECTOR, **over: Any) -> Instruct:
    fields: dict[str, Any] = {"by": by, "at": later(1), "words": NOTE}
    return Instruct(**(fields | over))


def obey(number: int = 1, **over: Any) -> AnswerInstruction:
    fields: dict[str, Any] = {"instruction": number, "words": NOTE}
    return AnswerInstruction(**(acting(at=later(2)) | fields | over))


def propose(**over: Any) -> ProposePublication:
    return ProposePublication(**(acting() | over))


def promised() -> Any:
    return at("handling").when(reply(commitments=PROMISES))


# --- promises ----------------------------------------------------------------------------------


def test_each_promise_is_made_with_the_reply_and_has_a_clock_of_its_own() -> None:
    story = promised()
    assert names(story.caused) == [
        "reply.submitted",
        "letter.replied",
        "commitment.made",
        "commitment.made",
    ]
    replied, first, second = story.caused[1:]
    assert [(one.commitment, one.due_on) for one in replied.commitments] == [
        (1, DUE),
        (2, date(2027, 1, 31)),
    ]
    assert (first.commitment, first.due_on, first.words) == (1, DUE, NOTE)
    assert [(one.round, one.due_on) for one in second.clocks] == [(2, date(2027, 1, 31))]
    assert [one.round for one in letter_of(story.state).clocks if one.clock == "commitment"] == [
        1,
        2,
    ]
    assert [one.level for one in first.clocks[0].levels] == [
        "reminder",
        "yellow",
        "red",
        "chief",
        "province",
    ]


def test_promises_outlive_the_letter_s_end() -> None:
    story = promised().when(rate())
    assert letter_of(story.state).state == "closed"
    assert running(story.state) == {"commitment"}
    story = story.when(fulfil(at=later(20)))
    (kept,) = story.caused
    assert (kept.commitment, kept.kept, kept.state) == (1, "in_time", "closed")
    assert [(one.clock, one.round, one.change) for one in kept.clocks] == [
        ("commitment", 1, "stopped")
    ]
    assert [one.round for one in letter_of(story.state).clocks] == [2]


def test_a_promise_is_kept_in_time_until_the_end_of_its_day() -> None:
    last = promised().when(fulfil(at=later(38, hours=13)))
    assert last.caused[0].kept == "in_time"
    late = promised().when(fulfil(at=later(38, hours=14)))
    assert late.caused[0].kept == "late"


def test_red_means_broken_and_it_can_still_be_fulfilled() -> None:
    story = promised()
    clock = letter_of(story.state).running("commitment", 1)
    assert clock is not None
    story = story.when(fired(clock))
    assert (names(story.caused), story.caused[0].round) == (["letter.escalated"], 1)
    assert story.when(fulfil(at=later(50))).caused[0].kept == "late"


def test_a_promise_is_fulfilled_once_and_with_something_to_show() -> None:
    with pytest.raises(OutOfOrder):
        promised().when(fulfil(), fulfil())
    with pytest.raises(BadValue, match="words"):
        promised().when(fulfil(words=None))
    with pytest.raises(BadValue, match="commitment"):
        promised().when(fulfil(3))
    with pytest.raises(NotHeld):
        promised().when(fulfil(bureau="foshan"))
    with pytest.raises(StaleAssignment):
        promised().when(fulfil(assignment=2))


def test_a_second_reply_s_promises_are_numbered_on() -> None:
    story = promised().when(ReopenLetter("r-1", later(1), None), reply(commitments=PROMISES[:1]))
    assert story.caused[-1].commitment == 3


# --- instructions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "office"), [(DIRECTOR, "province:director"), (CHIEF, "guangzhou:chief")]
)
def test_a_chief_instructs_and_the_holder_answers(by: By, office: str) -> None:
    story = at("handling").when(instruct(by))
    (given_,) = story.caused
    assert (given_.instruction, given_.office, given_.answer_by) == (1, office, date(2026, 11, 27))
    assert [(one.clock, one.round) for one in given_.clocks] == [("instruction", 1)]
    (copy,) = for_bureau(given_, story.state)
    assert (copy.words, copy.by.staff) == (NOTE, None)  # type: ignore[attr-defined]  # an event of ours
    story = story.when(obey())
    assert changes(story.caused[0]) == [("instruction", "stopped")]
    with pytest.raises(OutOfOrder):
        story.when(obey())


def test_each_instruction_runs_by_itself() -> None:
    story = at("handling").when(instruct(), instruct(CHIEF), obey(2))
    clocks = [one for one in letter_of(story.state).clocks if one.clock == "instruction"]
    assert [one.round for one in clocks] == [1]


def test_an_instruction_passes_to_the_next_holder() -> None:
    story = at("handling").when(instruct(), recall())
    assert "instruction" in running(story.state)
    story = story.when(route("foshan"))
    assert names(for_bureau(story.caused[0], story.state)) == [
        "letter.assigned",
        "instruction.given",
    ]
    with pytest.raises(NotHeld):
        story.when(obey())
    assert names(story.when(obey(bureau="foshan", assignment=2)).caused) == ["instruction.answered"]


def test_triage_answers_what_is_instructed_while_it_has_the_letter() -> None:
    story = at("triage").when(instruct(), obey(bureau="triage", assignment=0))
    assert names(story.caused) == ["instruction.answered"]


def test_open_promises_pass_to_the_next_holder_too() -> None:
    story = promised().when(ReopenLetter("r-1", later(1), None), recall(), route("foshan"))
    assert names(for_bureau(story.caused[0], story.state)) == [
        "letter.assigned",
        "commitment.made",
        "commitment.made",
    ]


@pytest.mark.parametrize("by", [SUPERVISOR, By(role="chief", bureau="foshan", staff="x")])
def test_nobody_else_instructs_or_reads_for_an_office(by: By) -> None:
    for told in (instruct(by), ReadLetter(by, later(1))):
        with pytest.raises(NotAllowed):
            at("handling").when(told)


def test_an_instruction_has_words_and_there_are_so_many_and_no_more() -> None:
    with pytest.raises(BadValue):
        at("handling").when(instruct(words=None))
    story = at("handling").when(*(instruct() for _ in range(20)))
    with pytest.raises(LimitReached):
        story.when(instruct())


@pytest.mark.parametrize("stage", ["declined", "closed", "withdrawn"])
def test_nothing_is_instructed_once_a_letter_has_ended(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(instruct())


def test_a_withdrawal_ends_what_was_instructed_and_a_closing_does_not() -> None:
    assert running(at("routed").when(instruct(), WITHDRAW).state) == set()
    closed = at("replied").when(instruct(), rate())
    assert running(closed.state) == {"instruction"}
    assert names(closed.when(obey()).caused) == ["instruction.answered"]
    with pytest.raises(OutOfOrder):
        at("routed").when(instruct(), WITHDRAW, obey())
    with pytest.raises(BadValue, match="instruction"):
        at("handling").when(obey())


# --- read in person ----------------------------------------------------------------------------


def test_a_letter_is_read_once_for_an_office_and_once_more_in_person() -> None:
    by_deputy = at("handling").when(ReadLetter(DEPUTY, later(1)))
    (read,) = by_deputy.caused
    assert (read.office, read.in_person) == ("guangzhou:chief", False)
    by_deputy.when(ReadLetter(DEPUTY, later(2))).then_nothing()
    by_chief = by_deputy.when(ReadLetter(CHIEF, later(2)))
    assert by_chief.caused[0].in_person
    by_chief.when(ReadLetter(CHIEF, later(3))).then_nothing()
    by_chief.when(ReadLetter(DEPUTY, later(3))).then_nothing()
    assert by_chief.when(ReadLetter(DIRECTOR, later(3))).caused[0].office == "province:director"
    assert for_bureau(read, by_deputy.state) == ()


@pytest.mark.parametrize("stage", [one for one in STAGES if one != "nothing"])
def test_the_director_reads_whenever_they_like(stage: str) -> None:
    assert names(at(stage).when(ReadLetter(DIRECTOR, later(1))).caused) == ["letter.read"]


# --- publication -------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["replied", "rated", "closed"])
def test_an_answered_letter_is_proposed_for_publication_once(stage: str) -> None:
    story = at(stage).when(propose())
    assert names(story.caused) == ["publication.proposed"]
    story.when(propose()).then_nothing()
    at("handling").when(reply(publication_proposed=True), propose()).then_nothing()


def test_a_report_is_never_published() -> None:
    story = given().when(receive(category="report"), accept(), reply(), sign())
    with pytest.raises(NotAllowed):
        story.when(propose())


@pytest.mark.parametrize("stage", ["routed", "handling", "supplement", "signing", "declined"])
def test_what_has_no_reply_is_not_proposed(stage: str) -> None:
    with pytest.raises(OutOfOrder):
        at(stage).when(propose())
