"""Gauges of what waits in a service's database, measured every few seconds.

Measuring uses indexes and counts up to a bound; a scrape reads the last values, so that frequent
scrapes cost the database nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from shared.contracts.topics import ALL
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.sender import ACKNOWLEDGED_WITHIN
from shared.platform.mongo.database import Collection, Document
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import (
    GAPS,
    MEASURED,
    OLDEST_GAP,
    OLDEST_UNSENT,
    UNSENT,
    family_of,
)

PAUSE_S = 5.0
MOST_COUNTED = 1_000
GAP_PATIENCE = timedelta(minutes=1)
_FAMILIES = {topic.mark: family_of(topic.name) for topic in ALL if topic.mark is not None}


class BacklogMetrics:
    """Updates the gauges of unsent events and of gaps."""

    def __init__(self, letters: Collection, *, writes: Iterable[str], now: Now) -> None:
        """`writes`: the topics that may have unsent events."""
        self._letters = letters
        self._families = sorted({family_of(name) for name in writes})
        self._now = now

    async def run(self) -> None:
        """Measure until cancelled; while the database fails it retries, and the heartbeat stops."""
        await run_periodically(self.measure, name="measuring", pause_s=PAUSE_S)

    async def measure(self) -> None:
        """Measure once. Raises: DatabaseFault."""
        now = self._now()
        self._show_unsent(
            await self._oldest("unsent_since", now - ACKNOWLEDGED_WITHIN, "unsent"), now
        )
        gaps = await self._oldest("gap_since", now - GAP_PATIENCE)
        GAPS.set(len(gaps))
        OLDEST_GAP.set(_age(min((document["gap_since"] for document in gaps), default=now), now))
        MEASURED.set(now.timestamp())

    async def _oldest(self, since: str, before: datetime, *fields: str) -> Sequence[Document]:
        return await self._letters.find(
            {since: {"$lte": before}},
            fields=dict.fromkeys((since, *fields), 1),
            sort=((since, 1),),
            limit=MOST_COUNTED,
        )

    def _show_unsent(self, found: Sequence[Document], now: datetime) -> None:
        """Show unsent letters by topic; a letter with effects on several counts for each."""
        letters: Counter[str] = Counter()
        oldest: dict[str, datetime] = {}
        for document in found:
            for family in {_FAMILIES[mark] for mark in document["unsent"]}:
                letters[family] += 1
                oldest[family] = min(oldest.get(family, now), document["unsent_since"])
        for family in self._families:
            UNSENT.labels(family).set(letters[family])
            OLDEST_UNSENT.labels(family).set(_age(oldest.get(family, now), now))


def _age(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
