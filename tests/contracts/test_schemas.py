"""Two independent validators accept every schema, and the schemas say what the rules say.

jsonschema is written in Python, jsonschema-rs in Rust. Neither checks `format`.
"""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from shared.contracts import actions_v1 as actions
from shared.contracts.attributes import ALWAYS
from shared.contracts.catalogue import ACTIONS, EVENTS, TO_BUREAUS
from shared.contracts.envelope import Foreign, Unreadable, from_record
from shared.contracts.event import Event, kind_of_words
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.text import fault_of
from shared.contracts.words import Note, ReplyText
from shared.sealing.compact_jwe import header_of
from shared.sealing.envelopes import Opener, open_event
from tests.contracts.strategies import TYPES, example
from tools.asyncapi import asyncapi
from tools.bureau_examples import KEYS, OF_BUREAU, READER, SLUG, example_of, private_key
from tools.contracts import DOCS
from tools.schemas import (
    TEXT,
    fields_of_words,
    needs_words,
    plaintext_schema,
    plaintexts,
    published_schema,
)

Json = dict[str, Any]
Check = Callable[[Json, object], bool]
BUREAU = asyncapi("bureau")
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:[A-Za-z0-9._:-]+")
TO_AND_FRO = [event for event in EVENTS.values() if event in TO_BUREAUS | ACTIONS]
OPENER = Opener({holder: private_key(holder) for holder in KEYS})


def in_python(schema: Json, instance: object) -> bool:
    """Whether jsonschema takes it."""
    return bool(Draft202012Validator(schema).is_valid(instance))


def in_rust(schema: Json, instance: object) -> bool:
    """Whether jsonschema-rs takes it."""
    return _compiled(json.dumps(schema)).is_valid(instance)


