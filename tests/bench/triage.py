"""The cost of triage for a letter, measured alone in this process."""

import time
from statistics import median

from shared.rules.classify.triage import triaged
from shared.rules.text.written import Written
from tests.bench.measures import Measure
from tests.support.labelled import DEVELOPMENT, labelled

ROUNDS = 5
LONGEST = 10_000
"""Characters that a letter may have."""


def measure() -> list[Measure]:
    """Microseconds for a development letter (the median one) and for the longest, by rounds."""
    letters = [Written(one["subject"], one["body"]) for one in labelled(DEVELOPMENT)]
    longest = Written("x", "".join(letter.body for letter in letters)[:LONGEST])
    usual = [median(_took(letter) for letter in letters) for _ in range(ROUNDS)]
    return [
        Measure("triage.usual", "us/letter", usual),
        Measure("triage.longest", "us/letter", [_took(longest) for _ in range(ROUNDS)]),
    ]


def _took(letter: Written) -> float:
    began = time.perf_counter()
    triaged(letter)
    return (time.perf_counter() - began) * 1_000_000
