"""Near-duplicates by SimHash (Charikar, 2002), over hashes that the caller provides.

Each n-gram of a text votes on each of 64 bits; texts that share most n-grams share most bits. The
hashes must be keyed, so that a fingerprint reveals nothing of the words.
"""

from collections.abc import Iterable
from typing import Final

BITS: Final = 64
WIDTHS: Final = (11, 11, 11, 11, 10, 10)
"""Bits per band. Two fingerprints that differ in at most five bits share a band, as do most near
ones;
of unrelated pairs, one in 300 does."""
NEAR: Final = 10
"""Maximum differing bits of near-duplicates; unrelated texts differ in 32 on average."""
FEWEST: Final = 8
"""Minimum number of n-grams for a meaningful fingerprint."""
_LANE: Final = 255
"""Maximum count of a byte."""
_COUNTED: Final = bytes.maketrans(b"01", b"\0\1")


def simhash(pieces: Iterable[int]) -> int | None:
    """The fingerprint of a text (non-negative); `pieces`: hashes of 64 bits, signed or not.

    None if there are too few.
    """
    known = sorted(set(pieces))
    if len(known) < FEWEST:
        return None
    ones = [0] * BITS
    for start in range(0, len(known), _LANE):
        together = sum(map(_spread, known[start : start + _LANE]))
        for bit, count in enumerate(together.to_bytes(BITS, "little")):
            ones[bit] += count
    return sum(1 << bit for bit, count in enumerate(ones) if count * 2 > len(known))


def distance(first: int, second: int) -> int:
    """The number of bits in which two fingerprints differ."""
    return (first ^ second).bit_count()


def bands(simhash: int) -> tuple[str, ...]:
    """The bands of a fingerprint with their positions: near ones have one in common."""
    found: list[str] = []
    for place, width in enumerate(WIDTHS):
        found.append(f"{place}.{simhash & (1 << width) - 1:x}")
        simhash >>= width
    return tuple(found)


def _spread(piece: int) -> int:
    """Spread a hash's bits, one per byte, so that adding such numbers counts all bits at once."""
    bits = f"{piece & (1 << BITS) - 1:064b}".encode().translate(_COUNTED)
    return int.from_bytes(bits, "big")
