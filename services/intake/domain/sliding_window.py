"""Do many letters come at once that say the same, or from one place? Pure; instants are UTC.

What is counted are hashes that somebody else makes, each in a window of time, and never more of
them than a bound: the cost of a letter is the same in a flood as on a quiet day.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

BINS: Final = 9
TOGETHER: Final = 3
"""Bins in a band: letters that share nine tenths of their pieces share a band in 19 of 20 pairs."""
FEWEST: Final = 27
"""Pieces without which only the whole text is compared."""
MOST_KEYS: Final = 20_000


class Tide:
    """What was met so often in so short a time that it is a flood."""

    def __init__(self, *, most: int, within: timedelta, keys: int = MOST_KEYS) -> None:
        """`most`: with so many within that time it is one. `keys`: that are remembered."""
        self._most = most
        self._within = within
        self._keys = keys
        self._met: OrderedDict[str, deque[datetime]] = OrderedDict()

    def rises(self, key: str, at: datetime) -> bool:
        """Count one more; whether there is a flood now."""
        met = self._met.setdefault(key, deque(maxlen=self._most))
        self._met.move_to_end(key)
        met.append(at)
        if len(self._met) > self._keys:
            self._met.popitem(last=False)
        return len(met) == self._most and at - met[0] <= self._within


def bands(pieces: Iterable[int]) -> tuple[str, ...]:
    """What texts that are nearly the same have in common, given the hashes of their pieces.

    The least hash in each of nine bins (one-permutation MinHash; Li, Owen and Zhang, 2012), three
    at a time.
    """
    least: dict[int, int] = {}
    known = sorted(set(pieces))
    if len(known) < FEWEST:
        return ()
    for piece in known:
        least.setdefault(piece % BINS, piece)
    return tuple(
        ".".join(f"{least.get(place, 0):x}" for place in range(start, start + TOGETHER))
        for start in range(0, BINS, TOGETHER)
    )
