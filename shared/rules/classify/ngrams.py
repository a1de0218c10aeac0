"""What does all the wording of a letter speak for, beside its cues? Small pieces with points. Pure.

Cues are words that somebody thought of, and tomorrow's writers use others. Of how a letter is
worded, though, they share most: 没报, 血, 请问. So each character, each pair of them and each Latin
word has a few points for a class, found by `python -m tools.train.ngrams`; none decides alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, repeat
from math import sqrt
from typing import Final, TypeAlias

from shared.kernel.errors import BadData
from shared.rules.tables import listed

SHORT: Final = 25
"""Of a text with fewer known pieces, each says no more than if it had as many."""
READ: Final = 1_000
"""Code points of a text that are looked at: few letters are longer, and their beginning says it."""
LANE: Final = 24
"""Bits for the sum of one class: so many code points have some thousand pieces of some points."""
_WORD: Final = re.compile(r"[a-z']+")
_IS_WORD: Final = re.compile(r"[\^$]?[a-z']{2,}_")
_MARKS: Final = {"": 0, "^": 1 << 61, "$": 1 << 62}
"""Bits by the mark that a table writes before a piece; those of two code points end below them."""

Piece: TypeAlias = int | str
"""A character or a pair: a number of 32 bits for each, which is had and found sooner than text.

A Latin word of two letters or more is its text and `_`; of one letter, the pair of it and `_`.
"""


class Pieces:
    """The points of `shared/data/pieces/<name>.csv`, some tables together: a row for each piece.

    All points of a piece are packed into one whole number, lanes for the classes of each table and
    one to count: so a piece costs one look and one addition, however many classes and tables.
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
        """What they speak for, by table and class, in tenths of the natural logarithm of its odds.

        The sum is divided by the root of how many are known, for a long letter has more of all.
        """
        total = sum(map(self._packed.get, pieces, repeat(0)))
        lanes = _unpacked(total, self._lanes)
        said = {}
        for name, classes, bases in self._tables:
            share, sums = 1 / sqrt(max(next(lanes), SHORT)), islice(lanes, len(classes))
            said[name] = {
                one: base + share * points
                for one, base, points in zip(classes, bases, sums, strict=True)
            }
        return said


def pieces_of(text: str, *, mark: str = "") -> set[Piece]:
    """Each character of the beginning of a normal text, each pair, and each Latin word.

    `mark` is `^` or `$` where the text is a part that is asked about by itself.
    """
    text = text[:READ]
    chars = _code_points(text)
    pairs = (chars[at : at + (len(chars) - at) // 8 * 8].cast("Q") for at in (0, 4))
    numbers = {*chars.cast("I")}.union(*pairs)
    bits = _MARKS[mark]
    marked = {number | bits for number in numbers} if bits else numbers
    words = {f"{mark}{word}_" for word in _WORD.findall(text)}
    return {*marked, *(one if len(one) > len(mark) + 2 else as_read(one) for one in words)}


def as_written(piece: Piece) -> str:
    """A piece as a table has it, with its mark."""
    if isinstance(piece, str):
        return piece
    mark = next(mark for mark, bits in reversed(_MARKS.items()) if piece & bits == bits)
    second, first = divmod(piece - _MARKS[mark], 1 << 32)
    return mark + chr(first) + (chr(second) if second else "")


def as_read(written: str) -> Piece:
    """The piece that a table has so."""
    if _IS_WORD.fullmatch(written):
        return written
    mark, chars = (written[0], written[1:]) if written[0] in _MARKS else ("", written)
    return _code_points(chars).cast("I" if len(chars) == 1 else "Q")[0] | _MARKS[mark]


def _code_points(text: str) -> memoryview:
    """32 bits for each, the lowest first, as the processors have them that we run on."""
    return memoryview(text.encode("utf-32-le", "surrogatepass"))


def is_piece(one: str) -> bool:
    """Whether it may stand in a table: Latin letters speak by words, line breaks not at all."""
    return "\n" not in one and (not one.isascii() or one[-1] == "_")


def _points(row: Mapping[str, str], classes: Iterable[str], name: str) -> tuple[int, ...]:
    try:
        return tuple(int(row[one] or 0) for one in classes)
    except (TypeError, ValueError) as bad:
        raise BadData(f"pieces/{name}.csv: whole numbers are needed") from bad


def _packed(points: Iterable[int], lane: int) -> int:
    """The points in lanes from that one on."""
    return sum(value << (LANE * place) for place, value in enumerate(points, lane))


def _unpacked(total: int, count: int) -> Iterator[int]:
    """The lanes of a sum, which may be negative."""
    for _ in range(count):
        value = (total + (1 << (LANE - 1))) % (1 << LANE) - (1 << (LANE - 1))
        yield value
        total = (total - value) >> LANE
