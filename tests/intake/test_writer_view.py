"""The writer's view of every event, and what stays between the desks."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.domain.timeline import HIDDEN, SHOWN
from services.intake.domain.writer_requests import SubmitAddition, SubmitAnswer
from services.intake.domain.writer_view import CHANGES, STATE_ALONE
from services.intake.handlers import HANDLERS, IGNORED
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    ConflictDeclared,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionGiven,
    LetterAddedTo,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRead,
    LetterRecalled,
    LetterReturned,
    LetterSigned,
    LetterSupervised,
    NoteAdded,
    QuestionLapsed,
    ReplySentBack,
    TriageEntered,
    UnitAccepted,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.topics import PROGRESS, PUBLISHED
from shared.contracts.values import Receipt
from shared.contracts.words import Note, Reason
from tests.intake.story import (
    NOON,
    OWNER,
    STAFF,
    clock,
    fact,
    given,
    note,
    received,
    refused,
    replied,
    routed,
    submit,
    withdrawn,
)
from tests.intake.viewing import SAID, TRIAGE, after, letter_of, steps, view

ASKED = fact(
    WriterAsked,
    state="supplement",
    question=1,
    answer_by=date(2026, 12, 1),
    words=Note(text="门牌几号？"),
    clocks=(clock("reply", "paused"), clock("answer", "started", date(2026, 12, 1))),
)
ANSWERED = fact(WriterAnswered, question=1)
ANSWER = SubmitAnswer(OWNER, "r-a", 1, SAID)


# --- every fact of the catalogue ---------------------------------------------------------------


def test_each_fact_is_folded_or_named_as_saying_no_more_than_the_state() -> None:
    assert CHANGES.keys() | STATE_ALONE == ON_TOPIC[PROGRESS.name]
    assert not CHANGES.keys() & STATE_ALONE


def test_each_fact_is_shown_as_a_step_or_hidden_for_a_reason() -> None:
    assert SHOWN.keys() | HIDDEN.keys() == ON_TOPIC[PROGRESS.name]
    assert not SHOWN.keys() & HIDDEN.keys()
    assert all(HIDDEN.values())


def test_each_event_that_is_heard_is_handled_or_ignored_for_a_reason() -> None:
    heard = ON_TOPIC[PROGRESS.name] | ON_TOPIC[PUBLISHED.name]
    assert HANDLERS.keys() | IGNORED.keys() == heard
    assert not HANDLERS.keys() & IGNORED.keys()


# --- whose it is -------------------------------------------------------------------------------

RETURNED = fact(LetterReturned, **TRIAGE, from_bureau="guangzhou", reason="other_place")
RECALLED = fact(LetterRecalled, **TRIAGE, from_bureau="guangzhou", reason="concerns_holder")
ENTERED = fact(TriageEntered, **TRIAGE, reasons=("returned",))


@pytest.mark.parametrize("back", [(RETURNED, ENTERED), (RECALLED,), (RETURNED,)])
def test_a_letter_that_is_handed_back_is_being_assigned(back: tuple[Fact, ...]) -> None:
    seen = view(received(), routed(), *back)
    assert (seen["state_zh"], seen["bureau"]) == ("正在确定承办单位", None)
    assert seen["state_en"] == "Being assigned"
    assert "concerns_holder" not in str(seen)


def test_a_return_says_who_and_why_by_code_and_neither_its_words_nor_whom_it_suggests() -> None:
    told = fact(
        LetterReturned,
        **TRIAGE,
        from_bureau="guangzhou",
        reason="other_place",
        suggestion="foshan",
        words=Note(text="应由他局办理"),
    )
    seen = view(received(), routed(), told, ENTERED)
    returned, entered = seen["history"][2:]
    assert (returned["what"], returned["bureau"]) == ("letter.returned", "guangzhou")
    assert returned["reason"] == "other_place"
    assert returned["zh"] == "承办单位退回：事发地不在其辖区"
    assert returned["en"] == "handed back by the bureau: the place is not theirs"
    assert (entered["what"], entered["reason"]) == ("triage.entered", None)
    assert "foshan" not in str(seen)
    assert "应由他局办理" not in str(seen)
    assert steps(received(), routed(), RECALLED)[2:] == ["triage.entered"]


def test_a_letter_may_be_assigned_again_and_again() -> None:
    assert steps(received(), ENTERED, routed(), RETURNED, ENTERED, routed(assignment=2)) == [
        "letter.received",
        "triage.entered",
        "letter.routed",
        "letter.returned",
        "triage.entered",
        "letter.routed",
    ]


def test_a_unit_is_shown_to_take_it_up_and_not_by_its_code() -> None:
    passed_on = fact(LetterPassedOn, unit="tianhe.household", police_type="household")
    accepted = fact(UnitAccepted, unit="tianhe.household")
    assert steps(routed(), passed_on, accepted)[1:] == ["letter.passed_on", "unit.accepted"]
    assert "tianhe" not in str(view(routed(), passed_on, accepted))
    assert after(routed(), passed_on, accepted).unit == "tianhe.household"
    assert after(routed(), passed_on, RECALLED).unit is None
    assert after(routed(), passed_on, routed(assignment=2)).unit is None


@pytest.mark.parametrize(
    "inner",
    [
        fact(NoteAdded, note=1),
        fact(LetterLinked, kind="duplicate", **{"with": "GD-ELSE"}),
        fact(ConflictDeclared, staff="gz"),
        fact(LetterSigned, state="signing", signer="chief", step=1),
        fact(ReplySentBack, to_state="handling"),
        fact(ExtensionRequested, clock="reply", days=5, reason="complex"),
        fact(InstructionGiven, instruction=1, office="director", answer_by=date(2026, 12, 1)),
        fact(LetterEscalated, clock="reply", round=1, level="reminder", due_on=date(2026, 12, 1)),
        fact(LetterEscalated, clock="signature", round=1, level="red", due_on=date(2026, 12, 1)),
        fact(ExtensionDecided, clock="reply", granted=False),
        refused("r-77"),
    ],
    ids=lambda one: one.type.split(".", 2)[2],
)
def test_what_the_desks_do_among_themselves_is_no_step(inner: Fact) -> None:
    assert steps(received(), inner) == ["letter.received"]
    assert "GD-ELSE" not in str(view(inner))


def test_a_passed_date_a_chief_who_reads_and_supervision_are_shown() -> None:
    late = fact(LetterEscalated, clock="reply", round=1, level="red", due_on=date(2026, 12, 1))
    read = fact(LetterRead, office="director", in_person=True)
    watched = fact(LetterSupervised, reason="escalation")
    seen = view(read, late, watched)
    assert [one["what"] for one in seen["history"]] == [
        "letter.read",
        "letter.escalated",
        "letter.supervised",
    ]
    assert (seen["history"][1]["clock"], seen["history"][1]["due_on"]) == ("reply", "2026-12-01")
    assert seen["history"][1]["zh"] == "已超过答复期限"
    assert seen["is_supervised"]
    assert "escalation" not in str(seen)


def test_a_refusal_sent_back_to_triage_is_being_assigned() -> None:
    assert steps(fact(ReplySentBack, **TRIAGE, to_state="triage")) == ["triage.entered"]


def test_no_writer_sees_an_id_of_staff() -> None:
    for told in (ASKED, routed(), replied(), RETURNED):
        assert told.by.staff == STAFF
        assert STAFF not in str(view(told))


# --- questions and additions -------------------------------------------------------------------


def test_a_question_is_open_with_its_day_until_it_is_answered() -> None:
    (question,) = view(ASKED)["questions"]
    assert question == {
        "question": 1,
        "text": "门牌几号？",
        "asked_at": "2026-11-24T04:00:00Z",
        "answer_by": "2026-12-01",
        "standing": "open",
    }
    seen = view(ASKED, ANSWER, ANSWERED)
    assert [one["standing"] for one in seen["questions"]] == ["answered"]
    (request,) = seen["requests"]
    assert (request["kind"], request["status"], request["question"]) == ("answer", "done", 1)
    assert request["text"] == SAID.text


def test_two_questions_each_have_their_own_end() -> None:
    second = ASKED.model_copy(update={"question": 2})
    lapsed = fact(QuestionLapsed, question=2)
    letter = after(ASKED, ANSWERED, second, lapsed)
    assert [one.standing for one in letter.questions] == ["answered", "lapsed"]


@pytest.mark.parametrize("end", [RECALLED, withdrawn()])
def test_nobody_waits_for_an_answer_once_the_letter_is_elsewhere(end: Fact) -> None:
    assert [one.standing for one in after(ASKED, end).questions] == ["ended"]
    assert [one.standing for one in after(ASKED, ANSWERED, end).questions] == ["answered"]


def test_an_answer_that_came_too_late_is_an_addition() -> None:
    lapsed = fact(QuestionLapsed, question=1)
    letter = after(ASKED, lapsed, ANSWER, fact(LetterAddedTo, late=True))
    (request,) = letter.requests
    assert (request.kind, request.status, request.is_late) == ("answer", "done", True)


def test_an_addition_is_done_once_it_is_put_to_the_letter() -> None:
    more = SubmitAddition(OWNER, "r-b", SAID)
    assert [one.status for one in after(more).requests] == ["sent"]
    (request,) = after(more, fact(LetterAddedTo, late=False)).requests
    assert (request.status, request.is_late) == ("done", False)


# --- dates -------------------------------------------------------------------------------------


def test_the_day_of_the_reply_follows_the_clock() -> None:
    resumed = ANSWERED.model_copy(
        update={"clocks": (clock("reply", "resumed", date(2026, 12, 10), provisional=True),)}
    )
    seen = view(received(), ASKED, resumed)
    assert (seen["reply_due_on"], seen["reply_due_is_provisional"]) == ("2026-12-10", True)
    assert view(received(), ASKED)["reply_due_on"] == "2026-12-08"


def test_a_changed_date_is_shown_with_its_step() -> None:
    receipt = Receipt(due_on=date(2026, 12, 14), calendar_version="2", policy_version="1")
    changed: dict[str, Any] = {
        "round": 1,
        "old_due": date(2026, 12, 8),
        "new_due": date(2026, 12, 14),
        "reason": "calendar",
        "calendar_version": "2",
        "receipt": receipt,
    }
    seen = view(received(), fact(DueChanged, clock="reply", **changed))
    assert (seen["reply_due_on"], seen["reply_due_is_provisional"]) == ("2026-12-14", False)
    assert seen["history"][-1]["what"] == "due.changed"
    other = view(received(), fact(DueChanged, clock="petition", **changed))
    assert other["reply_due_on"] == "2026-12-08"


def test_more_time_is_told_with_its_reason_and_the_new_day() -> None:
    granted = fact(
        ExtensionDecided,
        clock="reply",
        granted=True,
        days=5,
        new_due=date(2026, 12, 15),
        words=Reason(text="需要现场勘查"),
        clocks=(clock("reply", "moved", date(2026, 12, 15)),),
    )
    seen = view(received(), granted)
    assert seen["reply_due_on"] == "2026-12-15"
    assert seen["extensions"] == [
        {
            "clock": "reply",
            "new_due_on": "2026-12-15",
            "text": "需要现场勘查",
            "decided_at": "2026-11-24T04:00:00Z",
        }
    ]
    refusal = granted.model_copy(update={"granted": False, "new_due": None, "clocks": ()})
    assert view(received(), refusal)["extensions"] == []


def test_instants_are_those_as_of_which_a_fact_counts() -> None:
    at = NOON + timedelta(hours=3)
    story = given().when(submit(), note(ASKED, at=at))
    letter = letter_of(story.state)
    assert (letter.questions[0].asked_at, letter.history[0].at) == (at, at)
