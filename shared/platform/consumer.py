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
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from shared.contracts.envelope import Unreadable
from shared.platform.bus import Bus, Inbound, inbound, let_go
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


class _Dropped(Exception):
    """The process stops before its work succeeded; it will be done again, here or elsewhere."""


@dataclass(slots=True)
class _Found:
    """What a batch holds."""

    records: list[Record] = field(default_factory=list)
    offsets: dict[TopicPartition, OffsetAndMetadata] = field(default_factory=dict)
    """What may be committed once `records` are done."""
    ends: dict[TopicPartition, int] = field(default_factory=dict)
    """Where a record that can't be read stops its partition."""


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
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._placed: frozenset[TopicPartition] | None = frozenset()
        """Those whose position is known to be right; none: nobody has looked since assignment."""
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
        consumer.subscribe(list(self._topics), listener=_Assignments(self))
        try:
            await consumer.start()
            while not self._stopping.is_set():
                await self._consume_once(consumer)
        except _Dropped:
            LOG.info("stopped with work in hand")
        finally:
            ASSIGNED_PARTITIONS.set(0)
            await let_go(consumer)

    def assign(self, assigned: frozenset[TopicPartition]) -> None:
        """Note what this process consumes from now on; nothing of it is taken before it is placed.

        Only noted, since the Kafka client swallows what its listeners raise.
        """
        self._assigned, self._placed = assigned, None

    async def _consume_once(self, consumer: AIOKafkaConsumer) -> None:
        if self._placed is None:
            await self._until_done(consumer, partial(self._place, consumer))
        batch = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
        ours = {at: fetched for at, fetched in batch.items() if at in (self._placed or ())}
        if ours:
            await self._take(consumer, ours)

    async def _place(self, consumer: AIOKafkaConsumer) -> None:
        """Begin where this group left off, or at the beginning of a topic that was made anew."""
        assigned = self._assigned
        committed = await self._bus.committed(self._group, assigned) if assigned else {}
        trusted = await self._positions.trusted(committed, self._incarnations)
        if assigned is not self._assigned:
            return
        for at in assigned & consumer.assignment():
            consumer.seek(at, committed[at].offset if at in trusted else 0)
        self._placed = assigned
        self._stopped.clear()
        STOPPED_PARTITIONS.set(0)
        ASSIGNED_PARTITIONS.set(len(assigned))
        self.has_joined.set()
        self.was_reassigned.set()

    async def _take(
        self, consumer: AIOKafkaConsumer, batch: Mapping[TopicPartition, Sequence[Any]]
    ) -> None:
        found = _Found()
        with BATCH_SECONDS.time():
            await self._until_done(consumer, partial(self._read_all, batch, found))
            for at, offset in found.ends.items():
                self._stop_at(consumer, at, offset)
            await self._until_done(consumer, partial(self._handle, found.records))
            await self._commit(consumer, found.offsets)

    async def _read_all(self, batch: Mapping[TopicPartition, Sequence[Any]], found: _Found) -> None:
        """Read the batch into `found`, from its beginning each time that this is tried."""
        for part in (found.records, found.offsets, found.ends):
            part.clear()
        for at, fetched in batch.items():
            for raw in map(inbound, fetched):
                if not await self._read_one(raw, found.records):
                    found.ends[at] = raw.offset
                    break
                found.offsets[at] = OffsetAndMetadata(raw.offset + 1, self._incarnations[at.topic])

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
        if at not in consumer.assignment():
            return
        consumer.pause(at)
        consumer.seek(at, offset)
        self._stopped.add(at)
        STOPPED_PARTITIONS.set(len(self._stopped))
        LOG.error(
            "unreadable record stops its partition",
            extra={"topic": at.topic, "partition": at.partition, "offset": offset},
        )

    async def _until_done(
        self, consumer: AIOKafkaConsumer, work: Callable[[], Awaitable[None]]
    ) -> None:
        """Try `work` again and again until it succeeds. Raises: _Dropped, when stopped first."""

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
            async for attempt in attempts:
                with attempt:
                    await work()
        except Exception as fault:
            raise _Dropped from fault
        finally:
            consumer.resume(*(consumer.assignment() - self._stopped))

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
        LAST_SUCCESS.set_to_current_time()

    async def _rest(self, consumer: AIOKafkaConsumer, seconds: float) -> None:
        """Wait with all partitions paused, polling so that the group does not take us for dead."""
        consumer.pause(*consumer.assignment())
        for at, fetched in (await consumer.getmany(timeout_ms=0)).items():
            consumer.seek(at, fetched[0].offset)
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Tells the consumer which partitions it got."""

    def __init__(self, owner: Consumer) -> None:
        self._owner = owner

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing: a batch in hand is kept by compare-and-set, whoever owns the partition."""

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Hand it on."""
        self._owner.assign(frozenset(assigned))


def _note_failure(state: RetryCallState) -> None:
    BATCH_FAILURES.inc()
    fault = state.outcome.exception() if state.outcome else None
    LOG.warning("batch failed, will be tried again", exc_info=fault)


def _family(topic: str) -> str:
    return "bureau." + topic.rsplit(".", 1)[1] if topic.startswith("bureau.") else topic
