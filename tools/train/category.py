"""Fits the weights of letter categories, and prints how good they are.

    python -m tools.train.category            prints figures of a fit to the files below (minutes)
    python -m tools.train.category --write    writes shared/data/kind_weights.yaml: what is shipped
    python -m tools.train.category FIT …      fits to other files

The default files (`LETTERS`) are shared/data/demo/letters_dev.jsonl, and of tests/golden
letters_own.jsonl, letters_own_places.jsonl, letters_blind.jsonl and letters_varied.jsonl. Of files
with `own` or `blind` in their name, only odd letters are used for fitting; the even ones are
unseen.
Letters whose triage class determines their category (emergencies, crime reports) are left out.

Multinomial logistic regression with a quadratic penalty. The objective has a single maximum, so the
weights depend only on letters and cues; a test checks that the shipped ones are at the maximum.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from operator import mul
from pathlib import Path
from typing import Any, Final

from shared.rules.classify.category import ALWAYS, BY_CLASS, CATEGORIES
from shared.rules.classify.category_features import signals
from shared.rules.text.normalise import normal

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "shared" / "data" / "kind_weights.yaml"
GOLDEN: Final = ROOT / "tests" / "golden"
LETTERS: Final = (
    ROOT / "shared" / "data" / "demo" / "letters_dev.jsonl",
    *(GOLDEN / f"letters_{name}.jsonl" for name in ("own", "own_places", "blind", "varied")),
)
HEAD: Final = """\
# What each feature of a letter adds to the score of each kind:
# inquiry, request, complaint, report, suggestion, thanks. Fitted to invented labelled letters by
# `python -m tools.train.category --write`. To change it, change kind_cues.yaml or kind_words.yaml
# and fit again.
"""
HALVED: Final = ("own", "blind")
"""Half of the letters in files with such a word in their name stay unseen."""
FOLDS: Final = 10
STEPS: Final = 2000
"""More than are ever needed."""
FLAT: Final = 0.1
"""The slope, in letters, below which the maximum is reached."""
PENALTY: Final = 12.0
"""Half of it times each squared weight, over all letters."""


@dataclass(frozen=True)
class Example:
    """A labelled letter with its features."""

    signs: Mapping[str, int]
    label: int


Weights = dict[str, list[float]]


def example(row: Mapping[str, Any]) -> Example:
    """The features of a labelled letter, and its category's number."""
    subject = normal(row["subject"])
    text = f"{subject}\n{normal(row['body'])}"
    shown = signals(text, subject_ends=len(subject), triage=row["triage"])
    signs = {sign: count for sign, count in shown.items() if count}
    return Example({ALWAYS: 1, **signs}, CATEGORIES.index(row["category"]))


def fitted(examples: Sequence[Example]) -> Weights:
    """The weights that explain the labels best.

    Each weight has its own step, short enough never to overshoot, with Nesterov's momentum.
    """
    steps = _steps(examples)
    weights: Weights = {sign: [0.0] * len(CATEGORIES) for sign in steps}
    ahead = weights
    for number in range(STEPS):
        slope = slopes(examples, ahead)
        if is_flat(slope):
            break
        moved = {
            sign: [
                weight - step * off for weight, off in zip(ahead[sign], slope[sign], strict=True)
            ]
            for sign, step in steps.items()
        }
        on = number / (number + 3)
        ahead = {
            sign: [new + on * (new - old) for new, old in zip(row, weights[sign], strict=True)]
            for sign, row in moved.items()
        }
        weights = moved
    return ahead


def is_flat(slope: Weights, within: float = FLAT) -> bool:
    """Whether no weight would gain more than that many letters."""
    return all(abs(off) < within for row in slope.values() for off in row)


def slopes(examples: Sequence[Example], weights: Weights) -> Weights:
    """The gradient at some weights, in letters; 0 at the maximum."""
    off: list[list[float]] = [[] for _ in CATEGORIES]
    for example in examples:
        for place, share in enumerate(_shares(example, weights)):
            off[place].append(share - (place == example.label))
    return {
        sign: [
            sum(map(mul, map(column.__getitem__, places), counts)) + _penalty(sign) * weight
            for column, weight in zip(off, weights[sign], strict=True)
        ]
        for sign, (places, counts) in _showing(examples).items()
    }


