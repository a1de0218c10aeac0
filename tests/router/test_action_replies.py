"""The answers that a bureau gets to its actions, and those that it doesn't get."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.router import handlers
from services.router.domain.letter import LetterState
from services.router.handlers import action_replies as answers_of
from shared.contracts.actions_v1 import RequestExtension
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.envelope import Unreadable, envelope
from shared.contracts.topics import DEADLINES, PROGRESS, actions_of, letters_of
from shared.contracts.words import ReplyText
from shared.kernel.errors import LimitReached, NotHeld, Refused
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.service_decider import Outgoing, Record
from tests.router.office import Office, accepting, replying, sent_action
from tests.router.story import LETTER, MONDAY, OTHER, at, given, receive
from tests.support.sealed_shell import name_of, opened

GUANGZHOU, FOSHAN = letters_of("guangzhou").name, letters_of("foshan").name


def answers(
    outcome: tuple[Any, ...] | Refused,
    state: LetterState,
    topic: str = actions_of("guangzhou").name,
    letter: str = LETTER,
) -> list[Outgoing]:
    said = envelope(topic, letter, data=accepting(), time=MONDAY)
    raw = Inbound(topic, 2, 7, MONDAY, letter.encode(), b"{}", ())
    return list(handlers.answer(Record(said, raw), outcome, state=state))


@pytest.mark.parametrize("state", [given().state, at("routed").state])
def test_who_does_not_hold_a_letter_hears_the_same_of_unknown_and_foreign_ones(
    state: LetterState,
) -> None:
    (out,) = answers(NotHeld(), state, actions_of("foshan").name)
    assert isinstance(out.event, ActionRefused)
    assert (out.topic, out.is_sequenced) == (FOSHAN, False)
    assert (out.event.code, out.event.state, out.event.assignment) == ("not_held", None, None)


@pytest.mark.parametrize("code", sorted(answers_of.REFUSALS))
def test_the_holder_is_told_why_not_and_how_things_stand(code: str) -> None:
    refusal = type("Any", (Refused,), {"status": 409, "code": code})
    (out,) = answers(refusal(), at("handling").state)
    assert isinstance(out.event, ActionRefused)
    assert (out.topic, out.is_sequenced) == (GUANGZHOU, True)
    assert (out.event.code, out.event.state, out.event.assignment) == (code, "handling", 1)


def test_a_refusal_of_a_letter_that_another_holds_tells_nothing_of_it() -> None:
    (out,) = answers(LimitReached(), at("handling").state, actions_of("foshan").name)
    assert isinstance(out.event, ActionRefused)
    assert (out.topic, out.is_sequenced) == (FOSHAN, False)
    assert (out.event.code, out.event.state, out.event.assignment) == ("not_held", None, None)


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        (LETTER, LETTER),
        (OTHER, OTHER),
        ("15400010001", "unknown"),
        ("Chen.Xiaohe", "unknown"),
        (LETTER.lower(), "unknown"),
    ],
)
def test_a_key_that_is_no_letter_number_is_not_repeated(key: str, subject: str) -> None:
    (out,) = answers(NotHeld(), given().state, letter=key)
    assert out.subject == subject
    assert isinstance(out.event, ActionRefused)
    assert out.event.action_id is not None


def test_records_of_our_own_topics_get_no_answer() -> None:
    assert answers((), at("handling").state, DEADLINES.name) == []


async def refusals(desk: Office, topic: str = GUANGZHOU) -> list[tuple[str, bool]]:
    said = [one for one in desk.shelf.said(topic) if isinstance(one.data, ActionRefused)]
    return [(one.data.code, one.sequence is not None) for one in said]


async def test_a_letter_goes_its_way_and_every_action_is_answered(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.act(accepting())
    await desk.act(replying())
    letter = await desk.letter()
    assert (letter.state, letter.holder, letter.replies) == ("replied", "guangzhou", 1)
    assert desk.shelf.said_types(PROGRESS.name) == [
        "letter.received",
        "letter.routed",
        "letter.accepted",
        "reply.submitted",
        "letter.replied",
    ]
    assert desk.shelf.said_types(GUANGZHOU) == [
        "letter.assigned",
        "letter.accepted",
        "action.applied",
        "letter.replied",
        "action.applied",
    ]
    applied = [one.data for one in desk.shelf.said(GUANGZHOU) if "applied" in one.type]
    assert all(isinstance(one, ActionApplied) for one in applied)
    resulting = [name_of(one.resulting) for one in applied]
    assert resulting == ["letter.accepted", "reply.submitted"]


async def test_words_on_the_bureaus_topic_open_for_that_bureau_alone(desk: Office) -> None:
    await desk.receive(told=receive())
    (assigned,) = desk.shelf.said(GUANGZHOU)
    assert opened(assigned, "bureau:guangzhou").words == receive().letter.words
    assert set(assigned.data.words) == {"bureau:guangzhou"}


async def test_the_same_action_again_is_answered_again_and_done_once(desk: Office) -> None:
    await desk.receive(told=receive())
    action = accepting()
    await desk.act(action)
    before = list(desk.shelf.said(GUANGZHOU))
    await desk.act(action)
    assert desk.shelf.said(GUANGZHOU) == before
    await desk.act(replying(action_id=action.action_id))
    assert await refusals(desk) == [("id_reused", True)]


async def test_each_refusal_reaches_the_bureau(desk: Office) -> None:
    await desk.receive(told=receive())
    await desk.act(replying())
    await desk.act(accepting(9))
    await desk.act(accepting())
    await desk.act(replying(words=None))
    more = RequestExtension(
        action_id=uuid4(),
        assignment=1,
        made_at=MONDAY,
        staff="g-17",
        clock="sign_in",
        days=1,
        reason="complex",
    )
    await desk.act(more)
    assert await refusals(desk) == [
        ("out_of_order", True),
        ("stale_assignment", True),
        ("bad_value", True),
        ("not_allowed", True),
    ]


async def test_strangers_hear_not_held_and_change_no_document(desk: Office) -> None:
    await desk.receive(told=receive())
    before = dict(desk.shelf.documents.kept)
    await desk.act(accepting(), "foshan")
    await desk.act(accepting(), "foshan", letter=OTHER)
    assert desk.shelf.documents.kept == before
    assert await refusals(desk, FOSHAN) == [("not_held", False), ("not_held", False)]
    assert len(desk.shelf.strangers.kept) == 2


@pytest.mark.parametrize("character", ["\n", '"', "𠮷"])
async def test_the_longest_reply_of_whatever_it_is_made_is_answered(
    desk: Office, character: str
) -> None:
    await desk.receive(told=receive())
    await desk.act(accepting())
    await desk.act(replying(words=ReplyText(text="好" + character * 19_999)))
    assert (await desk.letter()).state == "replied"
    assert await refusals(desk) == []


# --- actions of unknown kinds ------------------------------------------------------------------


async def unknown_action(desk: Office, action_id: str) -> None:
    record = sent_action(accepting())
    headers = dict(record.headers) | {
        "ce_id": action_id.encode(),
        "ce_type": b"gd.mailbox.action.sing.v1",
    }
    await desk.shelf.hear([replace(record, headers=tuple(headers.items()))])


@pytest.mark.parametrize("is_held", [True, False])
async def test_an_action_of_an_unknown_kind_is_refused_and_tells_nothing(
    desk: Office, is_held: bool
) -> None:
    if is_held:
        await desk.receive(told=receive())
    action_id = uuid4()
    await unknown_action(desk, str(action_id))
    refused = desk.shelf.said(GUANGZHOU)[-1]
    assert (refused.data.action_id, refused.data.code) == (action_id, "unknown_type")
    assert (refused.sequence, refused.data.state) == (None, None)


@pytest.mark.parametrize("action_id", ["x", "a.$b/c", "z" * 255])
async def test_an_action_of_an_unknown_kind_with_a_strange_id_is_unreadable(
    desk: Office, action_id: str
) -> None:
    with pytest.raises(Unreadable) as fault:
        await unknown_action(desk, action_id)
    assert fault.value.code == "bad_id"
