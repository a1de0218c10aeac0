"""Receipts are read strictly; the letter's text is recognised however a system ends its lines."""

import json

import pytest

from shared.kernel.letter_receipts import (
    canonical,
    instant_text,
    is_text_of,
    leaf_of,
    receipt_in,
    receipt_of,
    signed_part,
    text_digest,
)
from tests.support.moving import moment

SALT = "0f" * 16
SIGNED = {
    **receipt_of("GD-1", moment(24), text_sha256=text_digest("题", "文\n二", salt=SALT), salt=SALT),
    "issuer": "mailbox.example",
    "kid": "one",
    "signature": "AA",
}


def test_the_signed_form_is_canonical_json_without_the_signature() -> None:
    assert canonical({"b": "题", "a": 1}) == '{"a":1,"b":"题"}'.encode()
    assert b"signature" not in signed_part(SIGNED)
    assert instant_text(moment(24)).endswith(".000Z")


def test_a_receipt_is_read_alone_and_inside_an_answer() -> None:
    assert receipt_in(json.dumps(SIGNED)) == SIGNED
    assert receipt_in("\ufeff" + json.dumps({"letter": "GD-1", "receipt": SIGNED})) == SIGNED


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "x" * 10_001, "[" * 9_999),
        json.dumps({**SIGNED, "salt": None}),
        json.dumps({**SIGNED, "type": "gd.mailbox.daily_count.v1"}),
        json.dumps({**SIGNED, "more": ""}),
        json.dumps({"receipt": {}}),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"receipt|JSON"):
        receipt_in(text)


@pytest.mark.parametrize("text", ["题\n文\n二", "题\r\n文\r\n二\r\n", "\ufeff题\n文\n二\n\n"])
def test_the_letters_text_is_recognised(text: str) -> None:
    assert is_text_of(SIGNED, text)


@pytest.mark.parametrize("text", ["", "题", "题\n文", "题文\n二", "题\n文 \n二", "\n题\n文\n二"])
def test_another_text_is_not(text: str) -> None:
    assert not is_text_of(SIGNED, text)


def test_a_letter_of_before_had_no_salt() -> None:
    old = {"salt": "", "text_sha256": text_digest("题", "文", salt=None)}
    assert is_text_of(old, "题\n文")


def test_a_leaf_needs_number_and_hash() -> None:
    assert len({leaf_of(*each) for each in (("a", "b"), ("ab", ""), ("b", "a"))}) == 3
