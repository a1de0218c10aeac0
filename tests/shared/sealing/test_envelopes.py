"""Words open for their reader, in their event, and nowhere else; other JOSE software agrees."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwe as jose

from shared.contracts.words import MAX_ENVELOPE, LetterText, Note, PublicText, ReplyText
from shared.platform.crypto.key_files import to_base64url
from shared.platform.crypto.key_sets import opener_in
from shared.sealing.compact_jwe import NotOpened, header_of
from shared.sealing.envelopes import (
    Address,
    BadEnvelope,
    Opener,
    Sealer,
)
from tests.shared.sealing.envelopes import (
    KEYS,
    LETTER,
    NOTE,
    SECRETS,
    TO_BUREAU,
    TO_ROUTER,
    by_another_library,
    jwk,
    refusal,
    registry,
    with_header,
    write,
)


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
    ("change", "code"),
    [
        ({"letter": "GD-OTHER"}, "wrong_header"),
        ({"type": "gd.mailbox.letter.routed.v1"}, "wrong_header"),
        ({"reader": "intake"}, "wrong_reader"),
        ({"kid": "intake"}, "unknown_key"),
        ({"kid": 7}, "unknown_key"),
        ({"assignment": 1}, "wrong_header"),
        ({"crit": ["exp"], "exp": 1}, "wrong_header"),
        ({"cty": "JWT"}, "wrong_header"),
        ({"apu": "YQ"}, "wrong_header"),
        ({"zip": "DEF"}, "wrong_header"),
    ],
)
def test_a_header_that_says_something_else_is_refused(
    router: Opener, change: dict[str, Any], code: str
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
    assert refusal(router, envelope) == code


@pytest.mark.parametrize(
    ("assignment", "said"), [(2, 1), (2, 3), (2, 2.0), (2, "2"), (2, None), (1, True)]
)
def test_an_envelope_of_another_assignment_is_refused(
    opener_of: Callable[[str], Opener], sealer: Sealer, assignment: int, said: Any
) -> None:
    bureau, address = opener_of("bureau:guangzhou"), replace(TO_BUREAU, assignment=assignment)
    sealed = sealer.seal(NOTE, address)
    assert bureau.open(sealed, Note, address=address) == NOTE
    assert refusal(bureau, with_header(sealed, assignment=said), address=address) == "wrong_header"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("kid", "unknown_key"),
        ("letter", "wrong_header"),
        ("type", "wrong_header"),
        ("reader", "wrong_reader"),
    ],
)
def test_a_header_that_leaves_something_out_is_refused(
    router: Opener, name: str, code: str
) -> None:
    header = TO_ROUTER.header("router")
    del header[name]
    assert refusal(router, by_another_library(NOTE.plaintext(), header)) == code


@pytest.mark.parametrize("alg", ["ECDH-ES", "ECDH-ES+A128KW"])
def test_another_key_algorithm_is_refused(router: Opener, alg: str) -> None:
    envelope = by_another_library(NOTE.plaintext(), {**TO_ROUTER.header("router"), "alg": alg})
    assert refusal(router, envelope) == "wrong_header"


@pytest.mark.parametrize("enc", ["A128GCM", "A256CBC-HS512"])
def test_another_content_algorithm_is_refused(router: Opener, enc: str) -> None:
    envelope = by_another_library(NOTE.plaintext(), {**TO_ROUTER.header("router"), "enc": enc})
    assert refusal(router, envelope) == "wrong_header"


@pytest.mark.parametrize("name", ["alg", "enc"])
def test_a_header_that_lies_about_algorithms_is_refused(
    sealer: Sealer, router: Opener, name: str
) -> None:
    lying = with_header(sealer.seal(NOTE, TO_ROUTER), **{name: "none"})
    assert refusal(router, lying) == "wrong_header"


def test_a_header_changed_on_the_way_is_refused(sealer: Sealer, router: Opener) -> None:
    moved = with_header(sealer.seal(NOTE, Address("router", "GD-A", "t")), letter="GD-B")
    assert refusal(router, moved, address=Address("router", "GD-B", "t")) == "not_opened"


def test_any_changed_character_is_refused(sealer: Sealer, router: Opener) -> None:
    envelope = sealer.seal(NOTE, TO_ROUTER)
    for at in range(envelope.index(".") + 1, len(envelope)):
        if envelope[at] != ".":
            other = "A" if envelope[at] != "A" else "B"
            assert refusal(router, envelope[:at] + other + envelope[at + 1 :]) == "not_opened"


@pytest.mark.parametrize(
    "garbage",
    ["", ".", "....", "a.b.c.d.e", "机密.b.c.d.e", "W10.b.c.d.e", "[" * 100_000],
)
def test_what_is_no_envelope_is_refused(router: Opener, garbage: str) -> None:
    assert refusal(router, garbage) == "wrong_header"


def test_what_is_too_long_is_not_even_looked_at(router: Opener) -> None:
    assert refusal(router, "W" * 300_000) == "too_long"


def test_deep_headers_are_refused(router: Opener) -> None:
    assert refusal(router, to_base64url(b"[" * 1_400) + ".a.b.c.d") == "wrong_header"


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
    envelope = by_another_library(NOTE.plaintext(), TO_ROUTER.header("router.2"))
    assert refusal(router, envelope) == "unknown_key"


def test_another_holders_key_opens_nothing(sealer: Sealer, tmp_path: Path) -> None:
    in_disguise = jwk(KEYS["intake"], "router", private=True)
    opener = opener_in(write(tmp_path / "private.json", in_disguise))
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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 20_001, "text_too_long"),
        ("a\u202eb", "bad_characters"),
        ("a\u0000b", "bad_characters"),
        ("\u3000 ", "blank"),
        ("", "bad_content"),
    ],
)
def test_new_words_must_keep_the_rules_for_texts(router: Opener, text: str, code: str) -> None:
    content = json.dumps({"text": text}).encode()
    envelope = by_another_library(content, TO_ROUTER.header("router"))
    with pytest.raises(BadEnvelope) as refused:
        router.open(envelope, ReplyText, address=TO_ROUTER, is_new=True)
    assert refused.value.code == code
    assert refused.value.__cause__ is None


def test_words_from_before_are_neutralised(router: Opener) -> None:
    content = json.dumps({"text": "a\u202eb\r\n\u0007c"}).encode()
    envelope = by_another_library(content, TO_ROUTER.header("router"))
    assert router.open(envelope, ReplyText, address=TO_ROUTER).text == "a\ufffdb \n\ufffdc"


@pytest.mark.parametrize("character", ["字", "👮", "\n", '"'])
def test_the_longest_words_fit(sealer: Sealer, router: Opener, character: str) -> None:
    for words in (
        LetterText(subject=character * 199 + "x", body=character * 9_999 + "x"),
        ReplyText(text=character * 19_999 + "x"),
        PublicText(
            title=character * 199 + "x",
            text=character * 9_999 + "x",
            reply=character * 19_999 + "x",
        ),
    ):
        envelope = sealer.seal(words, TO_ROUTER)
        assert len(envelope) < MAX_ENVELOPE
        assert router.open(envelope, type(words), address=TO_ROUTER) == words


def test_a_longer_envelope_than_an_event_is_not_even_read() -> None:
    with pytest.raises(NotOpened, match="too long"):
        header_of("e30." + "A" * MAX_ENVELOPE)
