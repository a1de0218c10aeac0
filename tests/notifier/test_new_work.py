"""New work is announced to one desk per event, once, by day, without words of the letter."""

import json
from datetime import date, datetime
from typing import Any, get_args

import pytest

from services.notifier.domain.deliveries import Delivery, MessageDetails, WorkMessage
from services.notifier.domain.delivery_queue import NoteDelivered
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.messages import text_of
from services.notifier.domain.progress import RecordProgress
from services.notifier.store import STATE
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    CommitmentFulfilled,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterPassedOn,
    LetterRecalled,
    LetterReclassified,
    LetterReopened,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterWithdrawn,
    NoteAdded,
    ReplySentBack,
    ReplySubmitted,
)
from shared.contracts.slugs import Holder
from shared.contracts.topics import PROGRESS
from shared.contracts.values import About
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from shared.kernel.offices import Offices
from shared.kernel.terms import DateRange, Term
from tests.notifier import story
from tests.notifier.story import DUE, LETTER, RULES, given, other, received, said, started
from tests.notifier.working import EXAMPLE, ScriptedGateway, delivering
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment

NOON = moment(24, 4)
"""12:00 in Guangdong."""
NIGHT, MORNING = moment(24, 15), moment(25, 1)
"""23:00, and 09:00 on the next day."""
TODAY = date(2026, 11, 24)

HEARD = received().model_copy(update={"clocks": (started(),)})
WORDS = "只在信里的字"


def routed(bureau: Holder = "guangzhou", assignment: int = 1) -> LetterRouted:
    return said(
        LetterRouted,
        state="routed",
        holder=bureau,
        assignment=assignment,
        bureau=bureau,
        category="request",
        masked=False,
        why="desk",
        clocks=(started("sign_in", round_=assignment),),
    )


PASSED_ON = said(LetterPassedOn, unit="traffic", police_type="traffic")
WAITS = started("signature", due_on=TODAY)
SUBMITTED = said(
    ReplySubmitted,
    state="signing",
    kind="reply",
    from_state="handling",
    outcome="resolved",
    signers=("chief", "supervisor"),
    clocks=(WAITS,),
    words=ReplyText(text=WORDS),
)
SIGNED = said(
    LetterSigned,
    state="signing",
    signer="chief",
    step=1,
    next="supervisor",
    clocks=(other("stopped", "signature"), started("signature", round_=2)),
)
SENT_BACK = said(
    ReplySentBack,
    to_state="handling",
    clocks=(other("stopped", "signature"),),
    words=Reason(text=WORDS),
)
ASKED = said(
    ExtensionRequested,
    clock="reply",
    days=5,
    reason="complex",
    clocks=(started("extension", due_on=TODAY),),
    words=Reason(text=WORDS),
)
INSTRUCTED = said(
    InstructionGiven,
    instruction=1,
    office="chief",
    answer_by=TODAY,
    clocks=(started("instruction", due_on=TODAY),),
    words=Note(text=WORDS),
)
REOPENED = said(
    LetterReopened,
    time=1,
    clocks=(other("stopped"), started("reopened_reply", due_on=TODAY)),
    words=WriterText(text=WORDS),
)


def hearing(*facts: Fact, at: datetime = NOON) -> NotifierLetter:
    return story.hearing(HEARD, *facts, at=at)


def works(letter: NotifierLetter) -> list[Delivery]:
    return [message for message in letter.deliveries if message.message in get_args(WorkMessage)]


def told(*facts: Fact, at: datetime = NOON) -> list[tuple[Any, ...]]:
    """Message, desk, bureau, unit and standing of all messages about new work."""
    return [
        (message.message, message.to.name, message.to.bureau, message.to.unit, message.standing)
        for message in works(hearing(*facts, at=at))
        if message.to is not None
    ]


@pytest.mark.parametrize(
    ("facts", "message", "desk", "by"),
    [
        ([routed()], "work_assigned", ("unit", "guangzhou", None), DUE),
        ([PASSED_ON], "work_assigned", ("unit", "guangzhou", "traffic"), DUE),
        ([SUBMITTED], "work_signature", ("chief", "guangzhou", None), TODAY),
        ([SIGNED], "work_signature", ("supervisor", "guangzhou", None), DUE),
        ([SENT_BACK], "work_sent_back", ("unit", "guangzhou", None), DUE),
        ([ASKED], "work_extension", ("chief", "guangzhou", None), TODAY),
        ([INSTRUCTED], "work_instruction", ("unit", "guangzhou", None), TODAY),
        ([REOPENED], "work_reopened", ("unit", "guangzhou", None), TODAY),
        ([PASSED_ON, REOPENED], "work_reopened", ("unit", "guangzhou", "traffic"), TODAY),
    ],
)
def test_new_work_is_announced_to_the_desk_that_has_to_act(
    facts: list[Fact], message: str, desk: tuple[str, str, str | None], by: date
) -> None:
    *_, delivery = works(hearing(*facts))
    assert told(*facts)[-1] == (message, *desk, "waiting")
    assert delivery.details.by == by
    assert (delivery.queued_at, delivery.try_at) == (NOON, NOON)
    assert delivery.id == f"{LETTER}/letters.progress/{LETTER}/{len(facts) + 1}/{desk[0]}"


