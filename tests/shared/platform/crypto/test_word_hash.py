"""Keyed hashes of words: the same under one key, unlike under another, and nothing without one."""

import hashlib

from shared.platform.crypto.key_ring import A256GCM, SM4GCM, KeyRing
from shared.platform.crypto.word_hash import WordHash, hashes

RING = KeyRing("new", {"old": A256GCM(b"k" * 32), "new": SM4GCM(b"n" * 16)})
PIECES = ("路灯", "灯坏", "坏了", "lam")


def one(hashed: WordHash, piece: str) -> int:
    """The number of one piece."""
    (number,) = hashed.of([piece])
    return number


def test_the_current_key_comes_first_and_every_key_is_there() -> None:
    assert [each.kid for each in hashes(RING)] == ["new", "old"]


def test_a_piece_is_a_number_that_only_its_key_gives() -> None:
    new, old = hashes(RING)
    again = hashes(RING)[0]
    assert new.of(PIECES) == again.of(reversed(PIECES))
    assert not {*new.of(PIECES)} & {*old.of(PIECES)}
    assert all(-(2**63) <= each < 2**63 for each in new.of(PIECES))


def test_the_order_of_a_text_is_not_kept() -> None:
    found = hashes(RING)[0].of(PIECES)
    assert found == sorted(found)


def test_whole_texts_are_hashed_apart_from_pieces() -> None:
    new, old = hashes(RING)
    assert new.text("路灯") == new.text("路灯") != old.text("路灯")
    assert int(new.text("路灯")[:16], 16) != one(new, "路灯") % 2**64


def test_nothing_of_it_is_a_hash_without_a_key() -> None:
    new = hashes(RING)[0]
    for name in ("md5", "sha1", "sha256", "blake2b"):
        plain = hashlib.new(name, "路灯".encode(), usedforsecurity=False).digest()
        assert one(new, "路灯") != int.from_bytes(plain[:8], "big", signed=True)
        assert not plain.hex().startswith(new.text("路灯")[:8])


def test_the_ring_gives_other_secrets_for_other_purposes_and_never_its_keys() -> None:
    words, others = RING.derived("words"), RING.derived("others")
    assert words.keys() == {"old", "new"}
    assert len({*words.values(), *others.values(), b"k" * 32, b"n" * 16}) == 6
    assert all(len(each) == 32 for each in words.values())


def test_halves_of_a_character_are_hashed_too() -> None:
    assert one(hashes(RING)[0], "\ud800灯")


def test_a_repr_shows_no_key() -> None:
    assert repr(WordHash("router-1", b"k" * 32)) == "WordHash('router-1')"
