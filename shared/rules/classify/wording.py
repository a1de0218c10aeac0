"""What does all the wording of a letter say of its kind and of its line of work? Pure.

Both are asked at once (`pieces.py`): to look pieces up is most of what reading a letter costs.
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
    """What the pieces of a text speak for, in tenths of the natural logarithm of its odds."""

    pieces: int
    """How many different ones it has."""
    kinds: Mapping[str, float]
    """By category."""
    lines: Mapping[str, float]
    """By police type."""

    @classmethod
    def of(cls, text: str, *, subject_ends: int) -> "Wording":
        """The wording of a normal text whose subject is its first `subject_ends` code points."""
        pieces = pieces_of(text)
        said = PIECES.says(chain(pieces, *pieces_of_ends(text, subject_ends=subject_ends)))
        return cls(len(pieces), said["category"], said["police_type"])


def pieces_of_ends(text: str, *, subject_ends: int) -> tuple[set[Piece], set[Piece]]:
    """The pieces of a normal text's subject and last sentence, marked so: they tell its kind."""
    last = text[last_begins(text, subject_ends=subject_ends) :]
    return pieces_of(text[:subject_ends], mark="^"), pieces_of(last, mark="$")
