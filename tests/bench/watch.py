"""Measures from the first fetched record to the last commit, and the resources used in between.

The clock is in the Kafka client itself, so everything that a service does around it counts. The
processor time of decrypting and sealing envelopes is measured separately.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeAlias, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from shared.sealing.envelopes import Opener, Sealer
from tests.bench.database import WRITES

Figures = dict[str, float]
"""The figures of one round: letters per second, and the rest per letter."""
Offsets: TypeAlias = Mapping[TopicPartition, OffsetAndMetadata | int]
R = TypeVar("R")
P = ParamSpec("P")


class Watch(CommandListener):
    """Watches the consumers of one process: one round after the other, each of `count` records."""

    def __init__(self, count: int, *, done: Callable[[Figures], None]) -> None:
        """`done` is called after the last commit of each round, with the figures."""
        self._count = count
        self._done = done
        self._began = self._cpu_began = self._envelopes_s = 0.0
        self._firsts: dict[TopicPartition, int] = {}
        self._taken: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._commits = self._writes = 0

    def over_envelopes(self) -> None:
        """Watch all of this process that open and seal."""
        Opener.open = self._timed(Opener.open)  # type: ignore[method-assign]  # where the watch stands
        Sealer.seal_plaintext = self._timed(Sealer.seal_plaintext)  # type: ignore[method-assign]  # the same

    def over(self, consumer: AIOKafkaConsumer) -> AIOKafkaConsumer:
        """The same consumer, watched."""
        getmany, getone, commit = consumer.getmany, consumer.getone, consumer.commit

        async def watched_getmany(*given: Any, **named: Any) -> Any:
            batch = await getmany(*given, **named)
            if batch:
                self._note_fetch(batch)
            return batch

        async def watched_getone(*given: Any) -> Any:
            record = await getone(*given)
            self._note_fetch({TopicPartition(record.topic, record.partition): [record]})
            return record

        async def watched_commit(offsets: Offsets | None = None) -> None:
            await commit(offsets)
            # Without offsets all that was handed out is committed.
            self._note_commit(self._taken if offsets is None else offsets)

        consumer.getmany, consumer.getone = watched_getmany, watched_getone
        consumer.commit = watched_commit
        return consumer

    def started(self, event: CommandStartedEvent) -> None:
        """Count writes."""
        self._writes += event.command_name in WRITES

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing: the caller handles the failure."""

    def _timed(self, work: Callable[P, R]) -> Callable[P, R]:
        def timed(*given: P.args, **named: P.kwargs) -> R:
            began = time.thread_time()
            try:
                return work(*given, **named)
            finally:
                self._envelopes_s += time.thread_time() - began

        return timed

    def _note_fetch(self, batch: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Start the clock; again if a partition restarts before anything was done."""
        again = any(batch[at][0].offset == self._firsts.get(at) for at in batch)
        if not self._firsts or (again and not self._commits):
            self._began, self._cpu_began = time.perf_counter(), time.process_time()
            self._writes, self._envelopes_s = 0, 0.0
        for at, found in batch.items():
            self._firsts.setdefault(at, found[0].offset)
            self._taken[at] = found[-1].offset + 1

    def _note_commit(self, offsets: Offsets) -> None:
        for at, offset in offsets.items():
            self._committed[at] = offset if isinstance(offset, int) else offset.offset
        self._commits += 1
        if self._done_with() >= self._count:
            found = self._figures()
            self._begin_anew()
            self._done(found)

    def _done_with(self) -> int:
        """Partitions of this round; a commit without a fetch is no work."""
        return sum(end - self._firsts.get(at, end) for at, end in self._committed.items())

    def _figures(self) -> Figures:
        seconds, used = time.perf_counter() - self._began, time.process_time() - self._cpu_began
        return {
            "per_second": self._count / seconds,
            "wall_us": seconds * 1e6 / self._count,
            "cpu_us": used * 1e6 / self._count,
            "envelopes_us": self._envelopes_s * 1e6 / self._count,
            "rest_us": (used - self._envelopes_s) * 1e6 / self._count,
            "writes": self._writes / self._count,
            "batch": self._count / self._commits,
        }

    def _begin_anew(self) -> None:
        for places in (self._firsts, self._taken, self._committed):
            places.clear()
        self._commits = 0
