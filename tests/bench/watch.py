"""When was the first record fetched and the last one committed, and what was used in between?

The clock stands at the Kafka client itself, so that whatever a service does around it counts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from tests.bench.database import WRITES


class Watch(CommandListener):
    """Watches the consumers of one process until `count` records are committed."""

    def __init__(self, count: int, *, done: Callable[[], None]) -> None:
        """`done` is called once, after the last commit. Records are counted from offset 0."""
        self._count = count
        self._done = done
        self._began = self._cpu_began = 0.0
        self._fetched: set[TopicPartition] = set()
        self._committed: dict[TopicPartition, int] = {}
        self._commits = self._writes = 0
        self.figures: dict[str, float] = {}
        """What was found, once it is done: per second, and for each letter."""

    def over(self, consumer: AIOKafkaConsumer) -> AIOKafkaConsumer:
        """The same consumer, watched."""
        getmany, commit = consumer.getmany, consumer.commit

        async def watched_getmany(*given: Any, **named: Any) -> Any:
            batch = await getmany(*given, **named)
            if batch:
                self._note_fetch(batch)
            return batch

        async def watched_commit(offsets: Mapping[TopicPartition, Any]) -> None:
            await commit(offsets)
            self._note_commit(offsets)

        consumer.getmany, consumer.commit = watched_getmany, watched_commit
        return consumer

    def started(self, event: CommandStartedEvent) -> None:
        """Count what is written."""
        self._writes += event.command_name in WRITES

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing: whoever asked for it hears of it."""

    def _note_fetch(self, batch: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Start the clock; anew when a partition begins again before anything was done."""
        again = any(at in self._fetched and batch[at][0].offset == 0 for at in batch)
        if not self._fetched or (again and not self._commits):
            self._began, self._cpu_began = time.perf_counter(), time.process_time()
            self._writes = 0
        self._fetched.update(batch)

    def _note_commit(self, offsets: Mapping[TopicPartition, OffsetAndMetadata | int]) -> None:
        for at, offset in offsets.items():
            self._committed[at] = offset if isinstance(offset, int) else offset.offset
        self._commits += 1
        if sum(self._committed.values()) >= self._count and not self.figures:
            self.figures = {
                "per_second": self._count / (time.perf_counter() - self._began),
                "cpu_ms": (time.process_time() - self._cpu_began) * 1000 / self._count,
                "writes": self._writes / self._count,
                "batch": self._count / self._commits,
            }
            self._done()
