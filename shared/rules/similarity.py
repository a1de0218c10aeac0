"""Near-duplicates by SimHash (Charikar, 2002), over hashes that the caller provides.

Each n-gram of a text votes on each of 64 bits; texts that share most n-grams share most bits. The
hashes must be keyed, so that a fingerprint reveals nothing of the words.
"""

from collections.abc import Iterable, Sequence
from typing import Final

BITS: Final = 64
WIDTHS: Final = (11, 11, 11, 11, 10, 10)
"""Bits per band in the router's index. Two fingerprints that differ in at most five bits share a
band, as do most near ones; of unrelated pairs, one in 300 does."""
NEAR: Final = 10
"""Maximum differing bits of near-duplicates for staff; unrelated texts differ in 32 on average."""
FEWEST: Final = 8
"""Minimum number of n-grams for a meaningful fingerprint."""
_ALL: Final = (1 << BITS) - 1


def simhash(pieces: Iterable[int]) -> int | None:
    """The fingerprint of a text (non-negative); `pieces`: hashes of 64 bits, signed or not.

    None if there are too few.
    """
    known = set(pieces)
    if len(known) < FEWEST:
        return None
    return _more_than(len(known) // 2, _counted(known))


def _counted(known: set[int]) -> list[int]:
    """How many of the hashes have each bit, as binary digits for all bits at once, lowest first.

    Adds three numbers of a digit at a time into one of that digit and one of the next.
    """
    digits: list[int] = []
    column = [piece & _ALL for piece in known]
    while column:
        carried: list[int] = []
        while len(column) > 1:
            one, two = column.pop(), column.pop()
            three, differ = column.pop() if column else 0, one ^ two
            column.append(differ ^ three)
            carried.append(one & two | differ & three)
        digits += column
        column = carried
    return digits


def _more_than(number: int, digits: list[int]) -> int:
    """The bits whose count is greater than the number."""
    more, equal = 0, _ALL
    for place in reversed(range(len(digits))):
        wanted = _ALL if number >> place & 1 else 0
        more |= equal & digits[place] & ~wanted
        equal &= ~(digits[place] ^ wanted)
    return more


def distance(first: int, second: int) -> int:
    """The number of bits in which two fingerprints differ."""
    return (first ^ second).bit_count()


def bands(simhash: int, widths: Sequence[int] = WIDTHS) -> tuple[str, ...]:
    """The bands of a fingerprint with their positions: near ones have one in common.

    `widths`: bits per band, 64 in all. Narrow bands miss fewer near ones, and meet more others.
    """
    found: list[str] = []
    for place, width in enumerate(widths):
        found.append(f"{place}.{simhash & (1 << width) - 1:x}")
        simhash >>= width
    return tuple(found)
