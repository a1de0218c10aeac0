"""The n-gram points of a letter's wording for category and police type.

Both are computed at once (`ngrams.py`): looking n-grams up is most of the cost of reading a letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from shared.rules.classify.moods import last_begins
from shared.rules.classify.ngrams import Piece, Pieces, pieces_of

PIECES: Final = Pieces("category", "police_type")


@dataclass(frozen=True, slots=True)
class Wording:
    """The points of a text's n-grams, in tenths of the natural logarithm of the odds."""

    pieces: int
    """Number of different n-grams."""
    kinds: Mapping[str, float]
    """By category."""
    lines: Mapping[str, float]
    """By police type."""

    @classmethod
    def of(cls, text: str, *, subject_ends: int) -> "Wording":
        """Read a normal text whose subject is its first `subject_ends` code points."""
        pieces = pieces_of(text)
        points = PIECES.says(chain(pieces, *pieces_of_ends(text, subject_ends=subject_ends)))
        return cls(len(pieces), points["category"], points["police_type"])


def pieces_of_ends(text: str, *, subject_ends: int) -> tuple[set[Piece], set[Piece]]:
    """The marked n-grams of a normal text's subject and last sentence, which tell its category."""
    last = text[last_begins(text, subject_ends=subject_ends) :]
    return pieces_of(text[:subject_ends], mark="^"), pieces_of(last, mark="$")
