"""One rule for texts: new ones keep it, those from before are shown without what breaks it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contracts.text import CAME_BEFORE, fault_of, neutralised
from shared.contracts.words import (
    Comment,
    Conversation,
    LetterText,
    Note,
    NotWords,
    PublicText,
    Reason,
    ReplyText,
    WriterText,
)
from tests.support.budget import budget

BAD = "a\x00b\x07c\x1b\x7f\x85\u061c\u200e\u202e\u2066\rd"
GOOD = "第一行\n\t第二行 é 👮🏽\u200d♀️"
KINDS: list[tuple[type[Any], dict[str, str]]] = [
    (Note, {"text": BAD}),
    (Reason, {"text": BAD}),
    (ReplyText, {"text": BAD}),
    (Comment, {"text": BAD}),
    (WriterText, {"text": BAD}),
    (LetterText, {"subject": BAD, "body": BAD, "place_detail": BAD}),
    (PublicText, {"title": BAD, "text": BAD, "reply": BAD}),
]


@settings(max_examples=budget(200), database=None)
@given(st.text())
def test_what_is_neutralised_keeps_the_rule_and_all_places(text: str) -> None:
    shown = neutralised(text)
    assert len(shown) == len(text)
    assert fault_of(shown) != "bad_characters"
    assert shown == text or fault_of(text) == "bad_characters"


def test_what_people_write_stays_as_it_is() -> None:
    assert fault_of(GOOD) is None
    assert neutralised(GOOD) == GOOD
    assert neutralised("a\r\nb\x07") == "a \nb\ufffd"
    piled = "Z" + "\u0301" * 11
    assert fault_of(piled) == "bad_characters"
    assert neutralised(piled) == "Z" + "\u0301" * 8 + "\u200b" * 3


@pytest.mark.parametrize(("kind", "texts"), KINDS, ids=lambda one: getattr(one, "__name__", ""))
def test_new_words_are_refused_and_words_from_before_are_neutralised(
    kind: type[Any], texts: dict[str, str]
) -> None:
    with pytest.raises(ValidationError, match="bad_characters"):
        kind(**texts)
    plain = json.dumps(texts).encode()
    with pytest.raises(NotWords) as refused:
        kind.from_plaintext(plain, is_new=True)
    assert refused.value.fault == "bad_characters"
    words = kind.from_plaintext(plain)
    assert {getattr(words, name) for name in texts} == {neutralised(BAD)}


def test_a_state_from_before_is_shown_neutralised() -> None:
    opened = TypeAdapter(Note).validate_python(
        "sealed", context={"open": lambda *_: {"text": BAD}, **CAME_BEFORE}
    )
    assert opened.text == neutralised(BAD)


def test_an_earlier_conversation_is_shown_neutralised() -> None:
    turn = {"at": "2026-11-24T01:12:07Z", "who": "bureau", "text": BAD}
    words = Conversation.from_plaintext(json.dumps({"turns": [turn]}).encode())
    assert words.turns[0].text == neutralised(BAD)
