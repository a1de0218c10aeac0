"""Fits the points of n-grams from labelled letters.

    python -m tools.train.ngrams [triage] [category] [police_type]   writes shared/data/pieces/*.csv

Logistic regression with a penalty on large points, one class against the others, by stochastic dual
coordinate ascent (Shalev-Shwartz and Zhang, 2013), on the letters of `tools.train.weights`. An
n-gram must occur in letters of several writers, since one writer's wording is a habit. Takes a
minute or two; each run gives the same result.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from pathlib import Path
from typing import Any, Final

from shared.rules.classify.category import CATEGORIES
from shared.rules.classify.ngrams import Piece, as_written, is_piece, pieces_of
from shared.rules.classify.police_type import TYPES
from shared.rules.classify.score_cards import CARDS
from shared.rules.classify.wording import pieces_of_ends
from shared.rules.text.cue_reader import text_of
from shared.rules.text.normalise import normal
from tools.train.weights import LETTERS, ROOT, letters

OUT: Final = ROOT / "shared" / "data" / "pieces"
LABELLED: Final = (*LETTERS, ROOT / "tests/golden/letters_own_places.jsonl")
"""Letters that are also labelled with category and police type."""
HANDS: Final = 2
"""Minimum number of writers whose letters contain an n-gram."""
LOOSE: Final = 10.0
"""Inverse cost of large points."""
ROUNDS: Final = 40
TENTHS: Final = 10

Letter = Mapping[str, Any]
Row = tuple[Sequence[str], bool]
"""The known n-grams of a letter, and whether it is of the class."""


@dataclass(frozen=True)
class Question:
    """A table to fit."""

    field: str
    """The name of the label."""
    classes: Sequence[str]
    pieces: Callable[[Letter], set[Piece]]
    is_for: Callable[[Letter, str], bool]
    """Whether a letter is an example for a class."""
    fewest: int
    """Minimum number of letters that contain an n-gram."""
    files: Sequence[Path] = LABELLED
    share: float = 1.0
    """Factor of n-grams relative to cues: cues were added because of these very letters, so that
    they look better here than they are."""
    has_base: bool = True


def _text(row: Letter) -> str:
    return f"{normal(row['subject'])}\n{normal(row['body'])}"


def _pieces_for_kind(text: str, *, subject_ends: int) -> set[Piece]:
    return pieces_of(text).union(*pieces_of_ends(text, subject_ends=subject_ends))


QUESTIONS: Final = {
    one.field: one
    for one in (
        Question(
            "triage",
            CARDS,
            lambda row: pieces_of(text_of(row["subject"], row["body"])),
            # Emergencies are no examples for the other cards: they are stopped before.
            lambda row, card: card == "emergency" or row["triage"] != "emergency",
            fewest=3,
            files=LETTERS,
            share=2.5,
            has_base=False,
        ),
        Question(
            "category",
            CATEGORIES,
            lambda row: _pieces_for_kind(_text(row), subject_ends=len(row["subject"])),
            lambda row, _: "category" in row,
            fewest=4,
        ),
        Question(
            "police_type",
            TYPES,
            lambda row: pieces_of(_text(row)),
            lambda row, _: row.get("police_type") is not None and row["triage"] != "emergency",
            fewest=4,
        ),
    )
}


def known(rows: Iterable[tuple[str, set[str]]], *, fewest: int) -> frozenset[str]:
    """The n-grams in enough letters and writers; `rows`: writer and n-grams of each letter."""
    count, hands = Counter[str](), defaultdict[str, set[str]](set)
    for hand, found in rows:
        count.update(found)
        for piece in found:
            hands[piece].add(hand)
    return frozenset(
        piece for piece in count if count[piece] >= fewest and len(hands[piece]) >= HANDS
    )


def fitted(rows: Sequence[Row]) -> tuple[float, Mapping[str, float]]:
    """The base, and the weight of each n-gram."""
    weights = defaultdict[str, float](float)
    base, duals = 0.0, [0.0] * len(rows)
    for _ in range(ROUNDS):
        for place, (found, is_one) in enumerate(rows):
            value, sign = 1 / sqrt(len(found) or 1), 1 if is_one else -1
            margin = sign * (base + value * sum(map(weights.__getitem__, found)))
            step = (1 / (1 + exp(min(margin, 100))) - duals[place]) / (0.25 + 2 * LOOSE)
            duals[place] += step
            base += LOOSE * step * sign
            by = LOOSE * step * sign * value
            for one in found:
                weights[one] += by
    return base, weights


def points(question: Question, given: Iterable[Letter]) -> dict[str, list[int]]:
    """The row of each n-gram; the base's row, if there is one, has an empty key."""
    read = [(row, {*filter(is_piece, map(as_written, question.pieces(row)))}) for row in given]
    vocabulary = known(
        ((row["id"].split("-")[0], found) for row, found in read), fewest=question.fewest
    )
    table = defaultdict[str, list[int]](lambda: [0] * len(question.classes))
    for place, name in enumerate(question.classes):
        base, weights = fitted(
            [
                (sorted(found & vocabulary), row[question.field] == name)
                for row, found in read
                if question.is_for(row, name)
            ]
        )
        if question.has_base:
            table[""][place] = round(base * TENTHS * question.share)
        for piece, weight in weights.items():
            if rounded := round(weight * TENTHS * question.share):
                table[piece][place] = rounded
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the given tables, or all."""
    asked = argparse.ArgumentParser(prog="tools.train.ngrams", description=__doc__)
    asked.add_argument("questions", nargs="*", choices=[[], *QUESTIONS])
    for field in asked.parse_args(arguments).questions or QUESTIONS:
        question = QUESTIONS[field]
        table = points(question, letters(question.files))
        with (OUT / f"{field}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["piece", *question.classes])
            out.writerows([piece, *(v or "" for v in table[piece])] for piece in sorted(table))
        print(f"{field}: {len(table)} pieces")
    return 0


if __name__ == "__main__":
    sys.exit(main())
