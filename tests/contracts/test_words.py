"""Words are serialised only if someone seals them."""

import base64
import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from shared.contracts.actions_v1 import Reply
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import envelope, to_record
from shared.contracts.event import Event, readers_of
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.submitted_v1 import IdentitySealed, LetterSubmitted, PublicationCopied
from shared.contracts.text import fault_of
from shared.contracts.values import Promise
from shared.contracts.words import (
    MAX_BODY,
    MAX_REPLY,
    Clear,
    Comment,
    Contact,
    Conversation,
    Identity,
    LetterText,
    Note,
    PublicText,
    Reason,
    ReplyText,
    Span,
    Turn,
    Unsealed,
    WriterText,
)
from tests.contracts.strategies import TYPES, example
from tests.support.budget import budget

SEEDED = "陈嘉树-15400001111"
NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
JWE = "aGVhZA.a2V5.aXY.dGV4dA.dGFn"
CLEAR: list[Clear] = [
    LetterText(subject=SEEDED, body=SEEDED, own_spans=(Span(start=0, end=3, what="name"),)),
    Contact(phone=SEEDED),
    Identity(name=SEEDED, id_number="440199195910235290", phone="15400001111"),
    Comment(text=SEEDED),
    ReplyText(text=SEEDED),
    Note(text=SEEDED),
    WriterText(text=SEEDED, own_spans=(Span(start=0, end=3, what="name"),)),
    Reason(text=SEEDED),
    PublicText(title=SEEDED, text=SEEDED, reply=SEEDED),
    Conversation(turns=(Turn(at=NOW, who="writer", text=SEEDED),)),
]
KINDS = {type(clear) for clear in CLEAR}
LEAKS: dict[str, Callable[[Clear], Any]] = {
    "model_dump": lambda clear: clear.model_dump(),
    "model_dump in json mode": lambda clear: clear.model_dump(mode="json"),
    "model_dump_json": lambda clear: clear.model_dump_json(),
    "model_dump_json with another context": lambda clear: clear.model_dump_json(context={"a": 1}),
    "dict": dict,
    "list": list,
    "pickle": pickle.dumps,
}


class Holder(BaseModel):
    """A third party's model that holds words."""

    words: LetterText


@pytest.fixture(params=CLEAR, ids=lambda clear: type(clear).__name__)
def clear(request: pytest.FixtureRequest) -> Clear:
    """Words of each kind in turn."""
    words: Clear = request.param
    return words


def unsealed(event_type: str) -> tuple[Event, list[str]]:
    """The example of that type with clear words in place of all sealed ones."""
    event = EVENTS[event_type].model_validate_json(json.dumps(example(event_type)["data"]))
    fields: list[str] = []

    def open_up(field: str, _: Any) -> Clear:
        fields.append(field)
        return Note(text=SEEDED)

    return event.map_words(open_up), fields


WORDY = [name for name in TYPES if EVENTS[name].sealed]


def test_every_kind_of_words_is_among_those_tested() -> None:
    ours = {kind for kind in Clear.__subclasses__() if kind.__module__ == Clear.__module__}
    assert ours == KINDS


def test_words_show_their_kind_alone(clear: Clear) -> None:
    name = type(clear).__name__
    shown = [repr(clear), str(clear), f"{clear}", f"{clear!r}", f"{[clear]}", format(clear)]
    assert all(SEEDED not in text and name in text for text in shown)
    assert clear.__repr_args__() == []


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_words_do_not_leave_unsealed(clear: Clear, leak: Callable[[Clear], Any]) -> None:
    with pytest.raises(Unsealed) as refused:
        leak(clear)
    assert str(refused.value) == type(clear).__name__


