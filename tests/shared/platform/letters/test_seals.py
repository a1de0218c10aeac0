"""Words are decrypted for this service alone, and unreadable records reveal nothing else."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.contracts.envelope import Unreadable
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.words import Identity, LetterText
from shared.platform.kafka.bus import Inbound
from shared.sealing.envelopes import BadEnvelope
from tests.support.builders import (
    LETTER,
    SECRETS,
    STATE,
    Diary,
    action,
    asked,
    id_of,
    seals_of,
    unknown_action,
    written,
)


def data_of(raw: Inbound, service: str = "router") -> LetterSubmitted:
    data = seals_of(service).read(raw).envelope.data
    assert isinstance(data, LetterSubmitted)
    return data


def test_a_reader_gets_its_own_words_and_no_others() -> None:
    data = data_of(written(1))
    assert isinstance(data.words, LetterText)
    assert data.words.body == SECRETS[1]
    assert isinstance(data.identity, dict)
    assert list(data.identity) == ["intake"]


def test_intake_can_read_back_what_it_sealed_for_itself() -> None:
    data = data_of(written(1), "intake")
    assert isinstance(data.identity, Identity)
    assert data.identity.id_number == SECRETS[3]


def moved(raw: Inbound) -> Inbound:
    """The same words under another letter's number."""
    other = written(1, letter="GD-TEST-0002")
    return replace(other, value=raw.value)


def swapped(raw: Inbound) -> Inbound:
    """Words for intake, passed off as the router's."""
    sealed = data_of(raw, "notifier")
    assert isinstance(sealed.words, dict)
    words = {"router": sealed.words["intake"], "intake": sealed.words["router"]}
    value = sealed.model_copy(update={"words": words}).model_dump_json().encode()
    return replace(raw, value=value)


def without_mine(raw: Inbound) -> Inbound:
    """Words for everyone but the router."""
    sealed = data_of(raw, "notifier")
    assert isinstance(sealed.words, dict)
    words = {"intake": sealed.words["intake"]}
    value = sealed.model_copy(update={"words": words}).model_dump_json().encode()
    return replace(raw, value=value)


def tampered(raw: Inbound) -> Inbound:
    """One character of the router's ciphertext changed."""
    sealed = data_of(raw, "notifier")
    assert isinstance(sealed.words, dict)
    jwe = sealed.words["router"]
    tag = jwe.rindex(".") + 5
    words = sealed.words | {
        "router": jwe[:tag] + ("A" if jwe[tag] != "A" else "B") + jwe[tag + 1 :]
    }
    value = sealed.model_copy(update={"words": words}).model_dump_json().encode()
    return replace(raw, value=value)


@pytest.mark.parametrize("how", [moved, swapped, without_mine, tampered])
def test_an_envelope_that_does_not_belong_there_is_refused(
    how: Callable[[Inbound], Inbound],
) -> None:
    with pytest.raises(BadEnvelope) as refused:
        seals_of().read(how(written(1)))
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_erased_words_are_no_fault() -> None:
    sealed = data_of(written(1), "notifier")
    value = sealed.model_copy(update={"words": None}).model_dump_json().encode()
    assert data_of(replace(written(1), value=value)).words is None


def test_a_record_that_is_none_of_ours_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        seals_of().read(replace(asked(1), value=b"{"))


def test_an_action_of_an_unknown_type_is_read() -> None:
    record = seals_of().read(unknown_action(str(id_of("dance"))))
    assert record.envelope.id == str(id_of("dance"))


@pytest.mark.parametrize(
    "name", ["a.b", "$set", "x" * 255, "asked.progress", str(id_of("x")) + "."]
)
def test_an_outsiders_id_is_a_uuid_or_nothing_is_read(name: str) -> None:
    """It would become a document's key, or part of an id that is too long to send."""
    with pytest.raises(Unreadable) as refused:
        seals_of().read(unknown_action(name))
    assert refused.value.code == "bad_id"


def test_a_known_actions_id_is_its_action_id() -> None:
    other = dict(action("x").headers) | {"ce_id": str(id_of("y")).encode()}
    with pytest.raises(Unreadable):
        seals_of().read(replace(action("x"), headers=tuple(other.items())))


def test_a_state_comes_back_as_it_was_and_shows_nothing_at_rest() -> None:
    state = Diary(("x",), LetterText(subject=SECRETS[0], body=SECRETS[1]))
    seals = seals_of()
    kept = seals.seal_state(STATE, state, letter=LETTER)
    assert not any(secret in repr(kept) for secret in SECRETS)
    assert seals.open_state(STATE, kept, letter=LETTER) == state


def test_keys_are_in_no_repr() -> None:
    assert repr(seals_of()).startswith("<") or "Seals" in repr(seals_of())
    assert "kkkk" not in repr(seals_of())
