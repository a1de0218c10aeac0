"""How much does each mark of a letter speak for a class? Score cards, read from a table. Pure.

Points are tenths of the natural logarithm of the odds, so they add up.
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
    """What is added up for a class, and from which sum on it is that class."""

    base: int
    """What a letter without any mark has."""
    stop: int
    """From here on it is that class."""
    ask: int
    """From here on somebody is asked; where nobody ever is, the same as `stop`."""
    points: Mapping[str, int]

    @property
    def asks_from(self) -> int:
        """`ask` as seen from `stop`: zero, or less."""
        return self.ask - self.stop

    def score(self, marks: frozenset[str]) -> int:
        """The sum for these marks; a mark without points has none."""
        return self.base + sum(self.points.get(mark, 0) for mark in marks)

    @classmethod
    def of(cls, data: object, where: str) -> "Card":
        """A parsed card. Raises: BadData."""
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
    """Ours, by class. Raises: BadData."""
    data = table("triage_cards")
    return {name: Card.of(data.get(name), name) for name in CARDS}


def _whole(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadData(f"{where}: a whole number is needed")
