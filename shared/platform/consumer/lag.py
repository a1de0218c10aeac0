"""How much has this process still to handle, and how old is it? Shown each few seconds.

Ends of partitions are those of the last fetch: asking the broker would cost more, and one of the
supported ones answers too low. Ages are by the records' timestamps, or from when they were seen
where outsiders wrote those, and at most one batch too high.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from shared.platform.consumer.partitions import Fetched, Partitions
from shared.platform.kafka.bus import Partition, inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import Record
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import (
    AGE_SECONDS,
    LAG,
    OLDEST_UNPROCESSED,
    RECORDS,
    family_of,
)

SHOWN_EACH_S = 5.0


class Lag:
    """Of one member of a group."""

    def __init__(self, partitions: Partitions, topics: Iterable[str], *, now: Now) -> None:
        """`topics`: all that the group reads; of each a figure is shown, be it 0."""
        self._partitions = partitions
        self._families = sorted({family_of(topic) for topic in topics})
        self._now = now
        self._since: dict[Partition, datetime] = {}
        """Since when the oldest record that isn't handled waits, where there is one."""

    def note(self, fetched: Fetched) -> None:
        """Remember how old is what was fetched: it is handled before anything else comes."""
        for at, records in fetched.items():
            oldest = inbound(records[0])
            self._since[at] = self._now() if oldest.is_backdatable else oldest.appended_at

    def count(self, read: Iterable[Record | Faulty]) -> None:
        """Count what was read of a batch, and how old it is."""
        now, read_as = self._now(), Counter[tuple[str, str]]()
        for one in read:
            topic = family_of(one.raw.topic)
            if not one.raw.is_backdatable:
                age = now - one.raw.appended_at
                AGE_SECONDS.labels(topic).observe(max(0.0, age.total_seconds()))
            read_as[topic, "unreadable" if isinstance(one, Faulty) else "read"] += 1
        for (topic, outcome), records in read_as.items():
            RECORDS.labels(topic, outcome).inc(records)

    async def run(self) -> None:
        """Show until cancelled, also while a batch is tried again and again."""
        while True:
            self.show()
            await asyncio.sleep(SHOWN_EACH_S)

    def show(self) -> None:
        """Show records and age by topic."""
        now, behind = self._now(), self._behind()
        self._since = {at: self._since.get(at, now) for at in behind}
        records: Counter[str] = Counter()
        oldest: dict[str, datetime] = {}
        for at, since in self._since.items():
            family = family_of(at.topic)
            records[family] += behind[at]
            oldest[family] = min(oldest.get(family, now), since)
        for family in self._families:
            LAG.labels(family).set(records[family])
            age = now - oldest.get(family, now)
            OLDEST_UNPROCESSED.labels(family).set(max(0.0, age.total_seconds()))

    def _behind(self) -> dict[Partition, int]:
        """Records to go, of each partition of ours that has any."""
        places = {
            at: (self._partitions.position(at), self._partitions.end(at))
            for at in self._partitions.ours
        }
        return {
            at: end - position
            for at, (position, end) in places.items()
            if position is not None and end is not None and position < end
        }
