"""A bureau receives everything about a letter at once and need not guess."""

from datetime import date
from typing import Any

import pytest

from services.router.domain import bureau_view
from services.router.domain.escalation import RecountDues
from services.router.domain.evolve import evolve
from services.router.domain.letter import Pledge
from services.router.domain.resends import ShowToHolder
from services.router.domain.supervision import SuperviseLetter
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.values import Due, WriterFacts
from shared.contracts.words import Conversation, LetterText
from tests.router.story import (
    NAME,
    NOTE,
    RULEBOOK,
    STAGES,
    SUPERVISOR,
    WORDS,
    accept,
    ask,
    at,
    caused,
    given,
    later,
    letter_of,
    names,
    receive,
    reply,
    route,
    snapshot,
)
from tests.router.test_bureau_view import copies
from tests.router.test_commitments import instruct, obey
from tests.router.test_invariants import STORMY
from tests.router.test_questions import answer
from tests.router.test_reclassification import disclosure, petition, reclassify
from tests.router.test_routing import recall
from tests.router.test_writer_requests import reopen

LAMPS = WORDS.model_copy(update={"subject": "天河区红绿灯坏了", "subject_spans": ()})
CHILD = WriterFacts(age_group="under_14", guardian_consent=True)
BEFORE_THE_NEXT_HOLDER = (
    *(
        receive(
            "guangzhou", addressed_to="province", words=LAMPS, category="request", writer=CHILD
        ),
        route(),
    ),
    *(
        accept(),
        ask(),
        answer(),
        reply(at=later(1)),
        reopen(at=later(1)),
        SuperviseLetter(SUPERVISOR, later(1)),
    ),
    *(recall(at=later(1)), reclassify("complaint", police_type="traffic")),
)
"""Much has happened to the letter before another bureau takes it over."""


def assigned(*commands: Any) -> Any:
    """The assigned letter, and everything that comes with it."""
    return copies(given().when(*commands))


def test_each_member_says_something_where_there_is_something_to_say() -> None:
    """A field left empty would keep its default here."""
    (letter, *_) = assigned(*BEFORE_THE_NEXT_HOLDER, route("foshan", at=later(2)))
    assert isinstance(letter, LetterAssigned)
    silent = {
        name
        for name, field in LetterAssigned.model_fields.items()
        if not field.is_required() and getattr(letter, name) == field.default
    }
    assert silent == set()
    assert (letter.masked, letter.reopened, letter.assignment) == (True, 1, 2)
    assert isinstance(letter.words, LetterText)
    assert isinstance(letter.earlier, Conversation)
    assert [one.who for one in letter.earlier.turns] == ["bureau", "writer", "bureau", "writer"]
    assert {one.partition(".")[0] for one in letter.evidence}


def counted(due: Due) -> int:
    """How many days its receipt counts."""
    assert due.receipt is not None, due.clock
    return sum(day.kind == "counted" for day in due.receipt.days)


@pytest.mark.parametrize(
    "commands",
    [
        *(STAGES[stage] for stage in ("routed", "handling", "supplement", "signing", "replied")),
        (receive(), petition(), disclosure(), accept(), instruct(), instruct(at=later(3))),
        (*BEFORE_THE_NEXT_HOLDER, route("foshan", at=later(2))),
    ],
)
def test_each_due_date_can_be_checked_day_by_day(commands: tuple[Any, ...]) -> None:
    letter = letter_of(given().when(*commands).state)
    dues = snapshot(letter).dues
    assert {one.clock for one in dues} == {one.clock for one in letter.clocks if not one.is_paused}
    for due, clock in ((one, letter.running(one.clock, one.round)) for one in dues):
        assert clock is not None
        assert clock.limit is not None
        assert (due.due_on, counted(due)) == (clock.due_on, clock.limit.amount)
        assert due.receipt is not None
        assert due.receipt.days[0].kind == "zero"
        assert due.receipt.days[0].day == clock.start
        assert due.receipt.days[-1].day == due.receipt.due_on == due.due_on
        assert due.receipt.calendar_version == RULEBOOK.calendar.version
        assert due.receipt.policy_version == letter.policy_version


