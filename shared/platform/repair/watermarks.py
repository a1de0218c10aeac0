"""How far consumer groups have read our topics, determined from outside without side effects.

The end of a topic is the high-water mark that comes with a fetch, because one of the supported
brokers reports end offsets too low.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import BY_NAME, TOPICS
from shared.platform.kafka.bus import Bus, BusFault, let_go
from shared.platform.repair.incarnations import incarnation_ids

POLL_MS = 200
MOST_POLLS = 50
FETCH_BYTES = 4_096
"""Enough for the broker to answer; the content is not used."""


class Behind(NamedTuple):
    """A partition that a group has not read to its end."""

    group: str
    topic: str
    partition: int
    records: int


class Watermarks:
    """Ends of topics, and commits of groups. Every method raises BusFault."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        """`client`: keyword arguments of aiokafka, from the settings."""
        self._client = dict(client)
        self._bus = Bus(client, producer={}, consumer={})

    async def ends(self, topics: Iterable[str]) -> dict[TopicPartition, tuple[int, int]]:
        """Each partition's first available offset, and the one after its last."""
        consumer = AIOKafkaConsumer(
            **self._client, enable_auto_commit=False, max_partition_fetch_bytes=FETCH_BYTES
        )
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in range(BY_NAME[topic].partitions)
        ]
        try:
            await consumer.start()
            consumer.assign(partitions)
            firsts = await consumer.beginning_offsets(partitions)
            for at, first in firsts.items():
                consumer.seek(at, first)
            lasts = await _marks(consumer, partitions)
        finally:
            await let_go(consumer)
        return {at: (firsts[at], lasts[at]) for at in partitions}

    async def incarnations(self) -> dict[str, str]:
        """The current id of each topic."""
        return incarnation_ids(await self._bus.read_all(TOPICS.name, TOPICS.partitions))

    async def behind(
        self,
        group: str,
        ends: Mapping[TopicPartition, tuple[int, int]],
        *,
        incarnations: Mapping[str, str],
    ) -> list[Behind]:
        """The partitions that the group has not committed up to `ends`.

        A commit that names another incarnation of its topic is ignored.
        """
        committed = await self._bus.committed(group, ends)
        found: list[Behind] = []
        for at, (first, last) in ends.items():
            commit = committed.get(at)
            counts = commit is not None and (
                not commit.metadata or commit.metadata == incarnations.get(at.topic)
            )
            done = max(first, commit.offset if commit is not None and counts else 0)
            if done < last:
                found.append(Behind(group, at.topic, at.partition, last - done))
        return found


async def _marks(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]
) -> dict[TopicPartition, int]:
    """High-water marks, once each partition was fetched from."""
    for _ in range(MOST_POLLS):
        await consumer.getmany(timeout_ms=POLL_MS)
        marks = {at: consumer.highwater(at) for at in partitions}
        if all(mark is not None for mark in marks.values()):
            return {at: mark for at, mark in marks.items() if mark is not None}
    raise BusFault("the broker did not tell where some partitions end")
