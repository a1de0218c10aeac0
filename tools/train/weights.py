"""Fits the points of the triage score cards from labelled letters.

    python -m tools.train.weights        prints points for shared/data/triage_cards.yaml

Logistic regression with a penalty on large points (half their squares against PENALTY times the
loss), on the development letters, the tuning letters, varied letters by further people, and the odd
halves of our own and of the blind ones. Their even halves are never read here. Replace a table's
base and points as a whole.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp
from operator import itemgetter
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from shared.rules.classify.score_cards import CARDS
from shared.rules.classify.triage import TriageReading
from shared.rules.classify.triage_features import DANGER, marks_of
from shared.rules.text.cue_reader import text_of
from shared.rules.text.cues import Cue
from shared.rules.text.written import Written

ROOT: Final = Path(__file__).resolve().parents[2]
LETTERS: Final = (
    ROOT / "shared/data/demo/letters_dev.jsonl",
    ROOT / "tests/golden/letters_own.jsonl",
    ROOT / "tests/golden/letters_tuning.jsonl",
    ROOT / "tests/golden/letters_blind.jsonl",
    ROOT / "tests/golden/letters_varied.jsonl",
)
HELD_OUT: Final = ("own-", "place-", "u-", "v-")
"""Of ids with these prefixes, those that end in an even digit are held out."""
PENALTY: Final = 0.7
TURNS: Final = 3
"""How many times each letter is an example for emergencies."""
STEPS: Final = 25
TENTHS: Final = 10
LEAST: Final = 0.5
"""Smaller points, in tenths, are left out."""

ABOUT_DANGER: Final = (
    "strong", "weak", "family", "danger", "person", "clock", "order", "secretly", "calm", "appeal",
    "plain", "over", "police.conduct",
)  # fmt: skip
LEFT_OUT: Final[Mapping[str, tuple[str, ...]]] = {
    "emergency": ("crime.", "other.", "police.", "crime2", "crime3", "crime4", "harm"),
    "crime_report": ABOUT_DANGER,
    "not_police": (*ABOUT_DANGER, "unreported"),
}
"""Prefixes of features that a card ignores: about something else, or too rare."""

Example = tuple[frozenset[str], bool]


def examples(
    rows: Iterable[Mapping[str, Any]], card: str, *, turn: int | None = None
) -> Iterator[Example]:
    """The features of each letter, and whether it is of the card's class.

    Emergencies are no examples for the other cards: they are stopped before. In a `turn`, a
    different half of all danger cues is unknown: tuning letters contain words that are in the
    tables because of them, and future letters don't.
    """
    for row in rows:
        if card == "emergency" or row["triage"] != "emergency":
            marks = _marks(Written(row["subject"], row["body"]), turn)
            kept = (mark for mark in marks if not mark.startswith(LEFT_OUT[card]))
            yield frozenset(kept), row["triage"] == card


def _marks(written: Written, turn: int | None) -> frozenset[str]:
    reading = TriageReading.of(written)
    if turn is None:
        return reading.marks
    known = (one for one in reading.found if not _is_unknown(one.cue, turn))
    subject = len(text_of(written.subject, "")) - 1
    return marks_of(known, subject=subject, length=reading.length)


def _is_unknown(cue: Cue, turn: int) -> bool:
    return cue.code.startswith(DANGER) and crc32(f"{turn} {cue.text}".encode()) % 2 == 0


def points(given: Sequence[Example], *, turns: int = 1) -> tuple[int, dict[str, int]]:
    """Base and points, in tenths, of letters that are repeated `turns` times."""
    names = sorted(frozenset().union(*(marks for marks, _ in given)))
    index = {name: place for place, name in enumerate(names, 1)}
    rows = [([0, *(index[mark] for mark in marks)], is_one) for marks, is_one in given]
    weights = [0.0] * (len(names) + 1)
    for _ in range(STEPS):
        weights = [
            a + b for a, b in zip(weights, _step(rows, weights, PENALTY / turns), strict=True)
        ]
    base, *rest = (weight * TENTHS for weight in weights)
    kept = {name: round(w) for name, w in zip(names, rest, strict=True) if abs(w) > LEAST}
    return round(base), kept


def letters(files: Iterable[Path] = LETTERS) -> list[dict[str, Any]]:
    """The letters to learn from, sorted by id, so that the order in files doesn't matter."""
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return sorted((row for row in rows if not _is_held_out(row["id"])), key=itemgetter("id"))


def main() -> int:
    """Print base and points of every card."""
    rows = letters()
    for card in CARDS:
        turns = range(TURNS) if card == "emergency" else (None,)
        given = [one for turn in turns for one in examples(rows, card, turn=turn)]
        base, found = points(given, turns=len(turns))
        print(f"{card}:\n  base: {base}\n  points:")
        for mark, value in sorted(found.items(), key=lambda one: (-one[1], one[0])):
            print(f"    {mark}: {value}")
    return 0


def _is_held_out(letter: str) -> bool:
    return letter.startswith(HELD_OUT) and int(letter[-1]) % 2 == 0


def _step(
    rows: Sequence[tuple[list[int], bool]], weights: Sequence[float], share: float
) -> list[float]:
    """A Newton step: what to add to the weights. The base, at place 0, has no penalty."""
    size = len(weights)
    slope = [0.0, *(-weight for weight in weights[1:])]
    curve = [[float(row == column > 0) for column in range(size)] for row in range(size)]
    for places, is_one in rows:
        chance = 1 / (1 + exp(-sum(weights[place] for place in places)))
        spread = share * chance * (1 - chance)
        for row in places:
            slope[row] += share * (is_one - chance)
            for column in places:
                curve[row][column] += spread
    return _solved(curve, slope)


def _solved(matrix: list[list[float]], right: Sequence[float]) -> list[float]:
    """Solve a positive definite system by elimination; `matrix` is overwritten."""
    values = [*right]
    for row, pivots in enumerate(matrix):
        for below in range(row + 1, len(matrix)):
            if factor := matrix[below][row] / pivots[row]:
                matrix[below] = [a - factor * b for a, b in zip(matrix[below], pivots, strict=True)]
                values[below] -= factor * values[row]
    for row in reversed(range(len(matrix))):
        known = sum(matrix[row][after] * values[after] for after in range(row + 1, len(matrix)))
        values[row] = (values[row] - known) / matrix[row][row]
    return values


if __name__ == "__main__":
    sys.exit(main())
