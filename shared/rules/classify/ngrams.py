"""N-grams of a letter's wording, each with points for classes.

Cues are words that somebody thought of, and future writers use others. But they share most of their
wording: 没报, 血, 请问. So each character, each pair of characters and each Latin word has a few
points for a class, fitted by `python -m tools.train.ngrams`; none decides alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, repeat
from math import sqrt
from typing import Final, TypeAlias

from shared.kernel.errors import BadData
from shared.rules.tables import listed

SHORT: Final = 25
"""A text with fewer known n-grams is treated as if it had this many."""
READ: Final = 1_000
"""Code points of a text that are read: few letters are longer, and their beginning suffices."""
LANE: Final = 24
"""Bits per class in a packed sum, enough for all n-grams of `READ` code points."""
_WORD: Final = re.compile(r"[a-z']+")
_IS_WORD: Final = re.compile(r"[\^$]?[a-z']{2,}_")
_MARKS: Final = {"": 0, "^": 1 << 61, "$": 1 << 62}
"""Bits for the mark before an n-gram in a table; two packed code points end below them."""

Piece: TypeAlias = int | str
"""A character or a pair: a number of 32 bits per code point, faster to make and find than text.

A Latin word of two letters or more is its text and `_`; of one letter, the pair of it and `_`.
"""


class Pieces:
    """The points of `shared/data/pieces/<name>.csv`, several tables together, a row per n-gram.

    All points of an n-gram are packed into one integer, with lanes for the classes of each table
    and one lane for the count: an n-gram costs one lookup and one addition, however many classes
    and tables.
    """

    def __init__(self, *names: str) -> None:
        self._tables: list[tuple[str, tuple[str, ...], tuple[int, ...]]] = []
        self._packed: dict[Piece, int] = {}
        lane = 0
        for name in names:
            rows = listed(f"pieces/{name}")
            classes = tuple(rows[0])[1:]
            points = {row["piece"]: _points(row, classes, name) for row in rows}
            self._tables.append((name, classes, points.pop("", (0,) * len(classes))))
            for written, row in points.items():
                piece = as_read(written)
                self._packed[piece] = self._packed.get(piece, 0) + _packed((1, *row), lane)
            lane += 1 + len(classes)
        self._lanes = lane

    def says(self, pieces: Iterable[Piece]) -> dict[str, dict[str, float]]:
        """The points by table and class, in tenths of the natural logarithm of the odds.

        The sum is divided by the root of the number of known n-grams, since a long letter has more
        of all.
        """
        total = sum(map(self._packed.get, pieces, repeat(0)))
        lanes = _unpacked(total, self._lanes)
        points_by_table = {}
        for name, classes, bases in self._tables:
            share, sums = 1 / sqrt(max(next(lanes), SHORT)), islice(lanes, len(classes))
            points_by_table[name] = {
                class_: base + share * points
                for class_, base, points in zip(classes, bases, sums, strict=True)
            }
        return points_by_table


def pieces_of(text: str, *, mark: str = "") -> set[Piece]:
    """The characters, pairs and Latin words at the beginning of a normal text.

    `mark`: `^` or `$` for a part of the letter that is read separately.
    """
    text = text[:READ]
    chars = _code_points(text)
    pairs = (chars[at : at + (len(chars) - at) // 8 * 8].cast("Q").tolist() for at in (0, 4))
    numbers = set(chars.cast("I").tolist()).union(*pairs)
    bits = _MARKS[mark]
    marked = {number | bits for number in numbers} if bits else numbers
    words = {f"{mark}{word}_" for word in _WORD.findall(text)}
    return {*marked, *(word if len(word) > len(mark) + 2 else as_read(word) for word in words)}


def as_written(piece: Piece) -> str:
    """An n-gram as written in a table, with its mark."""
    if isinstance(piece, str):
        return piece
    mark = next(mark for mark, bits in reversed(_MARKS.items()) if piece & bits == bits)
    second, first = divmod(piece - _MARKS[mark], 1 << 32)
    return mark + chr(first) + (chr(second) if second else "")


def as_read(written: str) -> Piece:
    """The n-gram written so in a table."""
    if _IS_WORD.fullmatch(written):
        return written
    mark, chars = (written[0], written[1:]) if written[0] in _MARKS else ("", written)
    return _code_points(chars).cast("I" if len(chars) == 1 else "Q")[0] | _MARKS[mark]


def _code_points(text: str) -> memoryview:
    """The text as 32-bit numbers, in the little-endian order of our processors."""
    return memoryview(text.encode("utf-32-le", "surrogatepass"))


def is_piece(written: str) -> bool:
    """Whether it may stand in a table: Latin letters only as words, and no line breaks."""
    return "\n" not in written and (not written.isascii() or written[-1] == "_")


def _points(row: Mapping[str, str], classes: Iterable[str], name: str) -> tuple[int, ...]:
    try:
        return tuple(int(row[class_] or 0) for class_ in classes)
    except (TypeError, ValueError) as bad:
        raise BadData(f"pieces/{name}.csv: whole numbers are needed") from bad


def _packed(points: Iterable[int], lane: int) -> int:
    """Pack the points into lanes, starting at `lane`."""
    return sum(value << (LANE * place) for place, value in enumerate(points, lane))


def _unpacked(total: int, count: int) -> Iterator[int]:
    """Unpack the lanes of a sum, which may be negative."""
    for _ in range(count):
        value = (total + (1 << (LANE - 1))) % (1 << LANE) - (1 << (LANE - 1))
        yield value
        total = (total - value) >> LANE
