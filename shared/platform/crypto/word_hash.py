"""Keyed hashes of word fragments, for searching in sealed words.

Someone who has the database but no key can tell which letters share fragments, and how often a
fragment occurs, but neither its text nor its position. Each key of the ring has its own hashes, so
they are recomputed when the key changes, like everything else under it.
"""

import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from shared.platform.crypto.key_ring import KeyRing

PURPOSE: Final = "words of letters"
MOST_KNOWN: Final = 1 << 16
"""Hashes that are cached: letters have most of their fragments in common."""


class WordHash:
    """Keyed hashes of word fragments: HMAC-SHA256, truncated to 64 bits, under one key."""

    def __init__(self, kid: str, key: bytes) -> None:
        """`kid`: id of the ring's key from which `key` is derived."""
        self.kid = kid
        self._key = key
        self._known = lru_cache(MOST_KNOWN)(self._hashed)

    def of(self, pieces: Iterable[str]) -> list[int]:
        """One integer per fragment, sorted, so that the order reveals nothing of the text."""
        return sorted(map(self._known, pieces))

    def text(self, text: str) -> str:
        """A 128-bit hash of a whole text, in hex."""
        return hmac.digest(self._key, b"\0" + _octets(text), "sha256")[:16].hex()

    def __repr__(self) -> str:
        return f"WordHash({self.kid!r})"

    def _hashed(self, piece: str) -> int:
        digest = hmac.digest(self._key, _octets(piece), "sha256")
        return int.from_bytes(digest[:8], "big", signed=True)


def hashes(ring: KeyRing) -> tuple[WordHash, ...]:
    """The hashes of every key of the ring, the current one first."""
    found = {kid: WordHash(kid, key) for kid, key in ring.derived(PURPOSE).items()}
    return tuple(sorted(found.values(), key=lambda word_hash: word_hash.kid != ring.current))


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
