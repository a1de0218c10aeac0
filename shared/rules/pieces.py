"""What does all the wording of a letter speak for, beside its cues? Small pieces with points. Pure.

Cues are words that somebody thought of, and tomorrow's writers use others. Of how a letter is
worded, though, they share most: 没报, 血, 请问. So each character, each pair of them and each Latin
word has a few points for a class, which `python -m tools.pieces` finds; no piece decides by itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import sqrt
from operator import add
from typing import Final

from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.rules.cards import CARDS
from shared.rules.tables import table

SHORT: Final = 25
"""Of a text with fewer known pieces, each says no more than if it had as many."""
_WORD: Final = re.compile(r"[a-z']+")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The points of every piece that the table has."""

    wide: frozenset[str]
    words: frozenset[str]
    points: Mapping[str, tuple[int, ...]]
    """By piece, of either kind; for each class, in the order of `CARDS`."""

    def says(self, text: str) -> Mapping[str, int]:
        """For each class, in points of a score card, what a text that `text_of` made speaks for.

        The sum is divided by the root of how many are known, for a long letter has more of all.
        """
        found = (self.wide & wide_of(text)) | (self.words & words_of(text))
        if not found:
            return dict.fromkeys(CARDS, 0)
        share = 1 / sqrt(max(len(found), SHORT))
        columns = zip(*map(self.points.__getitem__, found), strict=True)
        return {name: round(share * sum(each)) for name, each in zip(CARDS, columns, strict=True)}

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Pieces":
        """A parsed table: for each class pieces, by their points. Raises: BadData."""
        plain.only(data, *CARDS, where="triage_pieces")
        by_class = [_points(data.get(name), f"triage_pieces.{name}") for name in CARDS]
        known = frozenset[str]().union(*by_class)
        words = frozenset(filter(str.isascii, known))
        return cls(
            known - words, words, {one: tuple(p.get(one, 0) for p in by_class) for one in known}
        )


@cache
def pieces() -> Pieces:
    """Ours. Raises: BadData."""
    return Pieces.of(table("triage_pieces"))


def wide_of(text: str) -> set[str]:
    """Each character and each pair of them; a table has only Han ones."""
    return {*text, *map(add, text, text[1:])}


def words_of(text: str) -> set[str]:
    """Each Latin word."""
    return set(_WORD.findall(text))


def _points(data: object, where: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for points, written in plain.a_map(data, where).items():
        try:
            value = int(points)
        except ValueError as bad:
            raise BadData(f"{where}: {points} is no whole number") from bad
        found |= dict.fromkeys(plain.a_text(written, f"{where}.{points}").split(), value)
    return found
