"""The bus: the services' only access to the Kafka client.

Records are sent with `acks=all`; an acknowledged record is durable. Consumers commit explicitly,
after the effects of the records are acknowledged, and write the topic's incarnation id into the
commit's metadata (ADR-0007).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError, for_code
from aiokafka.partitioner import murmur2
from aiokafka.structs import OffsetAndMetadata
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from shared.contracts.topics import BY_NAME
from shared.platform.kafka import aiokafka_patches
from shared.platform.kafka.producer import MAX_REQUEST_BYTES, Headers, Outbound, Producer

__all__ = [
    "MAX_POLL_INTERVAL_S",
    "MAX_REQUEST_BYTES",
    "Bus",
    "BusFault",
    "Headers",
    "Inbound",
    "Outbound",
    "Partition",
    "hang_up",
    "inbound",
    "let_go",
]

BusFault = KafkaError
"""Raised by everything here if the broker can't be reached or refuses: retry."""

Partition: TypeAlias = TopicPartition
"""One partition of a topic."""

aiokafka_patches.apply()

LOG_APPEND_TIME = 1
"""Kafka's code for a timestamp set by the broker."""
NO_TIME = datetime.min.replace(tzinfo=UTC)
MOST_FETCHED_BYTES = 16 * 1024 * 1024
"""Limit of one answer of a broker, compressed."""
MOST_OF_PARTITION_BYTES = 1024 * 1024
"""Limit per partition in such an answer; brokers exceed it for a single larger batch."""
MAX_POLL_INTERVAL_S = 300
"""A group member that doesn't poll for this long leaves, and its partitions go to others."""
CLOSE_S = 2.0
STOP_S = 30.0
"""How long a consumer may take to leave its group."""
FOLLOW_MS = 1_000
FOLLOW_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Inbound:
    """One record as received; `appended_at` is its timestamp (UTC) if it is trustworthy."""

    topic: str
    partition: int
    offset: int
    appended_at: datetime
    key: bytes
    value: bytes
    headers: Headers
    is_backdatable: bool = False
    """Whether an outsider chose the timestamp; then `appended_at` is meaningless."""


_COORDINATED = AsyncRetrying(
    retry=retry_if_exception_type(GroupCoordinatorNotAvailableError),
    wait=wait_fixed(0.2),
    stop=stop_after_delay(20),
    reraise=True,
)