@cache
def _compiled(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


VALIDATORS = pytest.mark.parametrize("check", [in_python, in_rust])


def record_of(said: Json) -> Foreign:
    """An example as it is on its topic."""
    message = shown(said)
    headers = [(name, value.encode()) for name, value in message["headers"].items()]
    value = json.dumps(said["data"]).encode()
    return Foreign(said["envelope"]["subject"].encode(), value, headers)


def shown(said: Json) -> Json:
    """The example as the bureau's document shows it."""
    name = EVENTS[said["envelope"]["type"]].__name__
    found: Json = BUREAU["components"]["messages"][name]["examples"][0]
    return found


def opened(event: type[Event]) -> Event:
    """The bureau's example with its words clear, or the router's view of an action."""
    said = example_of(event)
    letter, topic = said["envelope"]["subject"], said["topic"]
    data = from_record(record_of(said), topic=topic).data
    reader = "router" if event in ACTIONS else READER
    return open_event(data, OPENER, reader=reader, topic=topic, letter=letter)


def within(part: Json) -> Json:
    """A schema of the bureau's document, with all that it refers to."""
    return {**part, "components": BUREAU["components"]}


@VALIDATORS
@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_is_valid_and_lacks_nothing_that_is_required(
    check: Check, event_type: str
) -> None:
    schema, data = published_schema(EVENTS[event_type]), example(event_type)["data"]
    assert check(schema, data)
    for name in schema.get("required", ()):
        assert not check(schema, {other: held for other, held in data.items() if other != name})


@pytest.mark.parametrize("event_type", TYPES)
def test_a_schema_is_one_by_its_own_dialect(event_type: str) -> None:
    Draft202012Validator.check_schema(published_schema(EVENTS[event_type]))


@VALIDATORS
@pytest.mark.parametrize("kind", plaintexts(tuple(EVENTS.values())), ids=lambda kind: kind.__name__)
def test_every_plaintext_schema_compiles(check: Check, kind: Any) -> None:
    assert not check(plaintext_schema(kind), "a text and no object")


@pytest.mark.parametrize(
    "path", sorted(DOCS.rglob("schemas/**/*.json")), ids=lambda path: path.stem
)
def test_ids_are_urns(path: Any) -> None:
    said = json.loads(path.read_text("utf-8"))["$id"]
    assert URN.fullmatch(said)
    assert said.removeprefix("urn:gd-mailbox:").removeprefix("plaintext:") == path.stem


@VALIDATORS
@pytest.mark.parametrize("event", [*TO_AND_FRO, KeyChanged], ids=lambda event: event.__name__)
def test_a_bureau_s_example_is_valid_and_read_as_a_record(check: Check, event: type[Event]) -> None:
    message = BUREAU["components"]["messages"][event.__name__]
    said = message["examples"][0]
    assert check(within(message["payload"]), said["payload"])
    assert check(within(message["headers"]), said["headers"])
    for name in [*ALWAYS][1:]:
        fewer = {other: text for other, text in said["headers"].items() if other != name}
        assert not check(within(message["headers"]), fewer)
    from_record(record_of(example_of(event)), topic=example_of(event)["topic"])


@VALIDATORS
@pytest.mark.parametrize("event", TO_AND_FRO, ids=lambda event: event.__name__)
def test_a_bureau_s_example_has_no_staff_of_ours_and_opens_with_the_published_keys(
    check: Check, event: type[Event]
) -> None:
    said = example_of(event)
    assert said["topic"] == f"bureau.{SLUG}.{'actions' if event in ACTIONS else 'letters'}"
    assert event in ACTIONS or said["data"].get("by", {}).get("staff") is None
    clear = opened(event)
    for field in fields_of_words(event):
        outer, _, inner = field.partition(".")
        held = getattr(clear, outer)
        for words in [getattr(one, inner) for one in held] if inner else [held]:
            kind = kind_of_words(event, field)
            assert isinstance(words, kind)
            assert check(plaintext_schema(kind), json.loads(words.plaintext()))


def test_there_is_a_bureau_s_example_for_each_of_its_events() -> None:
    assert {path.stem for path in OF_BUREAU.iterdir()} == {event.type for event in TO_AND_FRO}


def test_headers_of_envelopes_have_the_members_that_the_page_names() -> None:
    page = (DOCS / "README.md").read_text("utf-8")
    ours = header_of(example_of(actions.Reply)["data"]["words"]["router"])
    theirs = header_of(example_of(EVENTS["gd.mailbox.letter.replied.v1"])["data"]["words"][READER])
    assert theirs.keys() - ours.keys() == {"assignment"}
    assert ours.keys() == {"alg", "enc", "epk", "kid", "reader", "letter", "type"}
    for name in theirs:
        assert f"`{name}`" in page
    for name in ("typ", "cty", "iat", "zip", "crit", "apu", "apv"):
        assert f"`{name}`" in page


PLANTED: list[tuple[type[Event], Json]] = [
    (actions.Accept, {"made_at": "2026-11-24T10:05:00+08:00"}),
    (actions.Accept, {"made_at": "2026-11-24T02:05:00"}),
    (actions.Accept, {"made_at": "2026-11-24T02:05:00.0123456789Z"}),
    (actions.Accept, {"action_id": "one"}),
    (actions.Accept, {"assignment": 0}),
    (actions.Accept, {"assignment": "1"}),
    (actions.Note, {"words": {"text": "clear"}}),
    (actions.Note, {"words": {"router": "no.envelope"}}),
    (actions.Reply, {"commitments": [{"due_on": "31.12.2026"}]}),
    (actions.PassOn, {"unit": "Tianhe Traffic"}),
]


@VALIDATORS
@pytest.mark.parametrize(("event", "change"), PLANTED)
def test_what_can_t_be_read_is_refused_by_the_schema_too(
    check: Check, event: type[Event], change: Json
) -> None:
    said = deepcopy(example_of(event))
    said["data"] |= change
    assert not check(published_schema(event), said["data"])
    with pytest.raises(Unreadable):
        from_record(record_of(said), topic=said["topic"])


@VALIDATORS
@pytest.mark.parametrize("event", [event for event in TO_AND_FRO if event in ACTIONS])
def test_words_of_an_action_need_the_router_as_reader(check: Check, event: type[Event]) -> None:
    data = example_of(event)["data"]
    for field in event.sealed:
        for reader in ("intake", READER):
            assert not check(
                published_schema(event), data | {field: {reader: data[field]["router"]}}
            )
        assert check(published_schema(event), data | {field: None}) != needs_words(event)


HEADERS: list[Json] = [
    {"ce_sequence": "1"},
    {"ce_source": "/services/router"},
    {"ce_source": "/bureaus/paris"},
    {"ce_time": "2026-11-24T10:05:00+08:00"},
    {"ce_specversion": "0.3"},
    {"content-type": "text/plain"},
    {"ce_subject": "two words"},
    {"ce_id": "one two"},
]


@VALIDATORS
@pytest.mark.parametrize("change", HEADERS, ids=str)
def test_headers_that_the_router_refuses_are_refused_by_the_schema(
    check: Check, change: Json
) -> None:
    said = example_of(actions.Accept)
    message = BUREAU["components"]["messages"]["Accept"]
    headers = message["examples"][0]["headers"] | change
    assert not check(within(message["headers"]), headers)
    record = record_of(said)._replace(headers=[(n, text.encode()) for n, text in headers.items()])
    with pytest.raises(Unreadable):
        from_record(record, topic=said["topic"])


@VALIDATORS
def test_texts_that_bureaus_may_not_write_are_refused_by_the_schema(check: Check) -> None:
    schema = plaintext_schema(Note)
    for code in (0x00, 0x09, 0x0A, 0x0D, 0x7F, 0xA0, 0x061C, 0x200D, 0x202E, 0x2069, 0x4E00):
        refused = fault_of(f"a{chr(code)}") == "bad_characters"
        assert check(schema, {"text": f"a{chr(code)}"}) != refused, hex(code)
    for text in ("", " ", "\n\t", "\u3000", "\u200b", "\u3164", "x" * 4_001):
        assert not check(schema, {"text": text})
    assert check(schema, {"text": "𠮷" * 4_000})
    assert check(plaintext_schema(ReplyText), {"text": "一\n二\t三" * 4_000})


def test_the_pattern_for_texts_is_the_rule_for_texts() -> None:
    pattern = re.compile(TEXT["pattern"].replace("$", r"\Z"))
    for code in range(0x10000):
        if not 0xD800 <= code < 0xE000:
            refused = fault_of(f"a{chr(code)}") == "bad_characters"
            assert (pattern.match(f"a{chr(code)}") is None) == refused, hex(code)
    blank = re.compile(TEXT["allOf"][0]["pattern"])
    shown_only = (chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    for text in shown_only:
        assert fault_of(text) is not None or blank.search(text), hex(ord(text))
