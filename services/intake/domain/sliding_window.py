"""Sliding window counts and MinHash bands, with which floods of letters are detected.

Counts hashes that the caller makes, and never remembers more than a bound: a letter costs the same
in a flood as on a quiet day. Instants are UTC.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

BINS: Final = 9
BAND_BINS: Final = 3
"""Bins in a band: texts that share nine tenths of their n-grams share a band in 19 of 20 pairs."""
FEWEST_NGRAMS: Final = 27
"""With fewer n-grams a text has no bands, and only the whole text is compared."""
MOST_KEYS: Final = 20_000


class SlidingWindow:
    """Counts how often a key was met within a time."""

    def __init__(self, *, most: int, within: timedelta, keys: int = MOST_KEYS) -> None:
        """`most`: the count that is reached within that time. `keys`: how many are remembered."""
        self._most = most
        self._within = within
        self._keys = keys
        self._met: OrderedDict[str, deque[datetime]] = OrderedDict()

    def add(self, key: str, at: datetime) -> bool:
        """Count the key once more; whether its count is reached now."""
        met = self._met.setdefault(key, deque(maxlen=self._most))
        self._met.move_to_end(key)
        met.append(at)
        if len(self._met) > self._keys:
            self._met.popitem(last=False)
        return len(met) == self._most and at - met[0] <= self._within


def minhash_bands(ngrams: Iterable[int]) -> tuple[str, ...]:
    """Keys that near-duplicate texts share, given the hashes of their n-grams.

    The least hash in each of nine bins, three at a time. Source: one-permutation MinHash (Li, Owen
    and Zhang, 2012).
    """
    least: dict[int, int] = {}
    known = sorted(set(ngrams))
    if len(known) < FEWEST_NGRAMS:
        return ()
    for ngram in known:
        least.setdefault(ngram % BINS, ngram)
    return tuple(
        ".".join(f"{least.get(place, 0):x}" for place in range(start, start + BAND_BINS))
        for start in range(0, BINS, BAND_BINS)
    )
