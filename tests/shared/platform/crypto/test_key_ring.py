"""Sealed values open with their ring and in their place, and in no other way."""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.crypto.key_files import BadKeys, of_base64url, secret, to_base64url
from shared.platform.crypto.key_ring import A256GCM, SM4GCM, BlindIndex, CannotOpen, KeyRing

WORDS = "机密 seeded-secret".encode()
AES = {"kid": "a1", "alg": "A256GCM", "k": to_base64url(b"k" * 32)}
SM4 = {"kid": "s1", "alg": "SM4GCM", "k": to_base64url(b"s" * 16)}
PLACE = {"letter": "GD-1", "field": "LetterText"}


def ring(path: Path, current: str = "a1", *keys: dict[str, Any]) -> KeyRing:
    file = path / "intake.ring.json"
    file.write_text(json.dumps({"current": current, "keys": list(keys or (AES, SM4))}))
    return KeyRing.load(file)


@pytest.fixture(params=["a1", "s1"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> KeyRing:
    return ring(tmp_path, request.param)


def closed(keys: KeyRing, sealed: str, **place: str) -> None:
    with pytest.raises(CannotOpen) as refused:
        keys.open(sealed, **{**PLACE, **place})
    assert refused.value.__cause__ is None
    assert "seeded" not in str(refused.value)
    assert "机密" not in str(refused.value)


def test_the_ring_opens_what_it_sealed(either: KeyRing) -> None:
    sealed = either.seal(WORDS, **PLACE)
    assert either.open(sealed, **PLACE) == WORDS
    assert either.open(either.seal(b"", **PLACE), **PLACE) == b""


def test_a_sealed_value_is_kid_algorithm_and_base64url(tmp_path: Path) -> None:
    kid, alg, content = ring(tmp_path).seal(WORDS, **PLACE).split(".")
    assert (kid, alg) == ("a1", "A256GCM")
    assert len(of_base64url(content)) == 12 + len(WORDS) + 16


def test_what_is_sealed_can_be_opened_by_the_documented_format(tmp_path: Path) -> None:
    content = of_base64url(ring(tmp_path).seal(WORDS, **PLACE).split(".")[2])
    about = b"\0\0\0\x04GD-1" + b"\0\0\0\x0aLetterText" + b"\0\0\0\x02a1"
    assert A256GCM(b"k" * 32).decrypt(content[:12], content[12:], about=about) == WORDS


def test_the_same_words_never_look_the_same(either: KeyRing) -> None:
    assert len({either.seal(WORDS, **PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("place", [{"letter": "GD-2"}, {"field": "Identity"}])
def test_in_another_place_it_stays_closed(either: KeyRing, place: dict[str, str]) -> None:
    closed(either, either.seal(WORDS, **PLACE), **place)


def test_letter_and_field_cannot_be_shifted_into_each_other(either: KeyRing) -> None:
    closed(either, either.seal(WORDS, letter="GD-1L", field="etterText"))
    closed(either, either.seal(WORDS, letter="", field="GD-1LetterText"))


def test_under_another_kid_of_the_same_key_it_stays_closed(tmp_path: Path) -> None:
    twins = ring(tmp_path, "a1", AES, {**AES, "kid": "a2"})
    closed(twins, twins.seal(WORDS, **PLACE).replace("a1.", "a2.", 1))


def test_with_another_key_it_stays_closed(tmp_path: Path) -> None:
    sealed = ring(tmp_path).seal(WORDS, **PLACE)
    closed(ring(tmp_path, "a1", {**AES, "k": to_base64url(b"x" * 32)}), sealed)
    closed(ring(tmp_path, "s1", SM4), sealed)


def test_any_changed_character_is_noticed(either: KeyRing) -> None:
    sealed = either.seal(WORDS, **PLACE)
    for at, character in enumerate(sealed):
        closed(either, sealed[:at] + ("A" if character != "A" else "B") + sealed[at + 1 :])


def test_any_missing_or_added_end_is_noticed(either: KeyRing) -> None:
    sealed = either.seal(WORDS, **PLACE)
    for end in range(len(sealed)):
        closed(either, sealed[:end])
    closed(either, sealed + "A")
    closed(either, sealed + "=")
    closed(either, sealed + "\n")


@given(st.text())
def test_garbage_stays_closed(garbage: str) -> None:
    keys = KeyRing("a1", {"a1": A256GCM(b"k" * 32)})
    closed(keys, garbage)
    closed(keys, f"a1.A256GCM.{garbage}")


def test_after_a_new_key_the_old_values_still_open(tmp_path: Path) -> None:
    old = ring(tmp_path, "a1", AES).seal(WORDS, **PLACE)
    new = ring(tmp_path, "s1", AES, SM4)
    assert new.current == "s1"
    assert new.open(old, **PLACE) == WORDS
    assert not new.is_current(old)
    assert new.is_current(new.seal(WORDS, **PLACE))


def test_sm4_agrees_with_the_published_vector() -> None:
    """Source: RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    about = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    cipher = SM4GCM(key)
    assert cipher.encrypt(nonce, plain, about=about) == sealed
    assert cipher.decrypt(nonce, sealed, about=about) == plain


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{seeded-secret", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('["seeded-secret"]', "not a JSON object"),
        ('{"keys": "seeded-secret"}', "no list of keys"),
        ('{"current": "seeded-secret", "keys": []}', "the current key is not among the keys"),
        (json.dumps({"current": "a1", "keys": ["seeded-secret"]}), "key 0 is not an object"),
        (json.dumps({"current": "a1", "keys": [{**AES, "k": 1}]}), "key 0 is not an object"),
        (json.dumps({"current": "a1", "keys": [{**AES, "kid": "seeded secret"}]}), "kid"),
        (json.dumps({"current": "a1", "keys": [{**AES, "alg": "seeded-secret"}]}), "unknown alg"),
        (json.dumps({"current": "a1", "keys": [{**AES, "k": "seeded-secret"}]}), "does not fit"),
        (json.dumps({"current": "a1", "keys": [{**AES, "k": "机密"}]}), "does not fit"),
        (json.dumps({"current": "a1", "keys": [AES, AES]}), "key 1 has the kid of another"),
        (json.dumps({"current": ["seeded-secret"], "keys": [AES]}), "current key"),
    ],
)
def test_a_bad_ring_is_named_without_its_content(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "intake.ring.json"
    file.write_text(content)
    with pytest.raises(BadKeys, match=r"^intake\.ring\.json: ") as bad:
        KeyRing.load(file)
    assert fault in str(bad.value)
    assert "seeded" not in str(bad.value)
    assert bad.value.__cause__ is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadKeys, match=r"absent\.json: cannot be read \(FileNotFoundError\)"):
        KeyRing.load(tmp_path / "absent.json")
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe4"}')
    with pytest.raises(BadKeys, match="not JSON in UTF-8"):
        KeyRing.load(tmp_path / "latin.json")
    (tmp_path / "large.json").write_text(" " * 1_000_001)
    with pytest.raises(BadKeys, match="too large"):
        KeyRing.load(tmp_path / "large.json")


def test_the_blind_index_is_keyed_and_tells_parts_apart(tmp_path: Path) -> None:
    file = tmp_path / "intake.secrets.json"
    file.write_text(json.dumps({"blind_index": to_base64url(b"b" * 32)}))
    index = BlindIndex.load(file)
    expected = hmac.digest(b"b" * 32, b"\0\0\0\x05phone\0\0\0\x0315x", "sha256")
    assert index.of("phone", "15x") == to_base64url(expected)
    assert BlindIndex(b"c" * 32).of("phone", "15x") != index.of("phone", "15x")
    assert len({index.of("ab", "c"), index.of("a", "bc"), index.of("abc"), index.of()}) == 4


def test_secrets_must_be_there_and_long_enough(tmp_path: Path) -> None:
    file = tmp_path / "intake.secrets.json"
    file.write_text(json.dumps({"short": "c2VlZGVk", "bad": "seeded secret!", "number": 7}))
    for name in ("short", "absent", "number"):
        with pytest.raises(BadKeys, match=rf"{name} is missing or shorter than 32 bytes"):
            secret(file, name)
    with pytest.raises(BadKeys, match="bad is not base64url"):
        secret(file, "bad")
    assert secret(file, "short", at_least=6) == b"seeded"


def test_keys_of_the_wrong_length_are_refused() -> None:
    for make, length in ((A256GCM, 16), (SM4GCM, 32), (BlindIndex, 31)):
        with pytest.raises(ValueError, match="bytes"):
            make(bytes(length))
    with pytest.raises(ValueError, match="current"):
        KeyRing("a2", {"a1": A256GCM(b"k" * 32)})


def test_keys_are_not_shown() -> None:
    keys = KeyRing("a1", {"a1": A256GCM(b"k" * 32)})
    assert repr(keys) == "KeyRing(1 keys)"
    assert repr(BlindIndex(b"b" * 32)) == "BlindIndex()"