def right(examples: Iterable[Example], weights: Weights) -> float:
    """The share of letters whose category the weights predict."""
    hits = [_best(letter, weights) == letter.label for letter in examples]
    return sum(hits) / len(hits)


def crossed(examples: Sequence[Example]) -> float:
    """The share predicted by weights fitted without the letter, in ten-fold cross-validation."""
    told = 0.0
    for fold in range(FOLDS):
        inside = [one for number, one in enumerate(examples) if number % FOLDS != fold]
        outside = examples[fold::FOLDS]
        told += right(outside, fitted(inside)) * len(outside)
    return told / len(examples)


def _penalty(sign: str) -> float:
    return 0.0 if sign == ALWAYS else PENALTY


def _showing(examples: Sequence[Example]) -> dict[str, tuple[list[int], list[int]]]:
    """For each feature the letters that have it, and its count in each."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for place, one in enumerate(examples):
        for sign, count in one.signs.items():
            places, counts = found.setdefault(sign, ([], []))
            places.append(place)
            counts.append(count)
    return found


def _steps(examples: Sequence[Example]) -> dict[str, float]:
    """For each feature the step of its weights per unit of slope.

    Half of a feature's counts, times all counts of its letters, is never less than the curvature.
    """
    bends: dict[str, float] = {}
    for one in examples:
        shown = sum(one.signs.values())
        for sign, count in one.signs.items():
            bends[sign] = bends.get(sign, 0.0) + count * shown / 2
    return {sign: 1 / (bend + _penalty(sign)) for sign, bend in bends.items()}


def _shares(one: Example, weights: Weights) -> list[float]:
    totals = _totals(one, weights)
    most = max(totals)
    powers = [exp(total - most) for total in totals]
    whole = sum(powers)
    return [power / whole for power in powers]


def _totals(one: Example, weights: Weights) -> list[float]:
    rows = [weights[sign] for sign in one.signs if sign in weights]
    counts = [count for sign, count in one.signs.items() if sign in weights]
    return [sum(map(mul, column, counts)) for column in zip(*rows, strict=True)]


def _best(one: Example, weights: Weights) -> int:
    totals = _totals(one, weights)
    return totals.index(max(totals))


def halves(file: Path) -> tuple[list[Example], list[Example]]:
    """The letters of a file used for fitting, and the unseen ones."""
    lines = file.read_text("utf-8").splitlines()
    rows = [
        row for row in map(json.loads, filter(str.strip, lines)) if row["triage"] not in BY_CLASS
    ]
    is_all = not any(word in file.name for word in HALVED)
    seen = [row for row in rows if is_all or int(row["id"][-3:]) % 2]
    return [*map(example, seen)], [example(row) for row in rows if row not in seen]


def _written(weights: Weights) -> str:
    rows = (
        f"{sign}: [{', '.join(f'{weight:.3f}' for weight in weights[sign])}]\n"
        for sign in sorted(weights)
    )
    return HEAD + "".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and write the weights if requested."""
    asked = argparse.ArgumentParser(prog="tools.train.category", description=__doc__)
    asked.add_argument("fit", type=Path, nargs="*", default=LETTERS)
    asked.add_argument("--write", action="store_true")
    told = asked.parse_args(arguments)
    by_file = {file.name: halves(file) for file in told.fit}
    seen = [one for fit, _ in by_file.values() for one in fit]
    weights = fitted(seen)
    print(f"{len(seen)} letters fitted to: {right(seen, weights):.1%}")
    for name, (_, unseen) in by_file.items():
        if unseen:
            print(f"{name}: {len(unseen)} unseen: {right(unseen, weights):.1%}")
    if told.write:
        OUT.write_text(_written(weights), encoding="utf-8")
    else:
        print(f"crossed: {crossed(seen):.1%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
