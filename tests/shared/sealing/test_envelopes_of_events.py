"""Whole events are sealed and opened, by keys that files hold."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import ECKey

from shared.contracts.actions_v1 import Reply
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.topics import actions_of
from shared.contracts.values import Promise
from shared.contracts.words import Identity, Note, ReplyText
from shared.platform.crypto.key_files import BadKeys, to_base64url
from shared.platform.crypto.key_sets import opener_in
from shared.sealing.envelopes import (
    Address,
    BadEnvelope,
    Opener,
    Sealer,
    open_event,
    seal_event,
)
from shared.sealing.key_directory import NoKey
from tests.shared.sealing.envelopes import (
    KEYS,
    LETTER,
    NOTE,
    TO_ROUTER,
    by_another_library,
    jwk,
    write,
)
from tests.support.sealers import sealer_in


def test_nothing_is_sealed_for_an_unknown_reader(sealer: Sealer) -> None:
    assert sealer.lack("notifier") == "no_key"
    with pytest.raises(NoKey, match="notifier"):
        sealer.seal(NOTE, Address("notifier", LETTER, "t"))


def test_a_holder_may_have_a_new_key_and_still_open_with_the_old(tmp_path: Path) -> None:
    new = ECKey.generate_key("P-256")
    public = [jwk(new, "router.2", private=False), jwk(KEYS["router"], "router", private=False)]
    private = [jwk(new, "router.2", private=True), jwk(KEYS["router"], "router", private=True)]
    sealer = sealer_in(write(tmp_path / "public.json", *public))
    opener = opener_in(write(tmp_path / "private.json", *private))
    assert sealer.kid_of("router") == "router.2"
    old = by_another_library(NOTE.plaintext(), TO_ROUTER.header("router"))
    for envelope in (sealer.seal(NOTE, TO_ROUTER), old):
        assert opener.open(envelope, Note, address=TO_ROUTER) == NOTE


@pytest.mark.parametrize(
    "keys",
    [
        [{"kid": "router"}],
        [{**jwk(KEYS["router"], "router", private=True), "d": to_base64url(bytes(31) + b"\1")}],
        [{**jwk(KEYS["router"], "router", private=True), "y": to_base64url(bytes(32))}],
        [jwk(KEYS["router"], "router", private=False)],
        [jwk(KEYS["router"], "router", private=True)] * 2,
        [jwk(ECKey.generate_key("P-384"), "router", private=True)],
        ["router"],
        [{**jwk(KEYS["router"], "router", private=True), "kid": None}],
    ],
)
def test_bad_key_files_are_named_without_their_content(tmp_path: Path, keys: list[Any]) -> None:
    path = write(tmp_path / "router.private.jwks.json", *keys)
    with pytest.raises(BadKeys, match=r"^router\.private\.jwks\.json: key [01] ") as bad:
        opener_in(path)
    secret = KEYS["router"].as_dict(private=True)["d"]
    assert str(secret) not in str(bad.value)
    assert bad.value.__cause__ is None


def test_keys_are_not_shown(sealer: Sealer, router: Opener) -> None:
    assert repr(sealer) == "Sealer(KeyDirectory(3 holders))"
    assert repr(router) == "Opener(1 keys)"


def a_reply(words: Any, promise: Any) -> Reply:
    return Reply(
        action_id=UUID("6c0c1a5e-6f0e-4a52-9a7e-2f4c1d0f7a11"),
        assignment=2,
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
        staff="st-1",
        outcome="resolved",
        commitments=(Promise(due_on=date(2026, 4, 1), words=promise),),
        words=words,
    )


def test_an_event_is_sealed_and_opened_with_the_words_within_its_items(
    sealer: Sealer, router: Opener
) -> None:
    name = actions_of("guangzhou").name
    clear = a_reply(ReplyText(text="办结 seeded-secret"), NOTE)
    sealed = seal_event(clear, sealer, topic=name, letter=LETTER)
    wire = Reply.model_validate_json(sealed.model_dump_json())
    assert "seeded-secret" not in sealed.model_dump_json()
    assert list(wire.words or ()) == ["router"]
    assert seal_event(wire, sealer, topic=name, letter=LETTER) == wire
    assert open_event(wire, router, reader="router", topic=name, letter=LETTER) == clear
    with pytest.raises(BadEnvelope, match="wrong_header"):
        open_event(wire, router, reader="router", topic=name, letter="GD-OTHER")


def test_others_leave_words_sealed_and_a_missing_envelope_is_refused(
    sealer: Sealer, router: Opener, opener_of: Callable[[str], Opener]
) -> None:
    name = actions_of("guangzhou").name
    sealed = seal_event(a_reply(NOTE_AS_REPLY, None), sealer, topic=name, letter=LETTER)
    intake = opener_of("intake")
    assert open_event(sealed, intake, reader="intake", topic=name, letter=LETTER) == sealed
    stranger = a_reply({"intake": sealer.seal(NOTE_AS_REPLY, TO_ROUTER)}, None)
    with pytest.raises(BadEnvelope, match="no_envelope"):
        open_event(stranger, router, reader="router", topic=name, letter=LETTER)


NOTE_AS_REPLY = ReplyText(text="办结")


def test_erased_words_stay_erased(sealer: Sealer, router: Opener) -> None:
    erased = a_reply(None, None)
    assert seal_event(erased, sealer, topic="bureau.guangzhou.actions", letter=LETTER) == erased
    opened = open_event(
        erased, router, reader="router", topic="bureau.guangzhou.actions", letter=LETTER
    )
    assert opened == erased


def test_an_identity_is_sealed_as_what_the_bureau_will_read(
    sealer: Sealer, opener_of: Callable[[str], Opener]
) -> None:
    who = Identity(name="陈某", id_number="44019919900101001X", phone="15400000000")
    said = IdentitySealed(
        bureau="guangzhou", assignment=2, kid=sealer.kid_of("bureau:guangzhou"), envelope=who
    )
    sealed = seal_event(said, sealer, topic="letters.submitted", letter=LETTER)
    assert isinstance(sealed.envelope, dict)
    envelope = sealed.envelope["bureau:guangzhou"]
    address = Address("bureau:guangzhou", LETTER, LetterIdentity.type, 2)
    assert opener_of("bureau:guangzhou").open(envelope, Identity, address=address) == who
