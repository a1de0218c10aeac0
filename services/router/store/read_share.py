"""The share of letters that a chief has read in person, as the publisher counts it.

Every letter counts once, whatever became of it; it counts as read if the holder of an office has
read it, not only a deputy. Counted by the marks of letters, so that each viewer gets the share of
the letters that they may find.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.kernel.finding import Restriction
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

EACH_S: Final = 6 * 3_600.0
AGAIN_S: Final = 30.0
LEAST: Final = 5
"""The publisher shows no share that stands for fewer letters."""
_FIELDS: Final = dict.fromkeys(("is", "open_to", "kept_from", "state.reads"), 1)

Marks = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class ReadShare:
    """How many letters there are, and how many of them were read in person."""

    letters: int
    read: int

    @property
    def percent(self) -> float | None:
        """The share; None where the publisher shows none."""
        if self.read < LEAST or self.letters - self.read < LEAST:
            return None
        return 100 * self.read / self.letters


class ReadShares:
    """The share for each viewer, counted at the start and four times a day."""

    def __init__(self, letters: Collection, *, now: Now) -> None:
        self._letters = letters
        self._now = now
        self._counts = Counter[Marks]()
        self._read = Counter[Marks]()
        self.as_of: datetime | None = None
        """When it was counted; None: not yet."""

    async def run(self) -> None:
        """Count until cancelled; a failing database is tried again."""
        await run_periodically(
            self.count, name="counting read letters", pause_s=EACH_S, retry_s=AGAIN_S
        )

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        counts, read = Counter[Marks](), Counter[Marks]()
        async for document in self._letters.stream({}, fields=_FIELDS):
            if document.get("is"):
                marks = frozenset(document["open_to"]), frozenset(document["kept_from"])
                counts[marks] += 1
                reads = (document.get("state") or {}).get("reads") or ()
                read[marks] += any(in_person for _, in_person in reads)
        self._counts, self._read, self.as_of = counts, read, self._now()

    def of(self, who: Restriction) -> ReadShare:
        """Return the share among the letters that this viewer may find."""
        seen = [
            (count, self._read[marks])
            for marks, count in self._counts.items()
            if who.any_of & marks[0] and not who.none_of & marks[1]
        ]
        return ReadShare(sum(count for count, _ in seen), sum(read for _, read in seen))
