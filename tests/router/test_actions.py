"""Every action of bureaus and every request of writers through the shell, with its effects."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.router.domain.letter import Letter
from shared.contracts import actions_v1 as actions
from shared.contracts import submitted_v1 as intake
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.catalogue import ACTIONS
from shared.contracts.event import Action, Event
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.topics import PROGRESS, PUBLISHED, SUBMITTED, letters_of
from shared.contracts.values import Promise
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from tests.router.office import Office
from tests.router.story import ATTACHMENT, LETTER, MONDAY, NOTE, OTHER, REPLY, receive
from tests.support.sealed_shell import name_of, opened

GUANGZHOU = letters_of("guangzhou").name
TEXT = WriterText(text="补充说明。", own_spans=())


def act(asks: type[Action], /, **over: Any) -> Action:
    """An action as a bureau's system sends it."""
    fields = {"action_id": uuid4(), "assignment": 1, "made_at": MONDAY, "staff": "g-17"}
    return asks.model_validate(fields | over)


PROMISING = act(
    actions.Reply,
    outcome="resolved",
    words=REPLY,
    commitments=(Promise(due_on=date(2026, 12, 31), words=NOTE),),
)
ACCEPT = act(actions.Accept)
DECLINE = act(
    actions.Decline,
    decline_reason="no_content",
    where_to_turn=None,
    words=ReplyText(text="无内容。"),
)
PASS_ON = act(actions.PassOn, unit="u-1", police_type="traffic")
ASK = act(actions.Ask, words=NOTE)
WAYS: list[tuple[list[Action], Action, list[str]]] = [
    ([], ACCEPT, ["letter.accepted"]),
    (
        [],
        act(actions.Return, reason="other_place", suggestion="foshan", words=NOTE),
        ["letter.returned", "triage.entered"],
    ),
    ([], DECLINE, ["reply.submitted"]),
    ([ACCEPT], PASS_ON, ["letter.passed_on"]),
    ([ACCEPT, PASS_ON], act(actions.UnitAccept, unit="u-1"), ["unit.accepted"]),
    ([], act(actions.Note, words=NOTE), ["note.added"]),
    ([ACCEPT], ASK, ["writer.asked"]),
    (
        [ACCEPT],
        act(
            actions.RequestExtension,
            clock="reply",
            days=2,
            reason="complex",
            words=Reason(text="复杂。"),
        ),
        ["extension.requested"],
    ),
    ([ACCEPT], PROMISING, ["reply.submitted", "letter.replied", "commitment.made"]),
    (
        [ACCEPT, PROMISING],
        act(actions.Fulfil, commitment=1, words=NOTE),
        ["commitment.fulfilled"],
    ),
    ([], act(actions.Link, kind="duplicate", **{"with": OTHER}), ["letter.linked"]),
    ([ACCEPT, PROMISING], act(actions.ProposePublication), ["publication.proposed"]),
]


@pytest.mark.parametrize(
    ("before", "action", "becomes"), WAYS, ids=[type(way[1]).__name__ for way in WAYS]
)
async def test_an_action_becomes_a_fact_and_is_answered(
    desk: Office, before: list[Action], action: Action, becomes: list[str]
) -> None:
    await desk.receive(told=receive())
    for one in before:
        await desk.act(one)
    told = len(desk.shelf.said(PROGRESS.name))
    await desk.act(action)
    assert desk.shelf.said_types(PROGRESS.name)[told:] == becomes
    answer = desk.shelf.said(GUANGZHOU)[-1].data
    assert isinstance(answer, ActionApplied)
    assert (answer.action_id, name_of(answer.resulting)) == (action.action_id, becomes[0])
    assert (answer.assignment, answer.by.staff) == (1, None)
    said = desk.shelf.said(PROGRESS.name)[told]
    assert (said.data.at, said.data.by.staff) == (desk.shelf.now(), "g-17")


def test_every_action_has_its_way() -> None:
    done = {type(action) for _, action, _ in WAYS}
    assert ACTIONS - done == {actions.AnswerInstruction, actions.RequestResend}


async def test_what_follows_a_return_is_not_told_to_who_returned_it(desk: Office) -> None:
    await desk.receive(told=receive("guangzhou", addressed_to="foshan"))
    await desk.route(LETTER, "guangzhou")
    await desk.act(act(actions.Return, reason="other_place", suggestion="foshan"))
    letter = await desk.letter()
    assert (letter.holder, letter.assignment) == ("foshan", 2)
    applied = desk.shelf.said(GUANGZHOU)[-1].data
    assert (applied.state, applied.holder, applied.assignment) == ("triage", "triage", 1)
    assert desk.shelf.said_types(GUANGZHOU) == [
        "letter.assigned",
        "assignment.ended",
        "action.applied",
    ]
    assert desk.shelf.said_types(letters_of("foshan").name) == ["letter.assigned"]


