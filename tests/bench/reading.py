"""The cost of decrypting a letter's words, measured alone in this process."""

import json
import time
from collections.abc import Callable, Sequence

from shared.platform.runtime.data_files import FOLDER
from shared.rules.classify.sorting import sort
from shared.rules.text.written import Written
from tests.bench.measures import Measure

ROUNDS = 9
SHORT, LONG = 1_000, 10_000
"""Lengths of the letters, which show how the cost grows."""


def measure() -> list[Measure]:
    """Microseconds of a decision, and how much dearer ten times the words are, round by round."""
    file = FOLDER / "demo" / "letters_dev.jsonl"
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    letters = [Written(row["subject"], row["body"]) for row in rows]
    words = "".join(letter.body for letter in letters)
    short, long = Written("", words[:SHORT]), Written("", words[:LONG])
    return [
        Measure("router.rules", "us/letter", _rounds(letters)),
        Measure("router.rules.growth", "us/letter", _rounds([long]), _rounds([short])),
    ]


def _rounds(letters: Sequence[Written]) -> list[float]:
    def once() -> None:
        for letter in letters:
            sort(letter, triage="accept")

    once()
    return [_timed(once) / len(letters) for _ in range(ROUNDS)]


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000_000