@pytest.mark.parametrize(
    "fact",
    [
        said(LetterAccepted),
        said(NoteAdded, note=1),
        said(CommitmentFulfilled, commitment=1, kept="in_time"),
        said(ExtensionDecided, clock="reply", granted=False),
        SUBMITTED.model_copy(update={"signers": (), "clocks": ()}),
        SIGNED.model_copy(update={"next": None}),
    ],
)
def test_facts_without_work_are_not_announced(fact: Fact) -> None:
    assert told(fact) == []


# --- once --------------------------------------------------------------------------------------


def test_each_bureau_is_notified_of_its_own_holding() -> None:
    returned = said(
        LetterReturned,
        state="triage",
        holder="triage",
        from_bureau="guangzhou",
        reason="other_place",
    )
    assert told(routed(), returned, routed("foshan", 2)) == [
        ("work_assigned", "unit", "guangzhou", None, "dropped"),
        ("work_assigned", "unit", "foshan", None, "waiting"),
    ]


async def test_a_repeated_event_notifies_each_holder_of_the_office_once() -> None:
    async with memory_shell(RULES, at=NOON) as stage:
        await stage.hear(PROGRESS.name, LETTER, HEARD, routed())
        phone = ScriptedGateway(503, 202)
        for _ in range(3):
            again = stage.record(PROGRESS.name, LETTER, event=routed(), sequence=2)
            await stage.letters.process_batch([again])
            await delivering(stage, phone).deliver()
            stage.now.pass_by(minutes=1)
    keys = [request.headers["Idempotency-Key"] for request in phone.asked]
    name = f"{LETTER}/letters.progress/{LETTER}/2/unit/example-guangzhou-office"
    assert keys == [name, name], "put off once, and then taken"


# --- quiet hours -------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", [routed(), PASSED_ON, SUBMITTED, ASKED, INSTRUCTED, REOPENED])
def test_new_work_is_not_announced_at_night(fact: Fact) -> None:
    (message,) = works(hearing(fact, at=NIGHT))
    assert (message.queued_at, message.try_at) == (MORNING, MORNING)


WITHDRAWN = said(LetterWithdrawn, state="withdrawn", reason="settled", clocks=(other("stopped"),))
DECIDED = said(
    ExtensionDecided, clock="reply", granted=False, clocks=(other("stopped", "extension"),)
)


@pytest.mark.parametrize(
    ("work", "end"), [(routed(), WITHDRAWN), (SUBMITTED, SENT_BACK), (ASKED, DECIDED)]
)
def test_work_done_by_night_is_not_announced_in_the_morning(work: Fact, end: Fact) -> None:
    (message, *_) = works(hearing(work, end, at=NIGHT))
    assert message.standing == "dropped"


def test_a_letter_only_accepted_by_night_is_announced_in_the_morning() -> None:
    """A bureau's system may accept automatically, before its people have seen the letter."""
    accepted = said(LetterAccepted, clocks=(other("stopped", "sign_in"),))
    (message,) = works(hearing(routed(), accepted, at=NIGHT))
    assert message.standing == "waiting"


def test_an_instruction_that_waits_for_the_morning_goes_to_the_next_holder() -> None:
    assert told(INSTRUCTED, routed("foshan", 2), at=NIGHT) == [
        ("work_instruction", "unit", "foshan", None, "waiting"),
        ("work_assigned", "unit", "foshan", None, "waiting"),
    ]


def test_an_instruction_that_was_answered_goes_to_nobody_else() -> None:
    answered = said(InstructionAnswered, instruction=1, clocks=(other("stopped", "instruction"),))
    first, _ = told(INSTRUCTED, answered, routed("foshan", 2))
    assert first == ("work_instruction", "unit", "guangzhou", None, "dropped")


def test_a_delivered_message_about_work_is_not_dropped() -> None:
    name = f"{LETTER}/letters.progress/{LETTER}/2/unit"
    first = given.state(hearing(routed())).when(NoteDelivered(name)).state
    heard = RecordProgress(LETTER, WITHDRAWN, 3, f"letters.progress/{LETTER}/3", NOON)
    assert [message.standing for message in works(given.state(first).when(heard).state)] == [
        "delivered"
    ]


# --- complaints --------------------------------------------------------------------------------

