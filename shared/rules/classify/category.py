"""The category of a letter: question, request, complaint, report, suggestion or thanks.

Features are weighted by `kind_weights.yaml`, in addition to the n-grams of the whole wording
(`wording.py`); `python -m tools.train.category` and `tools.train.ngrams` fit both to labelled
letters.
"""

from collections.abc import Mapping
from math import exp
from operator import mul
from typing import Final, cast, get_args

from shared.contracts.vocabulary import Category, TriageClass
from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.rules.classify.category_features import signals
from shared.rules.classify.findings import RuleAnswer, two_best
from shared.rules.classify.wording import Wording
from shared.rules.tables import table

CATEGORIES: Final = cast("tuple[Category, ...]", get_args(Category))
Weights = Mapping[str, tuple[float, ...]]
"""For each feature its contribution to each category, in the order of `CATEGORIES`."""


def weights_of(data: Mapping[str, object]) -> Weights:
    """Read the weights of a parsed `kind_weights.yaml`. Raises: BadData."""
    return {sign: _row(plain.a_list(row, sign), sign) for sign, row in data.items()}


def _row(row: list[object], sign: str) -> tuple[float, ...]:
    weights = tuple(float(weight) for weight in row if isinstance(weight, int | float))
    if len(weights) != len(CATEGORIES) or len(weights) != len(row):
        raise BadData(f"kind_weights.yaml: {sign}: {len(CATEGORIES)} numbers are needed")
    return weights


WEIGHTS: Final = weights_of(table("kind_weights"))
WORDING: Final = 0.05
"""Weight of a point of the wording: half of its tenth, since both were fitted to the same letters.
"""
ALWAYS: Final = "always"
"""The feature that every letter has."""
BY_CLASS: Final[Mapping[TriageClass, Category]] = {"emergency": "request", "crime_report": "report"}
"""Categories fixed by the triage class, whatever the words."""


def kind(
    text: str, wording: Wording, *, subject_ends: int, triage: TriageClass
) -> RuleAnswer[Category]:
    """The category of a normal text whose subject is its first `subject_ends` code points."""
    if decided := BY_CLASS.get(triage):
        return RuleAnswer(decided, 1.0, (f"kind.{decided}",))
    shown = signals(text, subject_ends=subject_ends, triage=triage)
    counted = [(row, count) for sign, count in shown.items() if (row := WEIGHTS.get(sign))]
    counts = [1, *(count for _, count in counted)]
    columns = zip(WEIGHTS[ALWAYS], *(row for row, _ in counted), strict=True)
    totals = [sum(map(mul, column, counts)) for column in columns]
    best, weight, second = two_best(
        {
            category: total + WORDING * wording.kinds[category]
            for category, total in zip(CATEGORIES, totals, strict=True)
        }
    )
    return RuleAnswer(best, round(1 / (1 + exp(second - weight)), 3), (f"kind.{best}",))
