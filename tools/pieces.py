"""What do the small pieces of a letter's wording speak for? Finds their points from letters.

    python -m tools.pieces >shared/data/triage_pieces.yaml

Logistic regression with a penalty on large points, found by stochastic dual coordinate ascent
(Shalev-Shwartz and Zhang, 2013), on the letters of `tools.weighing`. A piece must stand in letters
of several hands: what only one writer says is a habit of his.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp, sqrt
from typing import Any, Final

from shared.rules.cards import CARDS
from shared.rules.pieces import wide_of, words_of
from shared.rules.reading import text_of
from tools.weighing import letters

FEWEST: Final = 3
"""Letters that a piece must stand in,"""
HANDS: Final = 2
"""and hands that they must be of."""
LOOSE: Final = 10.0
"""How little large points cost."""
ROUNDS: Final = 40
TENTHS: Final = 10
SHARE: Final = 2.5
"""How much more than marks pieces count: cues were added because of these very letters, so that
their marks look better here than they are."""
WIDTH: Final = 120
_HAN: Final = re.compile(r"[㐀-鿿]+")
HEADER: Final = """\
# How much each piece of a letter's wording (shared/rules/pieces.py) speaks for a class: characters,
# pairs of them and Latin words, by points as in triage_cards.yaml. `python -m tools.pieces` makes
# this file as a whole.
"""

Row = tuple[Sequence[str], bool]
"""The known pieces of a letter, and whether it is of the class."""


def known(rows: Iterable[tuple[str, frozenset[str]]]) -> frozenset[str]:
    """The pieces that stand in enough letters of enough hands; given: hand and pieces of each."""
    count, hands = Counter[str](), defaultdict[str, set[str]](set)
    for hand, found in rows:
        count.update(found)
        for one in found:
            hands[one].add(hand)
    return frozenset(one for one in count if count[one] >= FEWEST and len(hands[one]) >= HANDS)


def fitted(rows: Sequence[Row]) -> Mapping[str, float]:
    """The weight of each piece; what speaks for nothing has none."""
    weights = defaultdict[str, float](float)
    base, duals = 0.0, [0.0] * len(rows)
    for _ in range(ROUNDS):
        for place, (found, is_one) in enumerate(rows):
            value, sign = 1 / sqrt(len(found) or 1), 1 if is_one else -1
            margin = sign * (base + value * sum(weights[one] for one in found))
            step = (1 / (1 + exp(min(margin, 100))) - duals[place]) / (0.25 + 2 * LOOSE)
            duals[place] += step
            base += LOOSE * step * sign
            for one in found:
                weights[one] += LOOSE * step * sign * value
    return weights


def main() -> int:
    """Print the table."""
    print(HEADER, end="")
    read = [(row, _pieces(row)) for row in letters()]
    vocabulary = known((row["id"].split("-")[0], found) for row, found in read)
    for card in CARDS:
        kept = [one for one in read if card == "emergency" or one[0]["triage"] != "emergency"]
        weights = fitted(
            [(sorted(found & vocabulary), row["triage"] == card) for row, found in kept]
        )
        print(f"{card}:")
        for line in _lines(weights):
            print(line)
    return 0


def _pieces(row: Mapping[str, Any]) -> frozenset[str]:
    text = text_of(row["subject"], row["body"])
    return frozenset(words_of(text)).union(filter(_HAN.fullmatch, wide_of(text)))


def _lines(weights: Mapping[str, float]) -> Iterator[str]:
    """Pieces by their points, highest first."""
    by_points = defaultdict[int, list[str]](list)
    for piece in sorted(weights):
        by_points[round(weights[piece] * TENTHS * SHARE)].append(piece)
    for points in sorted(by_points.keys() - {0}, reverse=True):
        yield f'  "{points}": >'
        yield from _wrapped(by_points[points])


def _wrapped(words: Iterable[str]) -> Iterator[str]:
    line = "   "
    for word in words:
        if len(line) + len(word) >= WIDTH:
            yield line
            line = "   "
        line += f" {word}"
    yield line


if __name__ == "__main__":
    sys.exit(main())
