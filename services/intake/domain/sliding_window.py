"""Sliding window counts and recent texts, with which floods of letters are detected.

Counts hashes that the caller makes, and never remembers more than a bound: a letter costs the same
in a flood as on a quiet day. Instants are UTC.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

from shared.rules.similarity import distance

NEAR: Final = 14
"""Maximum differing bits of near-duplicates in a flood. That is more than staff are shown as near:
a text counts only if twenty are near it within an hour."""
WIDTHS: Final = (8, 7, 7, 7, 7, 7, 7, 7, 7)
"""Bits per band."""
MOST_NEAR: Final = 3
"""Fingerprints remembered of near-duplicates: the first of a flood may be less like the rest."""
MOST_IN_BAND: Final = 32
"""Fingerprints remembered for each value of a band: those of some 4,000 texts."""
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


class RecentTexts:
    """Remembers fingerprints of texts (SimHash): a few for texts that are near-duplicates."""

    def __init__(self, *, most: int = MOST_IN_BAND) -> None:
        """`most`: how many are remembered for each value of a band."""
        self._most = most
        self._bands: dict[int, dict[int, None]] = {}

    def near(self, fingerprint: int) -> list[int]:
        """Return the remembered ones near this one, which is remembered itself if they are few.

        Those that are met again are forgotten last.
        """
        met: set[int] = set().union(*(self._bands.get(band, ()) for band in _bands(fingerprint)))
        near = [one for one in met if distance(one, fingerprint) <= NEAR]
        if len(near) < MOST_NEAR and fingerprint not in near:
            near.append(fingerprint)
        for one in near:
            self._remember(one)
        return near

    def _remember(self, fingerprint: int) -> None:
        for band in _bands(fingerprint):
            known = self._bands.setdefault(band, {})
            known.pop(fingerprint, None)
            known[fingerprint] = None
            if len(known) > self._most:
                del known[next(iter(known))]


def _bands(fingerprint: int) -> list[int]:
    """The bands as numbers, each with the bit of its position."""
    return [(fingerprint >> place & mask) | mark for place, mask, mark in _CUTS]


_CUTS: Final = [
    (place, (1 << width) - 1, 1 << (max(WIDTHS) + number))
    for number, (width, place) in enumerate(
        zip(WIDTHS, accumulate(WIDTHS, initial=0), strict=False)
    )
]
"""Position, mask and mark of each band."""
