"""What did a rule read from words: a value, how surely, and by which codes? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One answer of a rule; None with no confidence: it knows none."""

    value: T | None = None
    confidence: float = 0.0
    """0 to 1: the share of the best among the two best."""
    evidence: tuple[str, ...] = ()
    """Codes, never words."""


def two_best(scores: Mapping[T, float]) -> tuple[T, float, float]:
    """The best, its weight and that of the second; the first of equals. Never of an empty one."""
    best = max(scores, key=scores.__getitem__)
    second = max((weight for key, weight in scores.items() if key != best), default=0.0)
    return best, scores[best], second
