"""Every kind of bad action is answered with its code, and changes nothing else.

The consumer, the letters and the rules are the router's; broker and database are doubles. Requests
at the desk are in `test_desk_rights`, and the bureau's error budget is in
`tests/shared/platform/consumer/test_consumer_held`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args
from uuid import UUID, uuid4

import pytest

from shared.contracts import actions_v1 as actions
from shared.contracts.envelope import MAX_RECORD
from shared.contracts.event import Action
from shared.contracts.progress_v1 import LetterAccepted
from shared.contracts.slugs import Bureau
from shared.contracts.topics import actions_of
from shared.contracts.vocabulary import ActionRefusal
from shared.contracts.words import Reason
from shared.kernel.letter_number import new_letter_number
from shared.platform.kafka.bus import Inbound
from shared.sealing.compact_jwe import close
from shared.sealing.envelopes import Address
from tests.router.office import accepting, replying, sent_action
from tests.router.story import LETTER, NOTE, OTHER, later
from tests.router.test_actions import ACCEPT, act
from tests.router.yard import VANDAL, VICTIM, VICTIM_TOPIC, Yard, arrived
from tests.support.sealed_shell import PRIVATE

NOBODY_S = new_letter_number(bytes(range(40, 50)))
"""A number that no letter has."""
USED = UUID(int=7, version=4)
"""Id of an action that was done."""
Change = Callable[[Inbound], Inbound]


def as_it_is(raw: Inbound) -> Inbound:
    return raw


@dataclass(frozen=True)
class Bad:
    """One action as received, and the answer to it."""

    code: ActionRefusal
    action: Action = ACCEPT
    change: Change = as_it_is
    before: tuple[Action, ...] = ()
    """Earlier actions of the holder."""
    by: Bureau = VICTIM
    letter: str = LETTER
    about: str = LETTER
    """The letter that the answer names."""
    is_numbered: bool = False
    detail: str | None = None

    def sent(self) -> Inbound:
        """The record."""
        return self.change(arrived(sent_action(self.action, self.by, letter=self.letter)))


def value(old: bytes, new: bytes) -> Change:
    """Change the content."""

    def change(raw: Inbound) -> Inbound:
        assert old in raw.value
        return replace(raw, value=raw.value.replace(old, new, 1))

    return change


def header(name: str, *said: bytes) -> Change:
    """Set the header wherever it occurs."""

    def change(raw: Inbound) -> Inbound:
        others = [one for one in raw.headers if one[0] != name]
        assert len(others) < len(list(raw.headers)) or said
        return replace(raw, headers=(*others, *((name, one) for one in said)))

    return change


def keyed(key: str) -> Change:
    """Under another letter's key, its header too."""
    return lambda raw: header("ce_subject", key.encode())(replace(raw, key=key.encode()))


def late(raw: Inbound) -> Inbound:
    """The broker received it weeks later, whatever the bureau's own clock says."""
    return replace(raw, appended_at=later(20))


def more_time(days: int, clock: str = "reply") -> Action:
    words = Reason(text="需现场勘查。")
    return act(actions.RequestExtension, clock=clock, days=days, reason="complex", words=words)


def padded(raw: Inbound) -> Inbound:
    return replace(raw, value=raw.value + b" " * MAX_RECORD)


def sealed_with(words: dict[str, object], **header_says: object) -> Change:
    """Words as a bureau's own software may seal them, right or wrong."""

    def change(raw: Inbound) -> Inbound:
        address = Address("router", LETTER, actions.Reply.type).header("router")
        content = json.dumps(words).encode()
        key = PRIVATE["router"]
        envelope = close(content, {**address, **header_says}, public=key)
        said = json.loads(raw.value) | {"words": {"router": envelope}}
        return replace(raw, value=json.dumps(said).encode())

    return change


def saying(text: str) -> Change:
    return sealed_with({"text": text})


