"""Score cards for triage: the points that each feature adds to a class, read from a table.

Points are tenths of the natural logarithm of the odds, so they can be added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.rules.tables import table

CARDS: Final = ("emergency", "crime_report", "not_police")


@dataclass(frozen=True)
class Card:
    """The points of one class, and its thresholds."""

    base: int
    """The score of a letter without features."""
    stop: int
    """From this score on, the letter is of that class."""
    ask: int
    """From this score on, the writer is asked; equal to `stop` if no one is ever asked."""
    points: Mapping[str, int]

    @property
    def asks_from(self) -> int:
        """`ask` relative to `stop`: zero or negative."""
        return self.ask - self.stop

    def score(self, marks: frozenset[str]) -> int:
        """The score for these features; unknown features add nothing."""
        return self.base + sum(self.points.get(mark, 0) for mark in marks)

    @classmethod
    def of(cls, data: object, where: str) -> "Card":
        """Read a parsed card. Raises: BadData."""
        row = plain.only(plain.a_map(data, where), "base", "stop", "ask", "points", where=where)
        base, stop = (_whole(row.get(key), f"{where}.{key}") for key in ("base", "stop"))
        ask = _whole(row.get("ask", stop), f"{where}.ask")
        if ask > stop:
            raise BadData(f"{where}.ask: at most `stop`")
        points = plain.a_map(row.get("points"), f"{where}.points")
        return cls(
            base,
            stop,
            ask,
            {mark: _whole(value, f"{where}.points.{mark}") for mark, value in points.items()},
        )


@cache
def cards() -> Mapping[str, Card]:
    """Our cards, by class. Raises: BadData."""
    data = table("triage_cards")
    return {name: Card.of(data.get(name), name) for name in CARDS}


def _whole(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadData(f"{where}: a whole number is needed")