async def test_an_instruction_is_answered_on_the_topic(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.act(act(actions.AnswerInstruction, instruction=1, words=NOTE))
    refused = desk.shelf.said(GUANGZHOU)[-1].data
    assert isinstance(refused, ActionRefused)
    assert refused.code == "bad_value"


# --- writers -------------------------------------------------------------------------------------

REQUESTS: list[tuple[list[Action], Event, list[str]]] = [
    (
        [ACCEPT, ASK],
        intake.AnswerSubmitted(request_id="r-1", question=1, words=TEXT, attachments=(ATTACHMENT,)),
        ["writer.answered"],
    ),
    ([], intake.AdditionSubmitted(request_id="r-1", words=TEXT), ["letter.added_to"]),
    (
        [ACCEPT, PROMISING],
        intake.RatingSubmitted(request_id="r-1", solved=True, score=5),
        ["letter.rated", "letter.closed"],
    ),
    (
        [ACCEPT, PROMISING],
        intake.ReopeningRequested(request_id="r-1", words=TEXT),
        ["letter.reopened"],
    ),
    ([], intake.AppealRequested(request_id="r-1", words=TEXT), ["request.refused"]),
    ([], intake.WithdrawalRequested(request_id="r-1", reason="mistake"), ["letter.withdrawn"]),
]


@pytest.mark.parametrize(
    ("before", "request_", "becomes"), REQUESTS, ids=[type(way[1]).__name__ for way in REQUESTS]
)
async def test_a_request_becomes_a_fact_that_names_it_as_its_cause(
    desk: Office, before: list[Action], request_: Event, becomes: list[str]
) -> None:
    await desk.receive(told=receive())
    for one in before:
        await desk.act(one)
    told = len(desk.shelf.said(PROGRESS.name))
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, request_)
    said = desk.shelf.said(PROGRESS.name)[told:]
    assert [name_of(one.type) for one in said] == becomes
    assert {one.cause for one in said} == {f"{SUBMITTED.name}/{LETTER}/2"}
    if hasattr(said[0].data, "words") and said[0].data.words:
        assert opened(said[0], "router").words == TEXT


async def test_words_of_writers_go_to_the_holder_sealed_for_it_alone(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.shelf.hear_events(
        SUBMITTED.name, LETTER, intake.AdditionSubmitted(request_id="r-1", words=TEXT)
    )
    copy = desk.shelf.said(GUANGZHOU)[-1]
    assert set(copy.data.words) == {"bureau:guangzhou"}
    assert opened(copy, "bureau:guangzhou").words == TEXT


async def test_a_question_goes_to_intake_and_an_answer_of_erased_words_is_read(
    desk: Office,
) -> None:
    await desk.receive(told=receive())
    for action in (ACCEPT, ASK):
        await desk.act(action)
    asked = desk.shelf.said(PROGRESS.name)[-1]
    assert opened(asked, "intake").words == NOTE
    erased = intake.AnswerSubmitted(request_id="r-1", question=1, words=None)
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, erased)
    assert (await desk.letter()).state == "handling"


# --- other services ------------------------------------------------------------------------------


async def test_a_file_that_may_do_harm_and_what_is_erased_are_gone(desk: Office) -> None:
    await desk.receive(told=receive())
    scan = intake.AttachmentScanned(attachment=ATTACHMENT.id, outcome="refused")
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, scan)
    assert (await desk.letter()).checked_files == ((ATTACHMENT.id, "refused"),)
    erase = intake.LetterErased(what=("words",), rule="letters.five_years")
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, erase)
    assert (await desk.letter()).words, "not before it has ended"
    withdrawal = intake.WithdrawalRequested(request_id="r-1", reason="mistake")
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, withdrawal, erase)
    assert (await desk.letter()).words is None


async def test_a_publication_is_told_to_the_bureau_alone(desk: Office) -> None:
    await desk.receive(told=receive())
    for action in (ACCEPT, PROMISING):
        await desk.act(action)
    before = desk.shelf.said_types(PROGRESS.name)
    published = LetterPublished(
        publication="p-1", path="/publications/p-1", published_at=desk.shelf.now()
    )
    await desk.shelf.hear_events(PUBLISHED.name, LETTER, published)
    assert desk.shelf.said_types(GUANGZHOU)[-1] == "publication.noted"
    assert desk.shelf.said_types(PROGRESS.name) == before


async def test_what_intake_tells_others_is_no_business_of_the_router_s(desk: Office) -> None:
    await desk.receive(told=receive())
    before = await desk.letter()
    others: tuple[Event, ...] = (
        intake.ConsentChanged(to_publish=False),
        intake.ContactChanged(),
        intake.AttachmentFetched(attachment="a-1", bureau="guangzhou", assignment=1),
    )
    await desk.shelf.hear_events(SUBMITTED.name, LETTER, *others)
    assert await desk.letter() == before
    assert desk.shelf.documents.kept[LETTER]["seen"]["submitted"] == 4


@pytest.mark.parametrize("count", [25])
async def test_the_words_of_notes_are_in_the_log_and_not_in_the_state(
    desk: Office, count: int
) -> None:
    await desk.receive(told=receive())
    long = Note(text="长" * 4_000)
    before = len(str(desk.shelf.documents.kept[LETTER]["state"]))
    for _ in range(count):
        await desk.act(act(actions.Note, words=long))
    after = len(str(desk.shelf.documents.kept[LETTER]["state"]))
    assert after - before < 100
    letter = await desk.letter()
    assert isinstance(letter, Letter)
    assert letter.notes == count
