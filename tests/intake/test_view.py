"""What a writer sees of each thing that happens to the letter, and what stays between the desks."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.api.showing import shown
from services.intake.domain import (
    AddToLetter,
    AnswerQuestion,
    AskAppeal,
    AskReopening,
    AskWithdrawal,
    IntakeState,
    Letter,
)
from services.intake.domain.progress import CHANGES, STATE_ALONE
from services.intake.domain.steps import HIDDEN, SHOWN
from services.intake.handlers import HANDLERS, IGNORED
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionGiven,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRead,
    LetterRecalled,
    LetterReopened,
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
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from shared.platform import datafiles
from tests.intake.story import (
    LETTER,
    NAME,
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

SAID = WriterText(text=f"我是{NAME}，门牌是3号")
TRIAGE: dict[str, Any] = {"holder": "triage", "state": "triage"}
ASKED = fact(
    WriterAsked,
    state="supplement",
    question=1,
    answer_by=date(2026, 12, 1),
    words=Note(text="门牌几号？"),
    clocks=(clock("reply", "paused"), clock("answer", "started", date(2026, 12, 1))),
)
ANSWERED = fact(WriterAnswered, question=1)
ANSWER = AnswerQuestion(OWNER, "r-a", 1, SAID)


def letter_of(state: IntakeState) -> Letter:
    assert isinstance(state, Letter)
    return state


def after(*told: Any) -> Letter:
    """The letter after these, facts of the router among them."""
    commands = [note(one) if isinstance(one, Fact) else one for one in told]
    return letter_of(given().when(submit(), *commands).state)


def view(*told: Any) -> dict[str, Any]:
    """What its writer is shown."""
    seen = shown(LETTER, after(*told), wording=datafiles.categories())
    return seen.model_dump(mode="json")


def steps(*told: Any) -> list[str]:
    return [one.what for one in after(*told).history]


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
def test_a_letter_that_is_handed_back_is_being_assigned_and_no_more_is_said(
    back: tuple[Fact, ...],
) -> None:
    seen = view(received(), routed(), *back)
    assert (seen["state_zh"], seen["bureau"]) == ("正在确定承办单位", None)
    assert [one["what"] for one in seen["history"]][2:] == ["triage.entered"]
    assert "concerns_holder" not in str(seen)
    assert "other_place" not in str(seen)


def test_a_letter_may_be_assigned_again_and_again() -> None:
    assert steps(received(), ENTERED, routed(), RETURNED, ENTERED, routed(assignment=2)) == [
        "letter.received",
        "triage.entered",
        "letter.routed",
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
    assert seen["is_supervised"]
    assert "escalation" not in str(seen)


def test_a_refusal_sent_back_to_triage_is_being_assigned() -> None:
    assert steps(fact(ReplySentBack, **TRIAGE, to_state="triage")) == ["triage.entered"]


def test_no_writer_sees_an_id_of_staff() -> None:
    for told in (ASKED, routed(), replied(), DECLINED, MADE):
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
    more = AddToLetter(OWNER, "r-b", SAID)
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


# --- answers -----------------------------------------------------------------------------------

DECLINED = fact(
    LetterDeclined,
    state="declined",
    decline_reason="outside_jurisdiction",
    where_to_turn="12345",
    appeal_by=date(2026, 12, 24),
    words=ReplyText(text="不属于公安机关职责。"),
)


def test_a_reply_says_until_when_it_may_be_rated_or_reopened() -> None:
    rating = clock("rating", "started", date(2026, 12, 24))
    answer = after(replied().model_copy(update={"clocks": (rating,)})).answer
    assert answer is not None
    assert answer.answer_by == date(2026, 12, 24)


def test_a_refusal_says_why_where_to_turn_and_until_when_to_appeal() -> None:
    seen = view(received(), routed(), DECLINED)
    assert seen["state"] == "declined"
    assert seen["reply"] == {
        "text": "不属于公安机关职责。",
        "outcome": None,
        "replied_at": "2026-11-24T04:00:00Z",
        "bureau": "guangzhou",
        "decline_reason": "outside_jurisdiction",
        "decline_reason_zh": "不属于公安机关职责",
        "where_to_turn": "12345",
        "answer_by": "2026-12-24",
    }


def test_an_appeal_is_done_and_the_letter_is_being_assigned() -> None:
    appealed = fact(AppealMade, **TRIAGE, declined_by="guangzhou")
    seen = view(DECLINED, AskAppeal(OWNER, "r-c", SAID), appealed, ENTERED)
    assert (seen["state"], seen["bureau"]) == ("triage", None)
    assert [one["status"] for one in seen["requests"]] == ["done"]
    assert seen["reply"]["decline_reason"] == "outside_jurisdiction"


def test_a_reopened_letter_keeps_its_reply_and_gets_another() -> None:
    again = fact(LetterReopened, time=1)
    second = replied("第二次答复").model_copy(update={"reply": 2})
    told = (replied(), AskReopening(OWNER, "r-d", SAID), again)
    between, then = view(*told), view(*told, second)
    assert (between["state"], between["reopened"]) == ("handling", 1)
    assert [one["status"] for one in between["requests"]] == ["done"]
    assert len(between["replies"]) == 1
    assert [one["text"] for one in then["replies"]] == [
        view(replied())["reply"]["text"],
        "第二次答复",
    ]
    assert then["reply"] == then["replies"][-1]


def test_a_letter_says_why_it_was_closed_until_it_is_reopened() -> None:
    silent = fact(LetterClosed, state="closed", why="silence")
    assert view(replied(), silent)["why_closed"] == "silence"
    assert view(replied(), silent, fact(LetterReopened, time=1))["why_closed"] is None


def test_a_withdrawal_is_done() -> None:
    seen = view(AskWithdrawal(OWNER, "r-e", "settled"), withdrawn())
    assert (seen["state"], seen["requests"][0]["status"]) == ("withdrawn", "done")


# --- promises ----------------------------------------------------------------------------------

MADE = fact(
    CommitmentMade,
    state="replied",
    commitment=1,
    due_on=date(2026, 12, 31),
    words=Note(text="年底前修好"),
)
ANOTHER = MADE.model_copy(update={"commitment": 2, "due_on": date(2027, 1, 31)})
BROKEN = fact(
    LetterEscalated,
    state="closed",
    clock="commitment",
    round=1,
    level="red",
    due_on=date(2026, 12, 31),
)


def kept(how: str) -> CommitmentFulfilled:
    """The first promise was kept."""
    return fact(
        CommitmentFulfilled, state="closed", commitment=1, kept=how, words=Note(text="已修好")
    )


def test_a_promise_is_open_broken_or_kept_each_by_itself() -> None:
    assert view(replied(), MADE, ANOTHER)["promises"][0] == {
        "commitment": 1,
        "text": "年底前修好",
        "due_on": "2026-12-31",
        "standing": "open",
        "evidence": None,
    }
    for told, standing in (
        ((BROKEN,), "broken"),
        ((kept("in_time"),), "in_time"),
        ((BROKEN, kept("late")), "late"),
    ):
        promises = view(replied(), MADE, ANOTHER, *told)["promises"]
        assert [one["standing"] for one in promises] == [standing, "open"]
    assert view(MADE, kept("late"))["promises"][0]["evidence"] == "已修好"


def test_instants_are_those_as_of_which_a_fact_counts() -> None:
    at = NOON + timedelta(hours=3)
    story = given().when(submit(), note(ASKED, at=at))
    letter = letter_of(story.state)
    assert (letter.questions[0].asked_at, letter.history[0].at) == (at, at)
