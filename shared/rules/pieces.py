"""What does all the wording of a letter speak for, beside its cues? Small pieces with points. Pure.

Cues are words that somebody thought of, and tomorrow's writers use others. Of how a letter is worded,
though, they share most: 没报, 血, 请问. So each character, each pair of them and each Latin word has
a few points for a class, which `python -m tools.pieces` finds; no piece decides by itself.
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

_WORD: Final = re.compile(r"[a-z']+")
Points = Mapping[str, int]
"""By piece."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The points of every piece that the table has, by class."""

    known: frozenset[str]
    points: Mapping[str, Points]

    def says(self, text: str) -> Mapping[str, int]:
        """For each class, in points of a score card, what a text that `text_of` made speaks for.

        The sum is divided by the root of how many pieces are known: a long letter has more of all.
        """
        found = self.known & pieces_of(text)
        share = 1 / sqrt(len(found) or 1)
        return {
            name: round(share * sum([points[one] for one in found if one in points]))
            for name, points in self.points.items()
        }

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Pieces":
        """A parsed table: for each class, pieces parted by blanks by their points. Raises: BadData."""
        plain.only(data, *CARDS, where="triage_pieces")
        points = {name: _points(data.get(name), f"triage_pieces.{name}") for name in CARDS}
        return cls(frozenset().union(*points.values()), points)


@cache
def pieces() -> Pieces:
    """Ours. Raises: BadData."""
    return Pieces.of(table("triage_pieces"))


def pieces_of(text: str) -> set[str]:
    """Each character that isn't ASCII, each pair with one, and each Latin word; once, in any order."""
    joined = {*text, *map(add, text, text[1:])}
    return {one for one in joined if not one.isascii()}.union(_WORD.findall(text))


def _points(data: object, where: str) -> Points:
    found: dict[str, int] = {}
    for points, written in plain.a_map(data, where).items():
        try:
            found |= dict.fromkeys(plain.a_text(written, f"{where}.{points}").split(), int(points))
        except ValueError as bad:
            raise BadData(f"{where}: {points} is no whole number") from bad
    return found
