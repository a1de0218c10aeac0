"""Erasing takes an event's envelopes, and neither its number nor a single fact."""

import json
from copy import deepcopy
from typing import Any, get_args

import pytest

from shared.contracts.catalogue import EVENTS
from shared.contracts.erasing import Loss, erased, losses
from shared.contracts.progress_v1 import ReplySubmitted
from shared.contracts.vocabulary import Erasable
from tests.contracts.strategies import example

ALL: tuple[Erasable, ...] = get_args(Erasable)
TYPES = sorted(EVENTS)
JWE = "eyJ0.bb.cc.dd.ee"


def value_of(event_type: str) -> tuple[dict[str, Any], bytes]:
    """An example with every sealed field full, as JSON and as its bytes."""
    kind, data = EVENTS[event_type], deepcopy(example(event_type)["data"])
    for field, what in losses(kind):
        outer, _, inner = field.partition(".")
        if what != "attachments" and not inner:
            data[outer] = {"router": JWE}
        for item in data.get(outer, ()) if inner else ():
            item[inner] = {"router": JWE}
    return data, json.dumps(data, ensure_ascii=False).encode()


def test_every_sealed_field_is_words_or_identity() -> None:
    for kind in EVENTS.values():
        within = {f"{name}.{inner}" for name, (inner, _) in kind.sealed_within.items()}
        sealed = {loss.field for loss in losses(kind) if loss.what != "attachments"}
        assert sealed == {*kind.sealed, *within}


def test_identity_is_what_tells_who_wrote_and_how_to_reach_them() -> None:
    identity = {
        (kind.type.removeprefix("gd.mailbox."), loss.field)
        for kind in EVENTS.values()
        for loss in losses(kind)
        if loss.what == "identity"
    }
    assert identity == {
        ("contact.changed.v1", "contact"),
        ("contact.changed.v1", "identity"),
        ("identity.sealed.v1", "envelope"),
        ("letter.identity.v1", "envelope"),
        ("letter.submitted.v1", "contact"),
        ("letter.submitted.v1", "identity"),
    }


def test_files_are_lost_wherever_they_are_listed() -> None:
    listing = {kind.type for kind in EVENTS.values() if "attachments" in kind.model_fields}
    losing = {
        kind.type for kind in EVENTS.values() if Loss("attachments", "attachments") in losses(kind)
    }
    assert losing == listing != set()


@pytest.mark.parametrize("event_type", TYPES)
def test_an_erased_event_is_read_like_any_other(event_type: str) -> None:
    kind, (data, value) = EVENTS[event_type], value_of(event_type)
    bare = erased(value, event_type, what=ALL)
    assert JWE.encode() not in bare
    read = kind.model_validate_json(bare, strict=True)
    assert set(read.sealed_fields().values()) <= {None}
    lost = {loss.field.partition(".")[0] for loss in losses(kind)}
    now = json.loads(bare)
    assert {name: now[name] for name in now if name not in lost} == {
        name: data[name] for name in data if name not in lost
    }
    assert now.keys() == data.keys()
    assert erased(bare, event_type, what=ALL) is bare, "done again it changes nothing"


@pytest.mark.parametrize("event_type", TYPES)
def test_what_is_not_meant_stays_byte_for_byte(event_type: str) -> None:
    _, value = value_of(event_type)
    held = {loss.what for loss in losses(EVENTS[event_type])}
    others = [what for what in ALL if what not in held]
    assert erased(value, event_type, what=others) is value
    assert erased(value, event_type, what=()) is value


def test_words_go_and_identity_stays_and_the_other_way_round() -> None:
    data, value = value_of("gd.mailbox.letter.submitted.v1")
    without_words = json.loads(erased(value, "gd.mailbox.letter.submitted.v1", what=["words"]))
    assert without_words == data | {"words": None}
    nobody = json.loads(erased(value, "gd.mailbox.letter.submitted.v1", what=["identity"]))
    assert nobody == data | {"contact": None, "identity": None}


def test_promises_in_a_reply_lose_their_words_and_keep_their_days() -> None:
    data, value = value_of(ReplySubmitted.type)
    bare = json.loads(erased(value, ReplySubmitted.type, what=["words"]))
    assert bare["commitments"] == [one | {"words": None} for one in data["commitments"]]
    assert bare["commitments"]


def test_of_a_type_from_a_later_version_every_envelope_goes() -> None:
    said = {"state": "closed", "words": {"router": JWE}, "parts": [{"x": {"intake": JWE}, "n": 1}]}
    value = json.dumps(said).encode()
    for what in ("words", "identity"):
        bare = json.loads(erased(value, "gd.mailbox.letter.sung.v9", what=[what]))
        assert bare == {"state": "closed", "words": None, "parts": [{"x": None, "n": 1}]}
    assert erased(value, "gd.mailbox.letter.sung.v9", what=["attachments"]) is value


def test_a_field_from_a_later_version_stays() -> None:
    data, _ = value_of("gd.mailbox.letter.replied.v1")
    value = json.dumps(data | {"tone": "friendly"}).encode()
    assert json.loads(erased(value, "gd.mailbox.letter.replied.v1", what=ALL))["tone"] == "friendly"


@pytest.mark.parametrize("rubbish", [b"{", b"\xff", b"[1]", b'"words"', b""])
def test_what_is_no_event_at_all_is_emptied(rubbish: bytes) -> None:
    assert erased(rubbish, "gd.mailbox.letter.replied.v1", what=["words"]) == b""


def test_items_that_are_none_stay_as_they_are() -> None:
    value = json.dumps({"commitments": ["x", {"words": {"router": JWE}}]}).encode()
    bare = json.loads(erased(value, ReplySubmitted.type, what=["words"]))
    assert bare["commitments"] == ["x", {"words": None}]
