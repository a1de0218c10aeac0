"""Words open for their reader, in their event, and nowhere else; other JOSE software agrees."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwe as jose
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter

from shared.contracts.actions_v1 import Reply
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.submitted_v1 import IdentitySealed
from shared.contracts.topics import actions_of
from shared.contracts.values import Promise
from shared.contracts.words import Identity, LetterText, Note, PublicText, ReplyText
from shared.platform.ecdh import MAX_ENVELOPE, NotOpened, header_of
from shared.platform.jwe import (
    Address,
    BadEnvelope,
    NoKey,
    Opener,
    Sealer,
    open_event,
    seal_event,
)
from shared.platform.keyfiles import BadKeys, to_base64url

LETTER = "GD-TEST"
TO_ROUTER = Address("router", LETTER, "gd.mailbox.letter.submitted.v1")
TO_BUREAU = Address("bureau:guangzhou", LETTER, "gd.mailbox.letter.assigned.v1", 2)
NOTE = Note(text="机密 seeded-secret")
SECRETS = ("机密", "seeded-secret", "陈某")

KEYS = {kid: ECKey.generate_key("P-256") for kid in ("router", "bureau:guangzhou", "intake")}


def jwk(key: ECKey, kid: str, *, private: bool) -> dict[str, Any]:
    return {**key.as_dict(private=private), "kid": kid}


def write(path: Path, *keys: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"keys": keys}))
    return path


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    public = [jwk(key, kid, private=False) for kid, key in KEYS.items()]
    return Sealer.load(write(tmp_path / "public.jwks.json", *public))


@pytest.fixture
def opener_of(tmp_path: Path) -> Callable[[str], Opener]:
    def load(holder: str) -> Opener:
        key = jwk(KEYS[holder], holder, private=True)
        return Opener.load(write(tmp_path / "private.jwks.json", key))

    return load


@pytest.fixture
def router(opener_of: Callable[[str], Opener]) -> Opener:
    return opener_of("router")


def registry() -> jose.JWERegistry:
    names = {name: HeaderParameter(name, "str") for name in ("letter", "type", "reader")}
    names["assignment"] = HeaderParameter("assignment", "int")
    return jose.JWERegistry(names, algorithms=["ECDH-ES+A256KW", "A256GCM"])


def by_another_library(
    content: bytes, header: dict[str, Any], *, key: str = "router", **protected: Any
) -> str:
    """An envelope as a bureau's own software would make it, right or wrong."""
    full = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", **header, **protected}
    loose = registry()
    loose.strict_check_header = False
    loose.allowed = [full["alg"], full["enc"], "DEF"]
    return jose.encrypt_compact(full, content, KEYS[key], registry=loose)


def refusal(opener: Opener, envelope: str, address: Address = TO_ROUTER) -> str:
    with pytest.raises(BadEnvelope) as refused:
        opener.open(envelope, Note, address=address)
    assert refused.value.__cause__ is None
    assert not any(secret in str(refused.value) for secret in SECRETS)
    return refused.value.code


def test_the_reader_opens_what_was_sealed_for_it(sealer: Sealer, router: Opener) -> None:
    envelope = sealer.seal(NOTE, TO_ROUTER)
    assert not any(secret in envelope for secret in SECRETS)
    assert router.open(envelope, Note, address=TO_ROUTER) == NOTE


def test_the_same_words_never_look_the_same(sealer: Sealer) -> None:
    assert len({sealer.seal(NOTE, TO_ROUTER) for _ in range(50)}) == 50


def test_another_library_opens_ours(sealer: Sealer) -> None:
    envelope = sealer.seal(NOTE, TO_BUREAU)
    found = jose.decrypt_compact(envelope, KEYS["bureau:guangzhou"], registry=registry())
    assert found.plaintext == NOTE.plaintext()
    header = found.headers()
    epk = header.pop("epk")
    assert epk["crv"] == "P-256"
    assert header == {
        "alg": "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "kid": "bureau:guangzhou",
        "letter": LETTER,
        "type": TO_BUREAU.type,
        "reader": "bureau:guangzhou",
        "assignment": 2,
    }


def test_we_open_another_librarys(router: Opener) -> None:
    envelope = by_another_library(NOTE.plaintext(), TO_ROUTER.header("router"))
    assert router.open(envelope, Note, address=TO_ROUTER) == NOTE