def test_nor_by_way_of_another_model_or_adapter() -> None:
    holder = Holder(words=LetterText(subject=SEEDED, body=SEEDED))
    for leak in (holder.model_dump, holder.model_dump_json):
        with pytest.raises(PydanticSerializationError, match="Unsealed: LetterText") as refused:
            leak()
        assert SEEDED not in str(refused.value)
    assert SEEDED not in repr(holder)
    with pytest.raises(PydanticSerializationError, match="Unsealed"):
        TypeAdapter(Holder).dump_json(holder)
    with pytest.raises(TypeError):
        json.dumps(holder.words)


def test_words_are_sealed_by_whoever_the_context_names(clear: Clear) -> None:
    told: list[tuple[str, dict[str, Any]]] = []

    def seal(kind: str, plain: dict[str, Any]) -> str:
        told.append((kind, plain))
        return "sealed"

    assert clear.model_dump(context={"seal": seal}) == "sealed"
    assert clear.model_dump_json(context={"seal": seal}) == '"sealed"'
    kind, plain = told[0]
    assert kind == type(clear).__name__
    reopened = type(clear).model_validate("sealed", context={"open": lambda *_: plain})
    assert reopened == clear


def test_a_state_that_holds_words_is_kept_sealed_and_comes_back() -> None:
    holder = Holder(words=LetterText(subject=SEEDED, body=SEEDED))
    kept = holder.model_dump_json(context={"seal": lambda _, plain: json.dumps(plain)[::-1]})
    assert SEEDED not in kept
    opened = Holder.model_validate_json(
        kept, context={"open": lambda _, sealed: json.loads(sealed[::-1])}
    )
    assert opened == holder
    with pytest.raises(ValidationError, match="nobody to open"):
        Holder.model_validate_json(kept)


def test_copies_are_words_too(clear: Clear) -> None:
    assert copy.copy(clear) == copy.deepcopy(clear) == clear


