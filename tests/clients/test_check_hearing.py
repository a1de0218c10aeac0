"""Records of the system under check are read as strictly as the contract requires."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.bureau._cli.key_command import new_key
from clients.bureau.action_records import Made, draft, promise, record_of, with_id
from clients.bureau.check.faults import FAULTS
from clients.bureau.check.hearing import Ear, kid_of
from clients.bureau.check.keyring import sealers
from clients.bureau.check.refusing import OF_FAULTS
from clients.bureau.check.transcript import HeardRecord
from clients.bureau.public_keys import PublicKeys
from clients.bureau.sealing import Keys
from shared.contracts import actions_v1 as v1
from shared.contracts.envelope import KafkaRecord
from shared.contracts.event import Action
from shared.contracts.topics import actions_of
from tests.clients.making import Fetched
from tests.clients.transcripts import CAST, NOW

LETTER, CODE = CAST.letter("words"), CAST.code("words")
KID, KEY = new_key("router")
THEIRS = sealers({KID: KEY})[KID]
EAR = Ear("foshan", Keys({KID: KEY}, PublicKeys()), frozenset({CODE, CAST.code("normal")}))
TOPIC = actions_of("foshan").name
MADE = Made(made_at=NOW, staff="s-1")
ACCEPTED = b"gd.mailbox.letter.accepted.v1"
Change = Callable[[KafkaRecord], KafkaRecord]


def sent(action: Action, *, keys: Keys = THEIRS, letter: str = LETTER) -> KafkaRecord:
    named = with_id(action, bureau="foshan", letter=letter)
    return record_of(named, bureau="foshan", letter=letter, keys=keys)


def ear(record: KafkaRecord, *, partition: int = 0) -> HeardRecord:
    key, value, headers = record
    heard, _ = EAR.hear(Fetched(TOPIC, partition, 7, key, value, headers), now=NOW)
    return heard


def note(text: str = f"代码 {CODE}") -> Action:
    return draft(v1.Note, 2, text=text, **MADE)


def with_value(record: KafkaRecord, **fields: Any) -> KafkaRecord:
    value = {**json.loads(record.value), **fields}
    return record._replace(value=json.dumps(value).encode())


def with_header(record: KafkaRecord, name: str, raw: bytes | None) -> KafkaRecord:
    kept = [(each, old) for each, old in record.headers if each != name]
    return record._replace(headers=[*kept, *([(name, raw)] if raw is not None else [])])


def test_a_right_action_has_no_fault_and_leaves_only_codes_behind() -> None:
    heard = ear(sent(note()), partition=2)
    assert heard.faults == ()
    assert (heard.letter, heard.kind, heard.assignment) == (LETTER, "note", 2)
    assert (heard.partition, heard.offset) == (2, 7)
    assert heard.quotes == {CODE}
    assert heard.kids == {KID}
    assert "代码" not in repr(heard)


def test_the_same_thing_has_the_same_content_whoever_and_whenever_asks() -> None:
    later = Made(made_at=NOW - timedelta(hours=1), staff="s-2")
    assert (
        ear(sent(note())).content
        == ear(sent(draft(v1.Note, 2, text=f"代码 {CODE}", **later))).content
    )
    others = [
        note("别的"),
        draft(v1.Note, 3, text=f"代码 {CODE}", **MADE),
        draft(v1.Accept, 2, **MADE),
    ]
    contents = {ear(sent(each)).content for each in [note(), *others]}
    assert len(contents) == 4
    assert ear(sent(note(), letter=CAST.letter("normal"))).content not in contents


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda one: one._replace(value=b"{"), "bad_json"),
        (lambda one: one._replace(value=b"[]"), "bad_value"),
        (lambda one: one._replace(value=b"\xff{}"), "not_utf8"),
        (lambda one: one._replace(key=b"other"), "wrong_subject"),
        (lambda one: one._replace(value=b" " * 262_145), "too_large"),
        (lambda one: with_value(one, assignment="2"), "bad_value"),
        (lambda one: with_value(one, staff="张三"), "bad_value"),
        (lambda one: with_value(one, made_at="2026-11-24T04:00:00"), "bad_value"),
        (lambda one: with_value(one, words={"text": "路灯"}), "clear_words"),
        (lambda one: with_value(one, words="路灯"), "clear_words"),
        (lambda one: with_value(one, words={"router": "路灯"}), "clear_words"),
        (lambda one: with_value(one, words=None), "no_words"),
        (lambda one: with_header(one, "ce_id", b"1"), "bad_id"),
        (lambda one: with_header(one, "ce_type", None), "bad_headers"),
        (lambda one: with_header(one, "ce_time", b"today"), "bad_headers"),
        (lambda one: with_header(one, "ce_specversion", b"0.3"), "bad_headers"),
        (lambda one: with_header(one, "ce_sequence", b"1"), "bad_sequence"),
        (lambda one: with_header(one, "ce_type", b"gd.mailbox.action.shout.v1"), "unknown_type"),
        (lambda one: with_header(one, "ce_type", ACCEPTED), "not_this_topic"),
        (lambda one: with_header(one, "traceparent", b"00-1"), "traced"),
        (lambda one: with_header(one, "ce_letterversion", b"3"), "traced"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_record_is_named(change: Change, fault: str) -> None:
    assert ear(change(sent(note()))).faults == (fault,)


def test_words_must_be_for_the_router_under_a_key_it_has_announced() -> None:
    sealed = json.loads(sent(note()).value)["words"]["router"]
    record = sent(note())
    assert ear(with_value(record, words={"router": sealed, "bureau:foshan": sealed})).faults == ()
    for readers in ({"bureau:foshan": sealed}, {"router": sealed, "intake": sealed}):
        assert "wrong_reader" in ear(with_value(record, words=readers)).faults
    stranger, key = new_key("router")
    assert ear(sent(note(), keys=sealers({stranger: key})[stranger])).faults == ("unknown_key",)
    other = json.loads(sent(note(), letter=CAST.letter("normal")).value)["words"]["router"]
    assert ear(with_value(record, words={"router": other})).faults == ("wrong_header",)
    assert ear(with_value(record, words={"router": sealed[:-8] + "AAAAAAAA"})).faults == (
        "not_opened",
    )


def test_a_promise_and_a_finding_are_asked_for_where_they_are_due() -> None:
    reply = draft(v1.Reply, 2, text="已办理。", outcome="unfounded", **MADE)
    assert ear(sent(reply)).faults == ("no_finding",)
    promised = (promise(NOW.date(), "年底前。"),)
    promising = draft(
        v1.Reply, 2, text="已办理。", outcome="resolved", commitments=promised, **MADE
    )
    record = sent(promising)
    assert ear(record).faults == ()
    empty = [{"due_on": "2026-12-31", "words": None}]
    assert ear(with_value(record, commitments=empty)).faults == ("no_words",)
    clear = [{"due_on": "2026-12-31", "words": {"text": "年底前。"}}]
    assert ear(with_value(record, commitments=clear)).faults == ("clear_words",)
    assert ear(sent(note("   "))).faults == ("blank",)


def test_an_action_from_the_future_is_named_and_one_of_a_slightly_fast_clock_is_not() -> None:
    for minutes, faults in ((4, ()), (6, ("from_the_future",))):
        made = Made(made_at=NOW + timedelta(minutes=minutes), staff="s-1")
        assert ear(sent(draft(v1.Accept, 2, **made))).faults == faults


def test_what_can_not_be_read_is_still_told_apart_where_it_has_names() -> None:
    broken = sent(note())._replace(value=b"{")
    heard = ear(broken)
    assert heard.letter == LETTER
    assert heard.action_id == dict(broken.headers)["ce_id"].decode()
    assert heard.kind == ""
    nameless = ear(KafkaRecord(b"\xff", b"", []))
    assert (nameless.letter, nameless.action_id) == ("", "")


@pytest.mark.parametrize("envelope", ["", ".", "####.a", "W10.a", "eyJraWQi.a"])
def test_a_header_that_is_none_names_no_key(envelope: str) -> None:
    assert kid_of(envelope) == ""


def test_each_fault_is_explained_and_each_refusal_belongs_to_one() -> None:
    assert set(OF_FAULTS) <= set(FAULTS)
    for seen, rule in FAULTS.values():
        assert seen.zh
        assert rule.en


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["ce_id", "ce_type", "ce_subject", "ce_time", "content-type", "x"]),
        st.binary(max_size=40) | st.none(),
    ),
    max_size=8,
)


@given(
    key=st.binary(max_size=40) | st.none(),
    value=st.binary(max_size=80) | st.none(),
    headers=HEADERS,
)
def test_no_record_whatsoever_stops_the_check(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, Any]]
) -> None:
    heard, action = EAR.hear(Fetched(TOPIC, 0, 0, key, value, headers), now=NOW)
    assert action is None
    assert heard.faults
    assert set(heard.faults) <= set(FAULTS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(words=JSON, commitments=JSON)
def test_whatever_stands_in_place_of_words_is_named_and_never_opened(
    words: Any, commitments: Any
) -> None:
    record = sent(draft(v1.Reply, 2, text="已办理。", outcome="resolved", **MADE))
    faults = ear(with_value(record, words=words, commitments=commitments)).faults
    assert set(faults) & {"bad_value", "clear_words", "no_words"}