@pytest.mark.parametrize(
    "change",
    [
        {"letter": "GD-OTHER"},
        {"type": "gd.mailbox.letter.routed.v1"},
        {"reader": "intake"},
        {"kid": "intake"},
        {"kid": 7},
        {"assignment": 1},
        {"crit": ["exp"], "exp": 1},
        {"cty": "JWT"},
        {"apu": "YQ"},
        {"zip": "DEF"},
    ],
)
def test_a_header_that_says_something_else_is_refused(
    router: Opener, change: dict[str, Any]
) -> None:
    header = {**TO_ROUTER.header("router"), **change}
    kid = header["kid"]
    header["kid"] = "router"
    protected = {**header, "kid": kid}
    crit = protected.pop("crit", None)
    envelope = (
        by_another_library(NOTE.plaintext(), protected)
        if kid != 7
        else with_header(by_another_library(NOTE.plaintext(), header), kid=7)
    )
    if crit is not None:
        envelope = with_header(envelope, crit=crit)
    assert refusal(router, envelope) == "wrong_header"


@pytest.mark.parametrize("assignment", [1, 3, True, 2.0, "2", None])
def test_an_envelope_of_another_assignment_is_refused(
    opener_of: Callable[[str], Opener], assignment: Any, sealer: Sealer
) -> None:
    bureau = opener_of("bureau:guangzhou")
    sealed = sealer.seal(NOTE, TO_BUREAU)
    assert bureau.open(sealed, Note, address=TO_BUREAU) == NOTE
    assert refusal(bureau, with_header(sealed, assignment=assignment), TO_BUREAU) == "wrong_header"


@pytest.mark.parametrize("name", ["kid", "letter", "type", "reader"])
def test_a_header_that_leaves_something_out_is_refused(router: Opener, name: str) -> None:
    header = TO_ROUTER.header("router")
    del header[name]
    assert refusal(router, by_another_library(NOTE.plaintext(), header)) == "wrong_header"


@pytest.mark.parametrize("alg", ["ECDH-ES", "ECDH-ES+A128KW"])
def test_another_key_algorithm_is_refused(router: Opener, alg: str) -> None:
    envelope = by_another_library(NOTE.plaintext(), {**TO_ROUTER.header("router"), "alg": alg})
    assert refusal(router, envelope) == "not_opened"


@pytest.mark.parametrize("enc", ["A128GCM", "A256CBC-HS512"])
def test_another_content_algorithm_is_refused(router: Opener, enc: str) -> None:
    envelope = by_another_library(NOTE.plaintext(), {**TO_ROUTER.header("router"), "enc": enc})
    assert refusal(router, envelope) == "not_opened"


def test_a_header_changed_on_the_way_is_refused(sealer: Sealer, router: Opener) -> None:
    moved = with_header(sealer.seal(NOTE, Address("router", "GD-A", "t")), letter="GD-B")
    assert refusal(router, moved, Address("router", "GD-B", "t")) == "not_opened"


def test_any_changed_character_is_refused(sealer: Sealer, router: Opener) -> None:
    envelope = sealer.seal(NOTE, TO_ROUTER)
    for at in range(envelope.index(".") + 1, len(envelope)):
        if envelope[at] != ".":
            other = "A" if envelope[at] != "A" else "B"
            assert refusal(router, envelope[:at] + other + envelope[at + 1 :]) == "not_opened"


@pytest.mark.parametrize(
    "garbage",
    ["", ".", "....", "a.b.c.d.e", "机密.b.c.d.e", "W10.b.c.d.e", "[" * 100_000, "W" * 300_000],
)
def test_what_is_no_envelope_is_refused(router: Opener, garbage: str) -> None:
    assert refusal(router, garbage) == "not_opened"


def test_deep_headers_are_refused(router: Opener) -> None:
    assert refusal(router, to_base64url(b"[" * 1_400) + ".a.b.c.d") == "not_opened"


def test_parts_left_out_or_added_are_refused(sealer: Sealer, router: Opener) -> None:
    envelope = sealer.seal(NOTE, TO_ROUTER)
    assert refusal(router, envelope.rpartition(".")[0]) == "not_opened"
    assert refusal(router, f"{envelope}.AA") == "not_opened"