def test_what_was_promised_was_counted_by_nobody() -> None:
    story = at("handling").when(reply(commitments=(Pledge(date(2026, 12, 31), NOTE),)))
    dues = {one.clock: one.receipt for one in snapshot(letter_of(story.state)).dues}
    assert dues["commitment"] is None
    assert dues["rating"] is not None


def test_a_calendar_that_does_not_bear_a_date_out_makes_no_receipt_for_it() -> None:
    """Until `due.changed` brings the other date and the receipt that goes with it."""
    story = at("routed")
    (due,) = (
        one
        for one in bureau_view.snapshot(letter_of(story.state), rulebook=STORMY).dues
        if one.clock == "objection"
    )
    assert due.receipt is None


def test_each_instruction_keeps_the_receipt_of_its_own_date() -> None:
    letter = letter_of(at("handling").when(instruct(), instruct(at=later(3))).state)
    for event in caused(RecountDues(at=later(3)), letter, STORMY):
        letter = letter_of(evolve(letter, event))
    kept = {one.round: one for one in letter.clocks if one.clock == "instruction"}
    assert {round_: one.receipt and one.receipt.due_on for round_, one in kept.items()} == {
        round_: one.due_on for round_, one in kept.items()
    }
    shown = bureau_view.snapshot(letter, rulebook=STORMY).dues
    assert all(one.receipt and one.receipt.due_on == one.due_on for one in shown)
    assert len([one for one in shown if one.clock == "instruction"]) == 2


def test_many_promises_crowd_out_no_clock_of_the_letter() -> None:
    promises = tuple(Pledge(later(20 + day).date(), NOTE) for day in range(10))
    story = given().when(
        *(receive(), accept(), reply(commitments=promises), reopen(at=later(1))),
        *(reply(commitments=promises, at=later(1)), reopen("r-2", at=later(2))),
        *(recall(at=later(2)), route("foshan", at=later(2))),
    )
    (letter, *others) = copies(story)
    assert [one.clock for one in letter.dues[:4]] == [
        "reopened_reply",
        "sign_in",
        "objection",
        "commitment",
    ]
    assert len(letter.dues) == 18
    assert names(others) == ["commitment.made"] * 20


def test_a_snapshot_brings_what_is_still_owed_as_a_new_assignment_does() -> None:
    """It replaces everything before it, and what was owed was sent before."""
    promises = (Pledge(later(20).date(), NOTE),)
    story = given().when(
        *(receive(), accept(), instruct(), instruct(at=later(2)), obey(1)),
        *(reply(commitments=promises, at=later(3)), ShowToHolder("guangzhou", at=later(3))),
    )
    told = copies(story)
    assert names(told) == ["letter.snapshot", "instruction.given", "commitment.made"]
    assert [told[1].instruction, told[2].commitment] == [2, 1]
    assert told[1].words == told[2].words == NOTE


def test_whoever_may_know_the_writer_again_gets_the_words_without_asking() -> None:
    story = given().when(receive(category="complaint"), accept())
    masked = snapshot(letter_of(story.state)).words
    assert isinstance(masked, LetterText)
    assert NAME not in masked.body
    story = story.when(reclassify("request", by=SUPERVISOR))
    told = copies(story)
    assert names(told) == ["letter.reclassified", "due.changed", "letter.snapshot"]
    assert (told[-1].words, told[-1].masked) == (WORDS, False)
    again = story.when(reclassify("request", by=SUPERVISOR, police_type="traffic"))
    assert names(again.caused) == ["letter.reclassified"], "they have them"


def test_words_that_are_uncovered_in_triage_or_from_whom_they_concern_go_to_nobody() -> None:
    triage = given().when(receive(None, category="complaint"))
    assert "letter.snapshot" not in names(triage.when(reclassify("request", by=SUPERVISOR)).caused)
    held = given().when(receive(category="complaint"), accept())
    hidden = held.when(reclassify("request", by=SUPERVISOR, excluded=("guangzhou",)))
    assert "letter.snapshot" not in names(hidden.caused)
