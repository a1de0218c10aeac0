"""The search index reveals no words, in whatever form it is searched."""

import hashlib
from collections.abc import Iterator
from typing import Any

import bson
import pytest

from services.intake.domain.pii_spans import marked, own_values
from services.router.store.word_index import WordIndex
from shared.contracts.words import Contact, Identity, LetterText
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.crypto.word_hash import hashes
from shared.rules.text.search_grams import grams
from tests.router.story import LETTER, MONDAY, given, letter_of, receive
from tests.secrecy.search import Place, Searcher
from tests.secrecy.seeds import TALES, Tale
from tests.support.doubles import Memory

PLACE = Place("file", "backup/mailbox_router/words.bson")


def entry(tale: Tale, *, key: bytes = b"w" * 32) -> dict[str, Any]:
    """The router's index entries for this letter, under that key of its ring."""
    catalogue = WordIndex(Memory(), hashes(KeyRing("w", {"w": A256GCM(key)})), now=lambda: MONDAY)
    found = catalogue.entry(LETTER, letter_of(given().when(receive(words=text_of(tale))).state))
    assert found is not None
    return found


def text_of(tale: Tale) -> LetterText:
    """The letter as intake sends it, its writer's own values marked."""
    writer, sent = tale.writer, tale.letter()
    identity = Identity(
        name=writer.name, id_number=writer.id_number, phone=writer.phone, address=sent["address"]
    )
    contact = Contact(phone=writer.phone, email=tale.own["email"], wechat=tale.own["wechat"])
    text = LetterText(subject=sent["subject"], body=sent["body"])
    return marked(text, own_values(identity, contact))


def numbers_in(kept: dict[str, Any]) -> set[int]:
    """The findings for a piece or for a whole."""
    whole = int(kept["alike"][0], 16)
    return {one % 2**64 for one in kept["grams"]} | {whole >> 64, whole % 2**64}


def guesses(tale: Tale) -> Iterator[int]:
    """Hashes without a key of everything in the letter."""
    sent = tale.letter()
    for piece in grams(f"{sent['subject']}\n{sent['body']}") | set(tale.words.values()):
        for name in ("md5", "sha1", "sha256", "blake2b"):
            digest = hashlib.new(name, piece.encode(), usedforsecurity=False).digest()
            for order in ("big", "little"):
                yield int.from_bytes(digest[:8], order)


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.of)
def test_an_entry_gives_no_word_and_nobody_away(tale: Tale) -> None:
    kept = entry(tale)
    assert len(kept["grams"]) > 20
    searcher = Searcher([secret for one in TALES for secret in one.secrets()])
    assert list(searcher.search([(PLACE, bson.encode(kept)), (PLACE, str(kept).encode())])) == []


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.of)
def test_nobody_without_the_key_can_try_words_out(tale: Tale) -> None:
    kept = numbers_in(entry(tale))
    assert not kept & set(guesses(tale))
    assert not kept & numbers_in(entry(tale, key=b"o" * 32))


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.of)
def test_not_even_the_key_finds_a_writer(tale: Tale) -> None:
    (hashed,) = hashes(KeyRing("w", {"w": A256GCM(b"w" * 32)}))
    kept, writer = set(entry(tale)["grams"]), tale.writer
    theirs = (writer.name, writer.id_number, writer.phone, tale.own["email"], tale.own["wechat"])
    for own in theirs:
        pieces = grams(own)
        assert pieces
        assert not set(hashed.of(pieces)) <= kept
    for other in tale.others:
        assert not set(hashed.of(grams(other))) & kept