DEPARTMENT = About(kind="bureau", level="province")
WITHIN = About(kind="unit", bureau="guangzhou", police_type="traffic")


def reclassified(about: About, *clocks: Any) -> LetterReclassified:
    return said(LetterReclassified, category="complaint", about=about, masked=True, clocks=clocks)


@pytest.mark.parametrize("holder", ["triage", "province"])
@pytest.mark.parametrize(
    "work", [routed("province"), PASSED_ON, SUBMITTED, SIGNED, SENT_BACK, ASKED, INSTRUCTED]
)
def test_only_the_named_are_notified_of_a_complaint_about_the_department(
    work: Fact, holder: Holder
) -> None:
    complaint = received(DEPARTMENT)
    found = told(complaint, work.model_copy(update={"holder": holder}))
    assert [message[1:] for message in found] == [("named", "province", None, "waiting")]


@pytest.mark.parametrize("work", [routed(), SENT_BACK, INSTRUCTED, REOPENED])
def test_the_inspection_is_notified_of_a_complaint_about_a_unit(work: Fact) -> None:
    found = told(received(WITHIN).model_copy(update={"clocks": (started(),)}), work)
    assert [message[1:4] for message in found] == [("unit", "guangzhou", "inspection")]


def test_the_inspection_is_notified_of_a_letter_that_becomes_a_complaint_about_a_unit() -> None:
    assert told(routed(), reclassified(WITHIN), reclassified(WITHIN)) == [
        ("work_assigned", "unit", "guangzhou", None, "dropped"),
        ("work_assigned", "unit", "guangzhou", "inspection", "waiting"),
    ]


@pytest.mark.parametrize("about", [DEPARTMENT, About(kind="bureau", bureau="guangzhou")])
def test_nobody_is_notified_of_work_on_a_complaint_about_them(about: About) -> None:
    recalled = said(
        LetterRecalled,
        state="triage",
        holder="triage",
        from_bureau="guangzhou",
        reason="concerns_holder",
        clocks=(other("stopped", "signature"),),
    )
    for work in (routed(), SUBMITTED, ASKED):
        facts = (work, reclassified(about), recalled, routed("province", 2))
        *others, last = told(*facts, at=NIGHT)
        assert {message[-1] for message in others} == {"dropped"}
        desk = "named" if about is DEPARTMENT else "unit"
        assert last == ("work_assigned", desk, "province", None, "waiting")


async def test_an_officer_is_not_notified_of_a_complaint_about_them() -> None:
    about = DEPARTMENT.model_copy(update={"officer": "s-1"})
    always = DateRange(date(2021, 1, 1))
    named = (Term("named", "province", None, staff, always) for staff in ("s-1", "s-2"))
    offices = Offices("test", False, {}, tuple(named))
    async with memory_shell(RULES, at=NOON) as stage:
        await stage.hear(PROGRESS.name, LETTER, received(about), routed("province"))
        phone = ScriptedGateway()
        await delivering(stage, phone, offices).deliver()
    assert [request.headers["Idempotency-Key"].rpartition("/")[2] for request in phone.asked] == [
        "s-2"
    ]


# --- without words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "work", [routed(), PASSED_ON, SUBMITTED, SIGNED, SENT_BACK, ASKED, INSTRUCTED, REOPENED]
)
async def test_a_message_about_work_holds_no_words_and_nothing_of_the_writer(work: Fact) -> None:
    async with memory_shell(RULES, at=NOON) as stage:
        await stage.hear(PROGRESS.name, LETTER, HEARD, work)
        phone = ScriptedGateway()
        await delivering(stage, phone, EXAMPLE).deliver()
        state = await stage.letters.state(LETTER)
    assert state is not None
    (message,) = works(state)
    about = message.details
    assert about == MessageDetails(by=about.by, clock=about.clock, round=about.round)
    text = text_of(message, "zh", letter=LETTER, where="https://desk.example")
    assert all(part in text for part in (LETTER, str(about.by), "https://desk.example"))
    assert phone.asked
    for request in phone.asked:
        body = json.loads(request.read())
        assert (body["text"], body["channel"]) == (text, "staff")
        assert WORDS not in str(body)


def test_a_letter_stored_by_an_older_version_is_upgraded() -> None:
    """A document of an older version has no work messages; past work isn't announced."""
    old = STATE.dump_python(hearing(), mode="json")
    letter = STATE.validate_python(old)
    heard = RecordProgress(LETTER, PASSED_ON, 2, f"letters.progress/{LETTER}/2", NOON)
    story = given.state(letter).when(heard)
    assert [message.message for message in works(story.state)] == ["work_assigned"]
    fired = story.when(FireClocks(moment(26)))
    assert STATE.validate_python(STATE.dump_python(fired.state, mode="json")) == fired.state
