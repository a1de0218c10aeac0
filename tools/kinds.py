"""Fits the weights by which a letter's kind is read, and says how good they are.

    python -m tools.kinds FIT [FIT …]    prints figures
    python -m tools.kinds FIT [FIT …] --write            and writes shared/data/kind_weights.yaml

FIT are files of labelled letters (as shared/data/demo/letters_dev.jsonl). Of files whose name has
`own` or `blind` in it only odd letters are fitted to; the even ones are unseen. Multinomial
logistic regression with a quadratic penalty, by plain gradient descent: the same figures each time.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any, Final

from shared.rules.kinds import ALWAYS, CATEGORIES
from shared.rules.normal import normal
from shared.rules.signals import signals
from shared.rules.topics import topic

OUT: Final = Path(__file__).parent.parent / "shared" / "data" / "kind_weights.yaml"
HEAD: Final = """\
# What each sign of a letter adds to each kind:
# inquiry, request, complaint, report, suggestion, thanks. Fitted to invented labelled letters by
# `python -m tools.kinds`: change kind_cues.yaml and fit again, not this.
"""
HALVED: Final = ("own", "blind")
"""Files with such a word in their name keep half of their letters unseen."""
FOLDS: Final = 10
STEPS: Final = 400
RATE: Final = 0.5
PENALTY: Final = 2.5
"""Half of it on each squared weight, over all letters."""


@dataclass(frozen=True)
class Example:
    """A labelled letter as the rules see it."""

    signs: dict[str, int]
    label: int


Weights = dict[str, list[float]]


def example(row: dict[str, Any]) -> Example:
    """The signs of a labelled letter, and its kind's number."""
    subject = normal(row["subject"])
    text, ends, triage = f"{subject}\n{normal(row['body'])}", len(subject), row["triage"]
    line = topic(text, subject_ends=ends, triage=triage).value
    shown = signals(text, subject_ends=ends, triage=triage, topic=line)
    return Example({ALWAYS: 1, **shown}, CATEGORIES.index(row["category"]))


def fitted(examples: Sequence[Example]) -> Weights:
    """The weights that explain the labels best."""
    weights: Weights = {sign: [0.0] * len(CATEGORIES) for one in examples for sign in one.signs}
    for _ in range(STEPS):
        slopes: Weights = {sign: [0.0] * len(CATEGORIES) for sign in weights}
        for one in examples:
            off = _shares(one, weights)
            off[one.label] -= 1.0
            for sign, count in one.signs.items():
                slope = slopes[sign]
                for place, by in enumerate(off):
                    slope[place] += by * count
        for sign, row in weights.items():
            penalty = 0.0 if sign == ALWAYS else PENALTY
            for place, slope_of in enumerate(slopes[sign]):
                row[place] -= RATE * (slope_of + penalty * row[place]) / len(examples)
    return weights


def right(examples: Iterable[Example], weights: Weights) -> float:
    """The share whose kind the weights tell."""
    told = [_best(one, weights) == one.label for one in examples]
    return sum(told) / len(told)


def crossed(examples: Sequence[Example]) -> float:
    """The share told right by weights fitted without it, ten folds of each tenth letter."""
    told = 0.0
    for fold in range(FOLDS):
        inside = [one for number, one in enumerate(examples) if number % FOLDS != fold]
        outside = examples[fold::FOLDS]
        told += right(outside, fitted(inside)) * len(outside)
    return told / len(examples)


def _shares(one: Example, weights: Weights) -> list[float]:
    totals = _totals(one, weights)
    most = max(totals)
    powers = [exp(total - most) for total in totals]
    return [power / sum(powers) for power in powers]


def _totals(one: Example, weights: Weights) -> list[float]:
    totals = [0.0] * len(CATEGORIES)
    for sign, count in one.signs.items():
        for place, weight in enumerate(weights.get(sign, ())):
            totals[place] += weight * count
    return totals


def _best(one: Example, weights: Weights) -> int:
    totals = _totals(one, weights)
    return totals.index(max(totals))


def _letters(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def _halves(file: Path) -> tuple[list[Example], list[Example]]:
    """Those to fit to, and those that are only looked at."""
    rows = _letters(file)
    is_all = not any(word in file.name for word in HALVED)
    seen = [row for row in rows if is_all or int(row["id"][-3:]) % 2]
    return [*map(example, seen)], [example(row) for row in rows if row not in seen]


def _written(weights: Weights) -> str:
    rows = (
        f"{sign}: [{', '.join(f'{weight:.2f}' for weight in weights[sign])}]\n"
        for sign in sorted(weights)
    )
    return HEAD + "".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures, and write the weights where asked."""
    asked = argparse.ArgumentParser(prog="tools.kinds", description=__doc__)
    asked.add_argument("fit", type=Path, nargs="+")
    asked.add_argument("--write", action="store_true")
    told = asked.parse_args(arguments)
    halves = {file.name: _halves(file) for file in told.fit}
    seen = [one for fit, _ in halves.values() for one in fit]
    weights = fitted(seen)
    print(
        f"crossed, {len(seen)} letters: {crossed(seen):.1%}; fitted to: {right(seen, weights):.1%}"
    )
    for name, (_, unseen) in halves.items():
        if unseen:
            print(f"{name}: {len(unseen)} unseen: {right(unseen, weights):.1%}")
    if told.write:
        OUT.write_text(_written(weights), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