class Bus:
    """The producer of one process, and the factory of its consumers."""

    def __init__(
        self,
        client: Mapping[str, Any],
        *,
        producer: Mapping[str, Any],
        consumer: Mapping[str, Any],
    ) -> None:
        """`client`, `producer`, `consumer`: keyword arguments of aiokafka, from the settings."""
        self._client = dict(client)
        self._consumer_options = dict(consumer)
        self._producing = Producer({**client, **producer, "acks": "all"})

    async def start(self) -> None:
        """Connect. Raises: BusFault."""
        await self._producing.start()

    async def stop(self) -> None:
        """Send what is under way, and disconnect."""
        await self._producing.stop()

    @property
    def is_started(self) -> bool:
        """Whether there is a producer to send with."""
        return self._producing.is_started

    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        """Send all, in order for each key; return for each record None or its fault."""
        return await self._producing.send(records)

    async def renew(self) -> None:
        """Continue with a new producer id, because the cluster was recreated. Raises: BusFault."""
        await self._producing.renew()

    async def partitions(self, topics: Iterable[str]) -> dict[str, int]:
        """The number of partitions of each of `topics`; missing topics are left out."""
        admin = AIOKafkaAdminClient(**self._client)
        try:
            await admin.start()
            existing = set(await admin.list_topics())
            wanted = [topic for topic in topics if topic in existing]
            found = await admin.describe_topics(wanted) if wanted else []
        finally:
            await hang_up(admin)
        return {topic["topic"]: len(topic["partitions"]) for topic in found}

    async def setting(self, name: str, topics: Sequence[str]) -> dict[str, str]:
        """The value of one setting of each topic. Raises: BusFault, also without the right to ask.

        Requests all settings, because one of the supported brokers hangs up on a request for one.
        """
        wanted = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
        admin = AIOKafkaAdminClient(**self._client)
        try:
            await admin.start()
            answers = await admin.describe_configs(wanted)
        finally:
            await hang_up(admin)
        found: dict[str, str] = {}
        for code, _, _, topic, entries in (
            found for answer in answers for found in answer.resources
        ):
            if code:
                raise for_code(code)(topic)
            values = {entry: value for entry, value, *_ in entries}
            if name in values:
                found[topic] = values[name]
        return found

    @staticmethod
    def place_of(topic: str, key: bytes) -> Partition:
        """The partition of records with that key, as the Kafka client chooses it when sending."""
        return Partition(topic, (murmur2(key) & 0x7FFFFFFF) % BY_NAME[topic].partitions)

    def consumer(self, group: str | None = None) -> AIOKafkaConsumer:
        """A consumer of `group` that commits explicitly and starts at the beginning."""
        return AIOKafkaConsumer(
            **self._client,
            **(self._consumer_options if group else {}),
            group_id=group,
            enable_auto_commit=False,
            max_poll_interval_ms=MAX_POLL_INTERVAL_S * 1000,
            fetch_max_bytes=MOST_FETCHED_BYTES,
            max_partition_fetch_bytes=MOST_OF_PARTITION_BYTES,
            auto_offset_reset="earliest",
        )

    async def committed(
        self, group: str, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        """The group's commits with their metadata; partitions without a commit are left out.

        A broker that never had a group first creates an internal topic, for which this waits.
        Raises: BusFault.
        """
        admin = AIOKafkaAdminClient(**self._client)
        try:
            await admin.start()
            coordinator: int = await _COORDINATED.copy()(admin.find_coordinator, group)
            found = await admin.list_consumer_group_offsets(
                group, group_coordinator_id=coordinator, partitions=list(partitions)
            )
        finally:
            await hang_up(admin)
        return {at: offset for at, offset in found.items() if offset.offset >= 0}

    async def read_all(self, topic: str, partitions: int) -> list[Inbound]:
        """Every record now on `topic`, oldest first in each partition."""
        consumer = self.consumer()
        try:
            await consumer.start()
            return await _read_to_the_end(consumer, topic, partitions)
        finally:
            await let_go(consumer)

    async def since(
        self, topics: Iterable[str], instant: datetime | None
    ) -> AsyncGenerator[list[Inbound], None]:
        """Records appended to `topics` since `instant` (UTC), up to the current end of each.

        Yields batches, oldest first in each partition. None: everything available. One of the
        supported brokers can't look up instants and returns everything. Raises: BusFault.
        """
        counts = await self.partitions(topics)
        ours = [TopicPartition(topic, at) for topic in counts for at in range(counts[topic])]
        if not ours:
            return
        consumer = self.consumer()
        try:
            await consumer.start()
            starts = await _offsets_at(consumer, ours, instant)
            ends = await consumer.end_offsets(ours)
            left = {at: ends[at] for at, start in starts.items() if start < ends[at]}
            consumer.assign(list(left))
            for at in left:
                consumer.seek(at, starts[at])
            while left:
                batch = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_AT_ONCE)
                yield [inbound(record) for found in batch.values() for record in found]
                left = {at: end for at, end in left.items() if await consumer.position(at) < end}
        finally:
            await let_go(consumer, within_s=CLOSE_S)

    async def follow(self, topic: str, partitions: int) -> AsyncGenerator[list[Inbound], None]:
        """Every record of `topic` from its beginning, then new ones; all of it again each minute.

        Yields batches, oldest first in each partition, and an empty one if nothing came for a
        second. Ends at once if there is no such topic. Raises: BusFault.
        """
        if (await self.partitions([topic])).get(topic) != partitions:
            return
        ours = [TopicPartition(topic, number) for number in range(partitions)]
        consumer, clock = self.consumer(), asyncio.get_running_loop().time
        try:
            await consumer.start()
            consumer.assign(ours)
            while True:
                await consumer.seek_to_beginning(*ours)
                until = clock() + FOLLOW_AGAIN_S
                while clock() < until:
                    batch = await consumer.getmany(timeout_ms=FOLLOW_MS)
                    yield [inbound(record) for found in batch.values() for record in found]
        finally:
            await let_go(consumer)


