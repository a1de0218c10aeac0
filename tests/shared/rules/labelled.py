"""Labelled letters, and how many of them the rules classify rightly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.rules.classify.sorting import sort
from shared.rules.text.written import Written
from tests.support.labelled import DEVELOPMENT, labelled

OWN: Final = Path(__file__).parents[2] / "golden" / "letters_own_places.jsonl"
Row = Mapping[str, Any]


DEMO: Final = labelled(DEVELOPMENT)
OWN_ROWS: Final = labelled(OWN)
TUNED: Final = [row for row in OWN_ROWS if int(row["id"][-3:]) % 2]
"""The half that cues were chosen by."""
UNSEEN: Final = [row for row in OWN_ROWS if int(row["id"][-3:]) % 2 == 0]
"""The half whose mistakes nobody has read."""
BLIND: Final = [
    row for row in labelled(OWN.with_name("letters_blind.jsonl")) if int(row["id"][-3:]) % 2 == 0
]
"""The held-out half of letters by people who never saw the rules."""
STRANGE: Final = labelled(OWN.with_name("letters_unseen.jsonl"))
"""By two authors who wrote about other matters in other words; nothing is tuned on them."""


@dataclass(frozen=True)
class Figures:
    """The results for a set of letters, each beside its label."""

    placed: float
    """The share of right places among letters with a place, 0 to 1."""
    invented: int
    """Letters without a place for which one was found."""
    police_type: float
    """The share that is right, none included; 0 to 1."""
    category: float
    """The same."""


def read(letters: Sequence[Row]) -> Figures:
    """The figures of some letters of which only words are known, their labels' triage apart."""
    found = [
        (row, sort(Written(row["subject"], row["body"]), triage=row["triage"])) for row in letters
    ]
    there = [(row, one) for row, one in found if row["city"]]
    return Figures(
        placed=sum(one.place == row["city"] for row, one in there) / len(there),
        invented=sum(one.place is not None for row, one in found if not row["city"]),
        police_type=sum(one.police_type == row["police_type"] for row, one in found) / len(found),
        category=sum(one.category == row["category"] for row, one in found) / len(found),
    )