UNREADABLE: dict[str, tuple[str, Change]] = {
    "no JSON": ("bad_json", lambda raw: replace(raw, value=raw.value[:-1])),
    "a member twice": ("bad_json", value(b"{", b'{"assignment":NaN,')),
    "no text": ("not_utf8", lambda raw: replace(raw, value=b"\xff\xfe")),
    "nothing": ("bad_json", lambda raw: replace(raw, value=b"")),
    "no headers": ("bad_headers", lambda raw: replace(raw, headers=())),
    "another envelope version": ("bad_headers", header("ce_specversion", b"0.3")),
    "another content type": ("bad_headers", header("content-type", b"application/avro")),
    "a header missing": ("bad_headers", header("ce_type")),
    "a header twice": (
        "bad_headers",
        header("ce_time", b"2026-11-23T02:00:00Z", b"2026-11-23T02:00:00Z"),
    ),
    "no time": ("bad_headers", header("ce_time", b"yesterday")),
    "a time elsewhere": ("bad_headers", header("ce_time", b"2026-11-23T10:00:00+08:00")),
    "a number, which only we give": ("bad_sequence", header("ce_sequence", b"1")),
    "a key that is not its subject": ("wrong_subject", header("ce_subject", OTHER.encode())),
    "an id that is not its action_id": ("bad_id", header("ce_id", str(uuid4()).encode())),
    "an event of ours": ("not_this_topic", header("ce_type", LetterAccepted.type.encode())),
    "a member missing": ("bad_value", value(b'"staff":"g-17"', b'"stuff":"g-17"')),
    "a number as text": ("bad_value", value(b'"assignment":1', b'"assignment":"1"')),
    "no such assignment number": ("bad_value", value(b'"assignment":1', b'"assignment":0')),
    "a staff id that is a query": ("bad_value", value(b'"g-17"', b'{"$gt":""}')),
    "a staff id that is a name": ("bad_value", value(b"g-17", "何田田".encode())),
}
WRONG_WORDS: dict[str, tuple[str, Change]] = {
    "words of another letter": ("header", keyed(OTHER)),
    "words for another reader": ("reader", value(b'{"router":', b'{"intake":')),
    "words that were changed": ("key", value(b'"}}', b'A"}}')),
    "words under a key that we never had": ("key", sealed_with({"text": "好"}, kid="router.9")),
    "words that name another reader": ("reader", sealed_with({"text": "好"}, reader="intake")),
    "words of another kind": ("content", sealed_with({"note": "好"})),
}
BAD_TEXTS: dict[str, tuple[str, str]] = {
    "a bell in a text": ("bad_characters", "已修复\u0007"),
    "a turned direction": ("bad_characters", "已\u202e修复"),
    "a text that shows nothing": ("blank", " \u3000"),
}

KINDS: dict[str, Bad] = {
    **{
        name: Bad("unreadable", change=change, detail=detail, is_numbered=True)
        for name, (detail, change) in UNREADABLE.items()
    },
    "clear words": Bad(
        "unreadable",
        replying(),
        lambda raw: replace(raw, value=_in_clear(raw.value)),
        is_numbered=True,
        detail="bad_value",
    ),
    "too large": Bad("too_large", change=padded, is_numbered=True),
    "another action": Bad("unknown_type", change=header("ce_type", b"gd.mailbox.action.sing.v1")),
    "another version": Bad(
        "unknown_type", change=header("ce_type", b"gd.mailbox.action.accept.v2")
    ),
    **{
        name: Bad(
            "bad_envelope",
            replying(),
            change,
            about=OTHER if "another letter" in name else LETTER,
            is_numbered=True,
            detail=detail,
        )
        for name, (detail, change) in WRONG_WORDS.items()
    },
    **{
        name: Bad("bad_value", replying(), saying(text), is_numbered=True, detail=detail)
        for name, (detail, text) in BAD_TEXTS.items()
    },
    "a text that is too long": Bad(
        "bad_envelope", replying(), saying("字" * 20_001), is_numbered=True, detail="length"
    ),
    "another bureau's letter": Bad("not_held", by=VANDAL),
    "in another bureau's name": Bad(
        "unreadable",
        change=header("ce_source", b"/bureaus/guangzhou"),
        by=VANDAL,
        detail="wrong_source",
    ),
    "under another bureau's action_id": Bad(
        "not_held", accepting(action_id=USED), before=(accepting(action_id=USED),), by=VANDAL
    ),
    "a letter that nobody knows": Bad("not_held", letter=NOBODY_S, about=NOBODY_S),
    "a key that is no letter's number": Bad("not_held", letter="15400010001", about="unknown"),
    "another holding": Bad("stale_assignment", accepting(2), is_numbered=True),
    "a remembered id with other content": Bad(
        "id_reused",
        replying(action_id=USED),
        before=(accepting(action_id=USED),),
        is_numbered=True,
    ),
    "not in this state": Bad("out_of_order", replying(), is_numbered=True),
    "once more": Bad("out_of_order", accepting(), before=(ACCEPT,), is_numbered=True),
    "no words": Bad("bad_value", replying(words=None), before=(ACCEPT,), is_numbered=True),
    "a clock that nobody makes longer": Bad(
        "not_allowed", more_time(1, "rating"), before=(ACCEPT,), is_numbered=True
    ),
    "more than there is": Bad("limit", more_time(300), before=(ACCEPT,), is_numbered=True),
    "too late": Bad(
        "too_late",
        act(actions.Return, reason="other_place", suggestion="foshan", words=NOTE),
        late,
        is_numbered=True,
    ),
}


