"""The result of a rule: a value with confidence and evidence codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class RuleAnswer(Generic[T]):
    """One answer of a rule; None without confidence: unknown."""

    value: T | None = None
    confidence: float = 0.0
    """0 to 1: the share of the best among the two best."""
    evidence: tuple[str, ...] = ()
    """Codes, never words."""


def two_best(scores: Mapping[T, float]) -> tuple[T, float, float]:
    """The best, its weight and the second's weight; the first of equals. `scores` is not empty."""
    best = max(scores, key=scores.__getitem__)
    second = max((weight for key, weight in scores.items() if key != best), default=0.0)
    return best, scores[best], second