def test_a_point_off_the_curve_is_refused(sealer: Sealer, router: Opener) -> None:
    envelope = sealer.seal(NOTE, TO_ROUTER)
    epk = {**header_of(envelope)["epk"], "x": to_base64url(bytes(32))}
    assert refusal(router, with_header(envelope, epk=epk)) == "not_opened"
    assert refusal(router, with_header(envelope, epk="机密")) == "not_opened"


def test_a_key_that_we_never_had_is_named_as_such(router: Opener) -> None:
    envelope = by_another_library(NOTE.plaintext(), TO_ROUTER.header("router#2"))
    assert refusal(router, envelope) == "unknown_key"


def test_another_holders_key_opens_nothing(sealer: Sealer, tmp_path: Path) -> None:
    in_disguise = jwk(KEYS["intake"], "router", private=True)
    opener = Opener.load(write(tmp_path / "private.json", in_disguise))
    assert refusal(opener, sealer.seal(NOTE, TO_ROUTER)) == "not_opened"


def test_content_of_another_kind_is_refused_without_showing_it(
    sealer: Sealer, router: Opener
) -> None:
    envelope = sealer.seal(LetterText(subject="机密", body="seeded-secret"), TO_ROUTER)
    assert refusal(router, envelope) == "bad_content"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b'{"text": NaN}', b"null"])
def test_content_that_is_no_words_is_refused(router: Opener, content: bytes) -> None:
    envelope = by_another_library(content, TO_ROUTER.header("router"))
    assert refusal(router, envelope) == "bad_content"


@pytest.mark.parametrize("character", ["字", "👮", "\n", '"'])
def test_the_longest_words_fit(sealer: Sealer, router: Opener, character: str) -> None:
    for words in (
        LetterText(subject=character * 200, body=character * 10_000),
        ReplyText(text=character * 20_000),
        PublicText(title=character * 200, text=character * 10_000, reply=character * 20_000),
    ):
        envelope = sealer.seal(words, TO_ROUTER)
        assert len(envelope) < MAX_ENVELOPE
        assert router.open(envelope, type(words), address=TO_ROUTER) == words


def test_a_longer_envelope_than_an_event_is_not_even_read() -> None:
    with pytest.raises(NotOpened, match="too long"):
        header_of("e30." + "A" * MAX_ENVELOPE)


def test_nothing_is_sealed_for_an_unknown_reader(sealer: Sealer) -> None:
    assert not sealer.knows("notifier")
    with pytest.raises(NoKey, match="notifier"):
        sealer.seal(NOTE, Address("notifier", LETTER, "t"))


def test_a_holder_may_have_a_new_key_and_still_open_with_the_old(tmp_path: Path) -> None:
    new = ECKey.generate_key("P-256")
    public = [jwk(new, "router#2", private=False), jwk(KEYS["router"], "router", private=False)]
    private = [jwk(new, "router#2", private=True), jwk(KEYS["router"], "router", private=True)]
    sealer = Sealer.load(write(tmp_path / "public.json", *public))
    opener = Opener.load(write(tmp_path / "private.json", *private))
    assert sealer.kid_of("router") == "router#2"
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
        Opener.load(path)
    secret = KEYS["router"].as_dict(private=True)["d"]
    assert str(secret) not in str(bad.value)
    assert bad.value.__cause__ is None


def test_keys_are_not_shown(sealer: Sealer, router: Opener) -> None:
    assert repr(sealer) == "Sealer(3 readers)"
    assert repr(router) == "Opener(1 keys)"


def a_reply(words: Any, promise: Any) -> Reply:
    return Reply(
        action_id="6c0c1a5e-6f0e-4a52-9a7e-2f4c1d0f7a11",
        assignment=2,
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
        staff="st-1",
        outcome="resolved",
        commitments=(Promise(due_on="2026-04-01", words=promise),),
        words=words,
    )


def test_an_event_is_sealed_and_opened_with_the_words_within_its_items(
    sealer: Sealer, router: Opener
) -> None:
    topic = actions_of("guangzhou")
    name = topic if isinstance(topic, str) else topic.name
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
    topic = actions_of("guangzhou")
    name = topic if isinstance(topic, str) else topic.name
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


def with_header(envelope: str, **change: Any) -> str:
    """The envelope with its header rewritten, which nothing protects until it is opened."""
    header = {**header_of(envelope), **change}
    header = {name: value for name, value in header.items() if value is not None}
    _, _, rest = envelope.partition(".")
    return f"{to_base64url(json.dumps(header).encode())}.{rest}"
