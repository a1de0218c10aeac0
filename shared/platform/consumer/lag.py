"""How many records this process has still to handle, and how old they are, as metrics.

Partition ends are those of the last fetch: asking the broker would cost more, and one of the
supported brokers answers too low. Ages are based on the records' timestamps, or on their arrival
here if outsiders wrote those, and are too high by at most one batch.
"""

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
    """The lag of one member of a group."""

    def __init__(self, partitions: Partitions, topics: Iterable[str], *, now: Now) -> None:
        """`topics`: all topics that the group reads; each gets a figure, even 0."""
        self._partitions = partitions
        self._families = sorted({family_of(topic) for topic in topics})
        self._now = now
        self._since: dict[Partition, datetime] = {}
        """Per partition with unhandled records, the time since which the oldest waits."""

    def note(self, fetched: Fetched) -> None:
        """Remember the age of the fetched records, which are handled before any others."""
        for at, records in fetched.items():
            oldest = inbound(records[0])
            self._since[at] = self._now() if oldest.is_backdatable else oldest.appended_at

    def count(self, read: Iterable[Record | Faulty]) -> None:
        """Count the records that were read from a batch, and observe their age."""
        now, read_as = self._now(), Counter[tuple[str, str]]()
        for item in read:
            topic = family_of(item.raw.topic)
            if not item.raw.is_backdatable:
                age = now - item.raw.appended_at
                AGE_SECONDS.labels(topic).observe(max(0.0, age.total_seconds()))
            read_as[topic, "unreadable" if isinstance(item, Faulty) else "read"] += 1
        for (topic, outcome), records in read_as.items():
            RECORDS.labels(topic, outcome).inc(records)

    async def run(self) -> None:
        """Update the metrics until cancelled, also while a batch is retried."""
        while True:
            self.show()
            await asyncio.sleep(SHOWN_EACH_S)

    def show(self) -> None:
        """Update records and age by topic."""
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
        """Number of unhandled records of each partition of ours that has any."""
        ours = self._partitions
        places = {at: (ours.position(at), ours.end(at)) for at in ours.ours}
        return {
            at: end - position
            for at, (position, end) in places.items()
            if position is not None and end is not None and position < end
        }
