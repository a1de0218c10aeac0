"""The consumer loop of one process: fetch, handle, send, and only then commit.

There are three outcomes: a rule refuses (counted by the letters shell), a record can't be used
(dead_letter_policy.py decides what happens to it), and everything else is retried with capped,
jittered backoff while the partitions are paused. A failure of database or broker is never blamed on
the record.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from time import monotonic
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from tenacity import AsyncRetrying, RetryCallState, wait_random_exponential

from shared.contracts.topics import RESENDS, bureau_of
from shared.platform.consumer.batch import Batch, Read
from shared.platform.consumer.crash_guard import CrashGuard
from shared.platform.consumer.dead_letter_policy import (
    DeadLetterPolicy,
    Handled,
    Verdict,
    is_parked,
)
from shared.platform.consumer.lag import Lag
from shared.platform.consumer.partitions import Partitions
from shared.platform.consumer.positions import Positions
from shared.platform.consumer.prefetcher import Prefetcher
from shared.platform.kafka.bus import MAX_POLL_INTERVAL_S, Bus, let_go
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import Record
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.shell_metrics import (
    BATCH_FAILURES,
    BATCH_SECONDS,
    LAST_POLL,
    LAST_SUCCESS,
)

LOG = logging.getLogger(__name__)

LONGEST_PAUSE_S = 30.0

Handle = Callable[[Sequence[Record]], Awaitable[Handled]]
R = TypeVar("R")


class _Dropped(Exception):
    """The process stops before the work succeeded; it will be repeated, here or elsewhere."""


class Consumer:
    """Consumes until stopped. One instance lives as long as the topics' incarnations."""

    def __init__(  # noqa: PLR0913 - reading, handling and refusing meet here only
        self,
        bus: Bus,
        *,
        group: str,
        positions: Positions,
        incarnations: Mapping[str, str],
        topics: Sequence[str],
        read: Read,
        handle: Handle,
        unusable: DeadLetterPolicy,
        now: Now = utc_now,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`incarnations`: the id of each of `topics` at the start. `clock`: monotonic seconds."""
        self._bus = bus
        self._group = group
        self._positions = positions
        self._incarnations = incarnations
        self._topics = topics
        self._handle = handle
        self._unusable = unusable
        self._clock = clock
        self._turned_at = clock()
        """When it last polled or retried."""
        self._stopping = asyncio.Event()
        self._consumer: AIOKafkaConsumer = bus.consumer(group)
        self._partitions = Partitions(self._consumer, clock=clock)
        self._upcoming = Prefetcher(self._partitions, read)
        self._guard = CrashGuard(positions.crashes, incarnations)
        self._lag = Lag(self._partitions, topics, now=now)
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._is_placed = False
        """Whether the positions of all assigned partitions are known to be right."""
        self.lost: frozenset[str] = frozenset()
        """Topics that lost records before this service read them, until settled."""
        self.has_joined = asyncio.Event()
        """Set once partitions were assigned to this process."""
        self.was_reassigned = asyncio.Event()
        """Set at each assignment and loss; cleared by the watcher of incarnations."""

    def stop(self) -> None:
        """Finish the current batch and leave the group."""
        self._stopping.set()

    async def run(self) -> None:
        """Consume until `stop`. Raises: BusFault, if the group can't be joined at all."""
        self._consumer.subscribe(list(self._topics), listener=_Assignments(self))
        showing_lag = asyncio.create_task(self._lag.run())
        try:
            await self._consumer.start()
            while not self._stopping.is_set():
                await self._consume_once()
            await self._guard.leave(self._assigned)
        except _Dropped:
            LOG.info("stopped with work in hand")
            await self._guard.leave(self._assigned)
        finally:
            showing_lag.cancel()
            self._partitions.forget()
            await let_go(self._consumer)

    def assign(self, assigned: frozenset[TopicPartition]) -> None:
        """Note the assigned partitions; nothing is fetched before their positions are set.

        They are only noted here, because the Kafka client swallows exceptions of its listeners.
        """
        self._assigned, self._is_placed = assigned, False

    async def give_up(self, revoked: Collection[TopicPartition]) -> None:
        """Note that this process is alive and that others will read these partitions."""
        await self._guard.leave(revoked)

    @property
    def is_stuck(self) -> bool:
        """Whether it hangs: it neither polls nor retries, and has lost its partitions."""
        return self._clock() - self._turned_at > MAX_POLL_INTERVAL_S

    @property
    def is_starved(self) -> bool:
        """Whether it polls, but the Kafka client has long brought no answer from the broker."""
        return self._partitions.is_starved

    @property
    def assigned(self) -> frozenset[TopicPartition]:
        """The assigned partitions whose positions are known."""
        return self._partitions.ours if self._is_placed else frozenset()

    def position(self, at: TopicPartition) -> int | None:
        """The partition's first unhandled offset; None if the partition isn't ours."""
        return self._partitions.position(at) if self._is_placed else None

    def end(self, at: TopicPartition) -> int | None:
        """The partition's end at the last fetch; None if it isn't ours or not known."""
        return self._partitions.end(at) if self._is_placed else None

    async def _consume_once(self) -> None:
        self._turned_at = self._clock()
        if not self._is_placed:
            await self._retry_until_done(self._place)
        self._partitions.release()
        self._partitions.return_from_beyond()
        if self._guard.unclear:
            unclear = self._partitions.positions(self._guard.unclear)
            ends = {at: (position, self._partitions.end(at)) for at, position in unclear.items()}
            await self._guard.narrow(ends)
        fetched = await self._partitions.fetch(alone=self._guard.suspects)
        LAST_POLL.set_to_current_time()
        ours = {at: found for at, found in fetched.items() if at in self.assigned}
        if ours:
            self._lag.note(ours)
            await self._take(Batch(ours))

    async def _place(self) -> None:
        """Start where this group left off, or at the beginning of a recreated topic."""
        assigned = self._assigned
        committed = await self._bus.committed(self._group, assigned) if assigned else {}
        firsts = await self._consumer.beginning_offsets(list(assigned)) if assigned else {}
        places = await self._positions.places(
            committed, firsts=firsts, incarnations=self._incarnations
        )
        if places.lost:
            await self._note_lost(places.lost)
            await self._commit({at: places.starts[at] for at in places.lost})
        self.lost = await self._positions.lost()
        await self._guard.begin(places.starts)
        if assigned is not self._assigned:
            return
        self._partitions.place(places.starts, firsts=firsts)
        self._is_placed = True
        self.has_joined.set()
        self.was_reassigned.set()

    async def _note_lost(self, partitions: Iterable[TopicPartition]) -> None:
        """Remember topics whose records retention deleted unread, until they were requested again.

        Requests for a resend are repeated anyway, so their topic is left out.
        """
        topics = {at.topic for at in partitions}
        for topic in topics:
            LOG.error("records are gone that were not read", extra={"topic": topic})
        await self._positions.note_lost(topics - {RESENDS.name})

    async def _take(self, batch: Batch) -> None:
        began = monotonic()
        await self._retry_until_done(partial(self._look_for_holes, batch))
        if self._guard.suspects:
            positions = self._partitions.positions(batch.starts)
            await self._retry_until_done(partial(self._guard.take, positions))
        await self._retry_until_done(partial(self._read_all, batch))
        await self._set_aside(batch.read, batch)
        async with nullcontext() if self._guard.suspects else self._upcoming.read_meanwhile():
            handled = await self._retry_until_done(partial(self._handle, batch.records))
        await self._set_aside_unfit(handled.unfit, batch)
        for topic, seconds in self._unusable.spend(handled.refused).items():
            self._hold(topic, seconds)
        if await self._commit(batch.ends()):
            BATCH_SECONDS.observe(monotonic() - began)
            LAST_SUCCESS.set_to_current_time()
        else:
            await self._guard.put_down(batch.starts)
        self._guard.passed(batch.ends())
        self._partitions.advance(batch.ends())

    async def _look_for_holes(self, batch: Batch) -> None:
        """Detect records deleted by retention: nothing else leaves gaps in our own topics."""
        positions = self._partitions.positions(batch.starts)
        holes = [
            at
            for at, position in positions.items()
            if is_parked(at.topic) and position < batch.starts[at]
        ]
        if holes:
            await self._note_lost(holes)
            self.lost = await self._positions.lost()
            self.was_reassigned.set()

    async def _read_all(self, batch: Batch) -> None:
        """Read the batch, from its beginning on every attempt."""
        batch.read_all(self._upcoming.read, fatal=self._guard.fatal)
        self._lag.count(batch.read)

    async def _set_aside(self, read: Sequence[Record | Faulty], batch: Batch) -> None:
        """Set faulty records aside, or cut the batch there and hold the topic."""
        verdict: Verdict = await self._retry_until_done(partial(self._unusable.judge, read))
        await self._retry_until_done(partial(self._unusable.settle, verdict))
        batch.cut(verdict.cuts)
        self._partitions.seek(verdict.cuts)
        for topic, seconds in verdict.holds.items():
            self._hold(topic, seconds)

    async def _set_aside_unfit(self, unfit: Sequence[Faulty], batch: Batch) -> None:
        """Set unfit records aside; those from the reorder buffer are always parked."""
        if not unfit:
            return
        waited = Verdict(park=[faulty for faulty in unfit if faulty.raw not in batch])
        await self._retry_until_done(partial(self._unusable.settle, waited))
        await self._set_aside([faulty for faulty in unfit if faulty.raw in batch], batch)

    def _hold(self, topic: str, seconds: float) -> None:
        held = self._partitions.of(topic)
        self._partitions.hold(held, seconds=seconds)
        LOG.log(
            logging.WARNING if bureau_of(topic) else logging.ERROR,
            "topic held back: too much of it can't be used",
            extra={"topic": topic, "partitions": len(held), "delay_s": round(seconds)},
        )

    async def _retry_until_done(self, work: Callable[[], Awaitable[R]]) -> R:
        """Retry `work` until it succeeds. Raises: _Dropped, if stopped first."""

        async def rest(seconds: float) -> None:
            self._turned_at = self._clock()
            await self._partitions.rest(self._stopping, seconds=seconds)

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
                    return await work()
        except Exception as fault:
            if not self._stopping.is_set():
                raise
            raise _Dropped from fault
        finally:
            self._partitions.resume()
        raise _Dropped

    async def _commit(self, ends: Mapping[TopicPartition, int]) -> bool:
        """Commit and return whether it succeeded; otherwise the batch is consumed again."""
        ours = {
            at: OffsetAndMetadata(end, self._incarnations[at.topic])
            for at, end in ends.items()
            if at in self._consumer.assignment()
        }
        if not ours:
            return False
        try:
            await self._consumer.commit(ours)
            await self._positions.note(ours, self._incarnations)
        except (CommitFailedError, IllegalStateError, KafkaError, DatabaseFault) as fault:
            BATCH_FAILURES.inc()
            LOG.warning("commit failed", extra={"fault": type(fault).__name__})
            return False
        return True


class _Assignments(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Tells the consumer which partitions were assigned."""

    def __init__(self, owner: Consumer) -> None:
        self._owner = owner

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Pass the loss on. Writes of a batch under way stay safe: they are compare-and-set."""
        await self._owner.give_up(revoked)

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Pass the assignment on."""
        self._owner.assign(frozenset(assigned))


def _note_failure(state: RetryCallState) -> None:
    BATCH_FAILURES.inc()
    fault = state.outcome.exception() if state.outcome else None
    LOG.warning("batch failed, will be tried again", exc_info=fault)