def _in_clear(sealed: bytes) -> bytes:
    head, _, _ = sealed.partition(b'"words":')
    return head + b'"words":{"text":"' + "已修复".encode() + b'"}}'


@pytest.mark.parametrize("name", KINDS)
async def test_its_bureau_is_told_and_nothing_is_changed(yard: Yard, name: str) -> None:
    bad, topic = KINDS[name], actions_of(KINDS[name].by).name
    async with yard.consuming():
        for count, action in enumerate(bad.before, start=1):
            yard.act(action, LETTER)
            await yard.until_done(VICTIM_TOPIC, count)
        about, other = (OTHER, LETTER) if bad.about == OTHER else (LETTER, OTHER)
        before, rest = await yard.letter(about), yard.document(other)
        kept, done, told = yard.document(about), yard.done(topic), len(yard.answers(bad.by))
        for again in (1, 2):
            yard.broker.put(bad.sent())
            await yard.until_done(topic, done + again)
    assert await yard.letter(about) == before
    assert yard.document(other) == rest
    assert (yard.document(about) == kept) != bad.is_numbered
    assert set(yard.shelf.documents.kept) == {LETTER, OTHER}
    assert yard.parked.kept == {}
    refusals = yard.answered(bad.by)[told:]
    assert {one.data.code for one in refusals} == {bad.code}
    assert {one.data.detail for one in refusals} == {bad.detail}
    assert {one.subject for one in refusals} == {bad.about}
    for one in refusals:
        assert (one.sequence is not None) == bad.is_numbered
        stands = (before.state, before.assignment) if bad.is_numbered else (None, None)
        assert (one.data.state, one.data.assignment) == stands


def test_each_code_has_a_kind() -> None:
    assert {bad.code for bad in KINDS.values()} == set(get_args(ActionRefusal))


async def test_a_refusal_names_the_action_whenever_its_id_can_be_read(yard: Yard) -> None:
    sent = arrived(sent_action(ACCEPT, VICTIM, letter=LETTER))
    unread = [
        value(b'"staff":"g-17"', b'"stuff":"g-17"')(sent),
        replace(sent, value=sent.value[:-1]),
        header("ce_type")(sent),
        replace(sent, value=b"{}"),
    ]
    async with yard.consuming():
        for count, raw in enumerate(unread, start=1):
            yard.broker.put(raw)
            await yard.until_done(VICTIM_TOPIC, count)
    ids = [one.data.action_id for one in yard.answered(VICTIM)]
    assert ids == [ACCEPT.action_id] * 3 + [None]
    assert [one.cause for one in yard.answered(VICTIM)][:3] == [str(ACCEPT.action_id)] * 3
    assert [one.sequence for one in yard.answered(VICTIM)] == [2, 3, 4, 5]


async def test_a_mended_action_is_decided_under_its_own_id(yard: Yard) -> None:
    sent = arrived(sent_action(ACCEPT, VICTIM, letter=LETTER))
    async with yard.consuming():
        yard.broker.put(replace(sent, value=sent.value[:-1]))
        await yard.until_done(VICTIM_TOPIC, 1)
        yard.broker.put(sent)
        await yard.until_done(VICTIM_TOPIC, 2)
    first, second = yard.answered(VICTIM)
    assert (first.data.code, first.data.action_id) == ("unreadable", ACCEPT.action_id)
    assert second.data.action_id == ACCEPT.action_id
    assert (await yard.letter(LETTER)).state == "handling"


async def test_junk_about_a_letter_is_remembered_up_to_a_limit(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.letters.letter_transaction.MOST_ACTIONS", 2)
    sent = arrived(sent_action(ACCEPT, VICTIM, letter=LETTER))
    async with yard.consuming():
        for count in range(1, 5):
            yard.broker.put(replace(sent, value=b"{" * count))
            await yard.until_done(VICTIM_TOPIC, count)
    assert len(yard.shelf.documents.kept[LETTER]["asked"]) == 2
    told = yard.answered(VICTIM)
    assert [one.sequence is None for one in told] == [False, False, True]
    assert {one.data.code for one in told} == {"unreadable"}