def inbound(record: Any) -> Inbound:
    """Convert a record of the Kafka client.

    A topic without broker timestamps, or a broker that ignores that setting, returns whatever time
    the writer chose, even an invalid one.
    """
    topic = BY_NAME.get(record.topic)
    is_foreign = topic is not None and topic.is_foreign
    is_backdatable = is_foreign and record.timestamp_type != LOG_APPEND_TIME
    return Inbound(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=NO_TIME if is_backdatable else _instant(record.timestamp),
        key=record.key or b"",
        value=record.value or b"",
        headers=tuple(record.headers),
        is_backdatable=is_backdatable,
    )


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


async def let_go(consumer: AIOKafkaConsumer, *, within_s: float | None = None) -> None:
    """Stop a consumer for good, even if the broker went away.

    The client's own `stop` may then raise the cancellation of one of its tasks and leave its
    connections open; mistaken for ours, that would silently end the caller. Conversely it may
    swallow our cancellation, so that a cancelled caller would go on. If one of its tasks ignores
    its cancellation, as the fetcher may during a rebalance, `stop` would wait forever.

    Connections left open are closed without waiting: a TLS connection may take half a minute to
    close, and one whose closing was interrupted reports a cancellation. `within_s`: time limit in
    seconds; None: `STOP_S`.
    """
    before = _cancellations()
    try:
        async with asyncio.timeout(STOP_S if within_s is None else within_s):
            await consumer.stop()
    except (asyncio.CancelledError, TimeoutError):
        with suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(CLOSE_S):
                await consumer._client.close()  # noqa: SLF001 - left undone by its interrupted `stop`
    _end_if_cancelled(before)


async def hang_up(admin: AIOKafkaAdminClient) -> None:
    """Close the client, and raise our cancellation if the client swallowed it."""
    before = _cancellations()
    await admin.close()
    _end_if_cancelled(before)


def _cancellations() -> int:
    """How often this task was asked to end; timeouts of the client may leave one uncounted."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


def _end_if_cancelled(before: int) -> None:
    """Raises: CancelledError, if this task was cancelled since `before` was counted."""
    if _cancellations() > before:
        raise asyncio.CancelledError


QUIET_POLLS = 3
POLL_MS = 200
MOST_AT_ONCE = 1_000


async def _offsets_at(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], instant: datetime | None
) -> dict[TopicPartition, int]:
    """Start offsets of the partitions that may have records since then."""
    if instant is None:
        firsts: dict[TopicPartition, int] = await consumer.beginning_offsets(partitions)
        return firsts
    milliseconds = int(instant.timestamp() * 1000)
    found = await consumer.offsets_for_times(dict.fromkeys(partitions, milliseconds))
    return {
        at: found_offset.offset for at, found_offset in found.items() if found_offset is not None
    }


async def _read_to_the_end(
    consumer: AIOKafkaConsumer, topic: str, partitions: int
) -> list[Inbound]:
    """Poll until several polls return nothing.

    End offsets can't be requested beforehand: one of the supported brokers reports them too low.
    """
    ours = [TopicPartition(topic, number) for number in range(partitions)]
    consumer.assign(ours)
    await consumer.seek_to_beginning(*ours)
    records: list[Inbound] = []
    quiet = 0
    while quiet < QUIET_POLLS:
        batch = await consumer.getmany(timeout_ms=POLL_MS)
        records += [inbound(record) for found in batch.values() for record in found]
        quiet = 0 if batch else quiet + 1
    return records
