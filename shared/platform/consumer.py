"""How one process consumes its service's topics: fetch, handle, send, and only then commit.

Three outcomes and no fourth: a rule refuses (the shell counts it), a record can't be read (its
partition stops with an alert, or whoever sent it is told), and everything else is tried again with
capped, jittered backoff while the partitions are paused. A failing database or broker is never the
record's fault.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from shared.contracts.envelope import Unreadable
from shared.platform.bus import Bus, Inbound, inbound
from shared.platform.clock import Now, utc_now
from shared.platform.database import DatabaseFault
from shared.platform.jwe import BadEnvelope
from shared.platform.positions import Positions
from shared.platform.rules import Record
from shared.platform.shell_metrics import (
    AGE_SECONDS,
    ASSIGNED_PARTITIONS,
    BATCH_FAILURES,
    BATCH_SECONDS,
    LAST_SUCCESS,
    RECORDS,
    STOPPED_PARTITIONS,
)

LOG = logging.getLogger(__name__)

MOST_RECORDS = 200
POLL_MS = 200
LONGEST_PAUSE_S = 30.0

Read = Callable[[Inbound], Record]
Handle = Callable[[Sequence[Record]], Awaitable[None]]
Told = Callable[[Inbound, Unreadable | BadEnvelope], Awaitable[bool]]
"""What is done about an unreadable record; false stops its partition there."""


async def stop_there(_: Inbound, __: Unreadable | BadEnvelope) -> bool:
    """For topics that our own services write: go no further."""
    return False


class Consumer:
    """Consumes until told to stop. One instance lives as long as the topics' incarnations."""

    def __init__(  # noqa: PLR0913 - the one place where reading, handling and refusing meet
        self,
        bus: Bus,
        *,
        group: str,
        positions: Positions,
        incarnations: Mapping[str, str],
        topics: Sequence[str],
        read: Read,
        handle: Handle,
        unreadable: Told = stop_there,
        now: Now = utc_now,
    ) -> None:
        """`incarnations`: the id of each topic of `topics` under which this consumer starts."""
        self._bus = bus
        self._group = group
        self._positions = positions
        self._incarnations = incarnations
        self._topics = topics
        self._read = read
        self._handle = handle
        self._unreadable = unreadable
        self._now = now
        self._stopping = asyncio.Event()
        self._stopped: set[TopicPartition] = set()
        self.has_joined = asyncio.Event()
        """Set once partitions were assigned to this process."""
        self.was_reassigned = asyncio.Event()
        """Set at each assignment; whoever watches incarnations clears it."""

    def stop(self) -> None:
        """Finish the batch in hand and leave the group."""
        self._stopping.set()

    async def run(self) -> None:
        """Consume until `stop`. Raises: BusFault, when the group can't be joined at all."""
        consumer = self._bus.consumer(self._group)
        consumer.subscribe(list(self._topics), listener=_Positions(self, consumer))
        await consumer.start()
        try:
            while not self._stopping.is_set():
                batch = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
                if batch:
                    await self._take(consumer, batch)
        finally:
            ASSIGNED_PARTITIONS.set(0)
            await consumer.stop()

    async def place(self, consumer: AIOKafkaConsumer, assigned: set[TopicPartition]) -> None:
        """Begin where this group left off, or at the beginning of a topic that was made anew."""
        committed = await self._bus.committed(self._group, assigned) if assigned else {}
        trusted = await self._positions.trusted(committed, self._incarnations)
        for at in assigned - trusted:
            consumer.seek(at, 0)
        self._stopped.clear()
        STOPPED_PARTITIONS.set(0)
        ASSIGNED_PARTITIONS.set(len(assigned))
        self.has_joined.set()
        self.was_reassigned.set()

    async def _take(
        self, consumer: AIOKafkaConsumer, batch: Mapping[TopicPartition, Sequence[Any]]
    ) -> None:
        records: list[Record] = []
        offsets: dict[TopicPartition, OffsetAndMetadata] = {}
        for at, fetched in batch.items():
            for raw in map(inbound, fetched):
                if not await self._read_one(raw, records):
                    self._stop_at(consumer, at, raw.offset)
                    break
                offsets[at] = OffsetAndMetadata(raw.offset + 1, self._incarnations[at.topic])
        with BATCH_SECONDS.time():
            if await self._until_done(consumer, records):
                await self._commit(consumer, offsets)

    async def _read_one(self, raw: Inbound, records: list[Record]) -> bool:
        age = self._now() - raw.appended_at
        AGE_SECONDS.observe(max(0.0, age.total_seconds()))
        try:
            records.append(self._read(raw))
        except (Unreadable, BadEnvelope) as fault:
            RECORDS.labels(_family(raw.topic), "unreadable").inc()
            return await self._unreadable(raw, fault)
        RECORDS.labels(_family(raw.topic), "read").inc()
        return True

    def _stop_at(self, consumer: AIOKafkaConsumer, at: TopicPartition, offset: int) -> None:
        """Go no further in this partition: what follows would overtake what can't be read."""
        consumer.pause(at)
        consumer.seek(at, offset)
        self._stopped.add(at)
        STOPPED_PARTITIONS.set(len(self._stopped))
        LOG.error(
            "unreadable record stops its partition",
            extra={"topic": at.topic, "partition": at.partition, "offset": offset},
        )

    async def _until_done(self, consumer: AIOKafkaConsumer, records: Sequence[Record]) -> bool:
        """Handle `records`, again and again until it succeeds; false when stopped meanwhile."""

        async def rest(seconds: float) -> None:
            await self._rest(consumer, seconds)

        def is_stopping(_: RetryCallState) -> bool:
            return self._stopping.is_set()

        attempts = AsyncRetrying(
            wait=wait_random_exponential(multiplier=0.1, max=LONGEST_PAUSE_S),
            stop=is_stopping,
            sleep=rest,
            before_sleep=_note_failure,
            reraise=True,
        )
        try:
            await attempts(self._handle, records)
        except Exception as fault:
            if not self._stopping.is_set():
                raise
            LOG.warning("batch dropped at stop", extra={"fault": type(fault).__name__})
            return False
        finally:
            consumer.resume(*(consumer.assignment() - self._stopped))
        LAST_SUCCESS.set_to_current_time()
        return True

    async def _commit(
        self, consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, OffsetAndMetadata]
    ) -> None:
        """Commit; what can't be committed is consumed again, here or by another replica."""
        ours = {at: offset for at, offset in offsets.items() if at in consumer.assignment()}
        try:
            if ours:
                await consumer.commit(ours)
                await self._positions.note(ours, self._incarnations)
        except (CommitFailedError, IllegalStateError, KafkaError, DatabaseFault) as fault:
            LOG.warning("commit failed", extra={"fault": type(fault).__name__})

    async def _rest(self, consumer: AIOKafkaConsumer, seconds: float) -> None:
        """Wait with all partitions paused, polling so that the group does not take us for dead."""
        consumer.pause(*consumer.assignment())
        await consumer.getmany(timeout_ms=0)
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


class _Positions(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Tells the consumer which partitions it got."""

    def __init__(self, owner: Consumer, consumer: AIOKafkaConsumer) -> None:
        self._owner = owner
        self._consumer = consumer

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing: a batch in hand is kept by compare-and-set, whoever owns the partition."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Find where to begin."""
        await self._owner.place(self._consumer, assigned)


def _note_failure(state: RetryCallState) -> None:
    BATCH_FAILURES.inc()
    fault = state.outcome.exception() if state.outcome else None
    LOG.warning("batch failed, will be tried again", exc_info=fault)


def _family(topic: str) -> str:
    return "bureau." + topic.rsplit(".", 1)[1] if topic.startswith("bureau.") else topic
