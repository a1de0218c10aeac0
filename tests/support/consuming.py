"""A double of the Kafka client's consumer, over a `MemoryBus`: partitions, positions, commits.

It assigns partitions on request, as the group's coordinator does, and swallows what a listener
raises, as the Kafka client does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, UnsupportedCodecError
from aiokafka.structs import OffsetAndMetadata
from typing_extensions import override

from shared.contracts.topics import BY_NAME
from shared.platform.kafka.bus import LOG_APPEND_TIME, Bus, Inbound
from tests.support.doubles import MemoryBus

LOG = logging.getLogger(__name__)

CREATE_TIME = 0
"""Kafka's code for a timestamp that the record's writer set."""
FASTER = 200
"""Factor by which waiting for records is shorter than the client's, where 200 ms take one."""


class Fetched:
    """A record as the Kafka client returns it."""

    def __init__(self, raw: Inbound, at: TopicPartition, offset: int) -> None:
        self.topic, self.partition, self.offset = at.topic, at.partition, offset
        self.timestamp = raw.appended_at.timestamp() * 1000
        self.timestamp_type = CREATE_TIME if raw.is_backdatable else LOG_APPEND_TIME
        self.key, self.value, self.headers = raw.key, raw.value, raw.headers


class ConsumingBus(MemoryBus):
    """A broker with partitions that makes consumers."""

    def __init__(self, *, keeps_metadata: bool = True) -> None:
        super().__init__()
        self.partitioned: dict[TopicPartition, list[Inbound]] = {}
        self.keeps_metadata = keeps_metadata
        self.commit_faults: deque[Exception] = deque()
        self.consumers: list[FakeConsumer] = []
        self.removed: dict[TopicPartition, int] = {}
        """How many of a partition's first records retention removed."""
        self.undecodable: set[TopicPartition] = set()
        """Partitions whose next record makes the client raise."""
        self.undecodable_at: dict[TopicPartition, int] = {}
        """Offsets of records that make the client raise when they are fetched."""
        self.highwaters: dict[TopicPartition, int] = {}
        """End offsets that fetches report, where they are wrong."""

    @override
    def consumer(self, group: str | None = None) -> FakeConsumer:
        self.consumers.append(FakeConsumer(self))
        return self.consumers[-1]

    def put(self, *raws: Inbound) -> None:
        """Append to the partition of the record's key."""
        for raw in raws:
            self.partitioned.setdefault(self.home_of(raw), []).append(raw)

    @staticmethod
    def home_of(raw: Inbound) -> TopicPartition:
        """Topic and partition of a record, by its key."""
        return Bus.place_of(raw.topic, raw.key)


class FakeConsumer:
    """One member of a group."""

    def __init__(self, bus: ConsumingBus) -> None:
        self._bus = bus
        self._positions: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()
        self._listener: Any = None
        self._topics: Sequence[str] = ()
        self.is_stopped = False
        self.polls = 0
        self.is_silent = False
        """Whether it has stopped fetching without an error."""
        self.empty_polls = 0
        """Fetches that found nothing."""

    def subscribe(self, topics: Sequence[str], *, listener: Any) -> None:
        """Note the topics and the listener."""
        self._topics, self._listener = topics, listener

    async def start(self) -> None:
        """Join, and get every partition."""
        await self.rebalance()

    async def stop(self) -> None:
        """Leave."""
        self.is_stopped = True

    async def rebalance(self, only: Iterable[TopicPartition] | None = None) -> None:
        """Assign these partitions, or all, at their committed positions."""
        every = [
            TopicPartition(topic, number)
            for topic in self._topics
            for number in range(BY_NAME[topic].partitions)
        ]
        assigned = set(every if only is None else only)
        await self._listener.on_partitions_revoked(set(self._positions))
        self._paused.clear()
        commits = self._bus.commits
        self._positions = {at: commits[at].offset if at in commits else 0 for at in assigned}
        try:
            answer = self._listener.on_partitions_assigned(assigned)
            if asyncio.iscoroutine(answer):
                await answer
        except Exception:
            LOG.exception("a listener failed")

    async def getmany(
        self, *only: TopicPartition, timeout_ms: int, max_records: int | None = None
    ) -> dict[TopicPartition, list[Fetched]]:
        """The next records of each partition that isn't paused; empty if none arrive in time.

        Like the client, it moves past the records that it had fetched when another partition's
        record makes it raise.
        """
        self.polls += not self.is_silent
        await asyncio.sleep(0 if timeout_ms == 0 else 0.001)
        left = timeout_ms // FASTER
        while not (found := self._next(only, max_records or 500)) and left > 1:
            left -= 1
            await asyncio.sleep(0.001)
        self.empty_polls += not found
        return found

    def _next(
        self, only: Sequence[TopicPartition], most: int
    ) -> dict[TopicPartition, list[Fetched]]:
        found: dict[TopicPartition, list[Fetched]] = {}
        if self.is_silent:
            return found
        for at in sorted(self._positions.keys() - self._paused):
            if only and at not in only:
                continue
            held = self._bus.partitioned.get(at, [])
            start = max(self._positions[at], self._bus.removed.get(at, 0))
            if at in self._bus.undecodable and held[start:]:
                raise UnsupportedCodecError
            end = self._bus.undecodable_at.get(at, len(held))
            if start == end < len(held):
                raise UnsupportedCodecError
            taken = held[start : min(start + most, end)]
            if taken:
                found[at] = [Fetched(raw, at, start + n) for n, raw in enumerate(taken)]
                self._positions[at] = start + len(taken)
                most -= len(taken)
        return found

    async def beginning_offsets(
        self, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """The first offset that still exists."""
        return {at: self._bus.removed.get(at, 0) for at in partitions}

    def highwater(self, at: TopicPartition) -> int | None:
        """The end of the partition, once it was fetched from."""
        self._check([at])
        if not self.polls:
            return None
        return self._bus.highwaters.get(at, len(self._bus.partitioned.get(at, ())))

    def last_poll_timestamp(self, at: TopicPartition) -> int:
        """When the broker last answered for the partition, by a clock of its own."""
        self._check([at])
        return self.polls

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions assigned to this member."""
        return frozenset(self._positions)

    def pause(self, *partitions: TopicPartition) -> None:
        """Pause these. Raises: IllegalStateError."""
        self._check(partitions)
        self._paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        """Resume these. Raises: IllegalStateError."""
        self._check(partitions)
        self._paused.difference_update(partitions)

    def seek(self, at: TopicPartition, offset: int) -> None:
        """Move the position. Raises: IllegalStateError."""
        self._check([at])
        self._positions[at] = offset

    async def commit(self, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
        """Commit the group's offsets. Raises: the planned error."""
        await asyncio.sleep(0)
        if self._bus.commit_faults:
            raise self._bus.commit_faults.popleft()
        self._check(offsets)
        kept = offsets if self._bus.keeps_metadata else _bare(offsets)
        self._bus.commits.update(kept)

    def _check(self, partitions: Iterable[TopicPartition]) -> None:
        for at in partitions:
            if at not in self._positions:
                raise IllegalStateError(f"{at} is not assigned")


def _bare(
    offsets: Mapping[TopicPartition, OffsetAndMetadata],
) -> dict[TopicPartition, OffsetAndMetadata]:
    return {at: OffsetAndMetadata(one.offset, "") for at, one in offsets.items()}
