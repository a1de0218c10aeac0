"""Are two texts nearly the same? SimHash (Charikar, 2002), over hashes that somebody else makes.

Each piece of a text votes on each of 64 bits; texts that share most pieces share most bits. So that
a print tells nothing of words, the hashes must be keyed. Pure.
"""

from collections.abc import Iterable
from typing import Final

BITS: Final = 64
WIDTHS: Final = (11, 11, 11, 11, 10, 10)
"""Bits in each band. Two prints that differ in at most five bits share a band, most others that
are near do, and of those that have nothing in common one pair in 300."""
NEAR: Final = 10
"""Bits in which prints of one text, changed here and there, differ at most; chance gives 32."""
FEWEST: Final = 8
"""Pieces without which a print says nothing."""
_LANE: Final = 255
"""What a byte can count."""
_COUNTED: Final = bytes.maketrans(b"01", b"\0\1")


def simhash(pieces: Iterable[int]) -> int | None:
    """The print of a text, as a whole number from 0 on; `pieces`: hashes of 64 bits, signed or not.

    None, when there are too few.
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


def distance(one: int, other: int) -> int:
    """In how many bits two prints differ."""
    return (one ^ other).bit_count()


def bands(simhash: int) -> tuple[str, ...]:
    """The parts of a print, each with its place: prints that are near have one in common."""
    found: list[str] = []
    for place, width in enumerate(WIDTHS):
        found.append(f"{place}.{simhash & (1 << width) - 1:x}")
        simhash >>= width
    return tuple(found)


def _spread(piece: int) -> int:
    """The bits of a piece, a byte for each, so that adding such numbers counts all at once."""
    bits = f"{piece & (1 << BITS) - 1:064b}".encode().translate(_COUNTED)
    return int.from_bytes(bits, "big")