@settings(max_examples=budget(100), database=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_plaintext_is_canonical_and_comes_back(text: str) -> None:
    assume(fault_of(text) is None)
    words = ReplyText(text=text)
    plain = words.plaintext()
    assert ReplyText.from_plaintext(plain) == words
    assert json.loads(plain.decode()) == {"text": text}
    assert ReplyText.from_plaintext(b" " + plain).plaintext() == plain


def test_plaintext_of_each_kind_comes_back(clear: Clear) -> None:
    assert type(clear).from_plaintext(clear.plaintext()) == clear


@settings(max_examples=budget(100), database=None)
@given(st.binary(max_size=60) | st.just(json.dumps({"text": {"$gt": SEEDED}}).encode()))
def test_what_is_no_plaintext_is_refused_without_showing_it(plain: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not Identity$") as refused:
        Identity.from_plaintext(plain)
    assert refused.value.__cause__ is None


def test_limits_count_characters() -> None:
    longest = ReplyText(text="𠮷" * MAX_REPLY)
    assert ReplyText.from_plaintext(longest.plaintext()) == longest
    with pytest.raises(ValidationError) as refused:
        ReplyText(text=SEEDED + "x" * MAX_REPLY)
    assert SEEDED not in str(refused.value)
    assert len(LetterText(subject="s", body="𠮷" * MAX_BODY).body) == MAX_BODY
    with pytest.raises(ValidationError):
        LetterText(subject="s", body="x" * (2 * MAX_BODY))


def test_the_longest_chinese_texts_fit_sealed() -> None:
    longest = LetterText(subject="s", body="信" * MAX_BODY), ReplyText(text="信" * MAX_REPLY)
    copied = PublicText(title="s", text="信" * MAX_BODY, reply="信" * MAX_REPLY)
    for words in (*longest, copied):
        sealed = ".".join(["a" * 500, "b" * 60, "c" * 16, as_base64(words.plaintext()), "d" * 22])
        data = example(PublicationCopied.type)["data"] | {
            "words": {"publisher": sealed, "intake": sealed}
        }
        event = PublicationCopied.model_validate_json(json.dumps(data), strict=True)
        to_record(envelope("letters.submitted", "GD-1", data=event, time=NOW, sequence=1))


@pytest.mark.parametrize("event_type", WORDY)
def test_an_event_with_clear_words_does_not_leave(event_type: str) -> None:
    event, fields = unsealed(event_type)
    assert fields
    for leak in (event.model_dump, event.model_dump_json):
        for options in ({}, {"context": {"seal": lambda *_: "sealed"}}, {"mode": "json"}):
            if leak == event.model_dump_json and "mode" in options:
                continue
            with pytest.raises(Unsealed, match="Note"):
                leak(**options)
    assert SEEDED not in repr(event)
    assert SEEDED not in str(event)
    with pytest.raises(Unsealed):
        pickle.dumps(event)
    topic = example(event_type)["topic"]
    sequence = example(event_type)["envelope"].get("sequence")
    about = example(event_type)["envelope"]["subject"]
    sent = envelope(topic, about, data=event, time=NOW, sequence=sequence)
    with pytest.raises(Unsealed):
        to_record(sent, topic=topic)


@pytest.mark.parametrize("event_type", WORDY)
def test_the_wire_never_yields_clear_words(event_type: str) -> None:
    event_class = EVENTS[event_type]
    data = example(event_type)["data"]
    plain = [
        json.loads(words.plaintext()) for words in CLEAR if not isinstance(words, Conversation)
    ]
    for field in event_class.sealed:
        for words in [*plain, SEEDED, [SEEDED], {}, {"router": SEEDED}, {"ROUTER": JWE}]:
            text = json.dumps(data | {field: words})
            for strict in (True, False):
                with pytest.raises(ValidationError) as refused:
                    event_class.model_validate_json(text, strict=strict)
                assert SEEDED not in str(refused.value)
        erased = event_class.model_validate_json(json.dumps(data | {field: None}))
        assert erased.sealed_fields()[field] is None


def test_in_memory_a_field_takes_its_own_kind_alone() -> None:
    data = example(LetterReplied.type)["data"]
    words = ReplyText(text=SEEDED)
    assert LetterReplied.model_validate(data | {"words": words}).words is words
    for other in (Note(text=SEEDED), {"text": SEEDED}):
        with pytest.raises(ValidationError):
            LetterReplied.model_validate(data | {"words": other})


def test_readers_follow_from_field_and_topic() -> None:
    submitted, _ = unsealed(LetterSubmitted.type)
    replied, _ = unsealed(LetterReplied.type)
    sealed, _ = unsealed(IdentitySealed.type)
    identity, _ = unsealed(LetterIdentity.type)
    reply, _ = unsealed(Reply.type)
    asked = {
        ("router", "intake"): (submitted, "words", "letters.submitted"),
        ("notifier",): (submitted, "contact", "letters.submitted"),
        ("intake",): (submitted, "identity", "letters.submitted"),
        ("intake", "router"): (replied, "words", "letters.progress"),
        ("bureau:guangzhou",): (sealed, "envelope", "letters.submitted"),
        ("bureau:foshan",): (replied, "words", "bureau.foshan.letters"),
        ("bureau:yunfu",): (identity, "envelope", "bureau.yunfu.letters"),
        ("router",): (reply, "words", "bureau.guangzhou.actions"),
    }
    for readers, (event, field, topic) in asked.items():
        assert readers_of(event, field, topic=topic) == readers
    assert readers_of(reply, "commitments.words", topic="bureau.guangzhou.actions") == ("router",)


def test_words_in_items_are_mapped_with_the_others() -> None:
    event, fields = unsealed(Reply.type)
    assert fields == ["words", "commitments.words"]
    assert isinstance(event, Reply)
    assert isinstance(event.commitments[0].words, Note)
    sealed = event.map_words(lambda field, _: {"router": JWE})
    assert sealed.commitments == (
        Promise(due_on=event.commitments[0].due_on, words={"router": JWE}),
    )


def as_base64(plain: bytes) -> str:
    """As many characters as the sealed text would have."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()
