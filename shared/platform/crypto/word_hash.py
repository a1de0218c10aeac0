"""How are words found that lie sealed? By keyed hashes of their pieces, under keys of the ring.

Whoever has the database and no key can tell which letters share pieces, and how often a piece is
met; neither what it says nor where in the letter it stands. Each key of the ring has hashes of its
own, so that they are made anew when it changes, as everything else under it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from shared.platform.crypto.key_ring import KeyRing

PURPOSE: Final = "words of letters"
MOST_KNOWN: Final = 1 << 16
"""Hashes that are remembered: letters have most of their pieces in common."""


class WordHash:
    """Keyed hashes of pieces of words: HMAC-SHA256, cut to 64 bits, under one key."""

    def __init__(self, kid: str, key: bytes) -> None:
        """`kid`: of the ring's key that `key` comes from."""
        self.kid = kid
        self._key = key
        self._known = lru_cache(MOST_KNOWN)(self._hashed)

    def of(self, pieces: Iterable[str]) -> list[int]:
        """One whole number for each piece, in an order that says nothing of the text's."""
        return sorted(map(self._known, pieces))

    def text(self, text: str) -> str:
        """The same for the same text, as short as a number: 128 bits in hex."""
        return hmac.digest(self._key, b"\0" + _octets(text), "sha256")[:16].hex()

    def __repr__(self) -> str:
        return f"WordHash({self.kid!r})"

    def _hashed(self, piece: str) -> int:
        digest = hmac.digest(self._key, _octets(piece), "sha256")
        return int.from_bytes(digest[:8], "big", signed=True)


def hashes(ring: KeyRing) -> tuple[WordHash, ...]:
    """Those of every key of the ring, of the current one first."""
    found = {kid: WordHash(kid, key) for kid, key in ring.derived(PURPOSE).items()}
    return tuple(sorted(found.values(), key=lambda one: one.kid != ring.current))


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
