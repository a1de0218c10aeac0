"""The partitions of one process: its position in each, and those that it holds back.

A partition that is held back stays assigned, and paused until an instant. A partition that the
client can't decode is also held back, alone: a bureau's malformed records must not stop the others.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    IllegalOperation,
    KafkaError,
    UnsupportedCodecError,
)

from shared.contracts.topics import bureau_of
from shared.platform.consumer.fetch_buffer import FetchBuffer
from shared.platform.runtime.shell_metrics import (
    ASSIGNED_PARTITIONS,
    PAUSED_PARTITIONS,
    STOPPED_PARTITIONS,
    UNDECODABLE_PARTITIONS,
)

LOG = logging.getLogger(__name__)

POLL_MS = 200
AHEAD_MS = 60_000
"""How long to wait for the next records while a batch is in hand; longer than most batches take."""
RETRY_S = 30.0
"""How long a partition pauses at a record that can't be taken."""
STARVED_S = 60.0
"""How long the client may bring no answer from the broker; it asks twice a second."""
BEYOND_S = 10.0
"""How long a position may lie past its topic's end before it counts as out of range."""

Fetched = Mapping[TopicPartition, Sequence[Any]]


class Partitions:
    """The partitions of one member of a group, from its start to its end."""

    def __init__(self, consumer: AIOKafkaConsumer, *, clock: Callable[[], float]) -> None:
        """`clock`: monotonic seconds."""
        self._consumer = consumer
        self._clock = clock
        self._next: dict[TopicPartition, int] = {}
        """The first unhandled offset of each partition."""
        self._onward: dict[TopicPartition, int] = {}
        """The first offset of each partition that was not fetched yet."""
        self._fetched = FetchBuffer()
        self._requested: asyncio.Task[Sequence[Any]] | None = None
        """A pending request of `fetch_ahead`, or one with a result that was not taken yet."""
        self._firsts: Mapping[TopicPartition, int] = {}
        self._held: dict[TopicPartition, float] = {}
        self._undecodable: set[TopicPartition] = set()
        self._answer_at: tuple[int | None, float] = None, clock()
        """The client's timestamp of the broker's last answer, and when it was first seen here."""
        self.is_starved = False
        """Whether the client brings no answers; the broker may be the cause."""
        self._beyond: dict[TopicPartition, float] = {}
        """Since when a position lies past the end."""

    @property
    def ours(self) -> frozenset[TopicPartition]:
        """The partitions with a position that are still assigned to us."""
        return frozenset(self._next.keys() & self._consumer.assignment())

    def place(
        self, starts: Mapping[TopicPartition, int], *, firsts: Mapping[TopicPartition, int]
    ) -> None:
        """Start at `starts`; `firsts` are the first offsets still available."""
        self._next, self._onward, self._firsts = dict(starts), dict(starts), firsts
        self.rewind(starts)
        self._held.clear()
        self._undecodable.clear()
        self._beyond.clear()
        ASSIGNED_PARTITIONS.set(len(starts))
        self._show()

    def forget(self) -> None:
        """Give up all partitions."""
        self._next.clear()
        if self._requested is not None:
            self._requested.cancel()
        ASSIGNED_PARTITIONS.set(0)

    def position(self, at: TopicPartition) -> int | None:
        """The first unhandled offset; None if the partition isn't ours."""
        return self._next.get(at) if at in self.ours else None

    def positions(self, of: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The first unhandled offsets of those partitions that are ours."""
        return {at: self._next[at] for at in self.ours.intersection(of)}

    def end(self, at: TopicPartition) -> int | None:
        """The partition's end at the last fetch; None if not known yet.

        One of the supported brokers answers end offset requests too low, but fetches right.
        """
        end: int | None = self._consumer.highwater(at) if at in self.ours else None
        return end

    def advance(self, ends: Mapping[TopicPartition, int]) -> None:
        """Note that everything before these offsets is handled."""
        self._next.update(ends)

    def rewind(self, partitions: Iterable[TopicPartition]) -> None:
        """Fetch from the first unhandled offset."""
        self.seek({at: self._next[at] for at in self.ours.intersection(partitions)})

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Fetch from these offsets next."""
        for at in self.ours & offsets.keys():
            self._fetched.drop(at)
            self._onward[at] = offsets[at]
            self._consumer.seek(at, offsets[at])

    def of(self, topic: str) -> frozenset[TopicPartition]:
        """The partitions of one topic."""
        return frozenset(at for at in self.ours if at.topic == topic)

    def hold(self, partitions: Iterable[TopicPartition], *, seconds: float) -> None:
        """Fetch nothing more from these partitions for the given time."""
        held = self.ours.intersection(partitions)
        firsts = {at: self._fetched.drop(at) for at in held}
        self.seek({at: first for at, first in firsts.items() if first is not None})
        self._pause(held, seconds=seconds)

    def _pause(self, held: Collection[TopicPartition], *, seconds: float) -> None:
        self._consumer.pause(*held)
        self._held.update(dict.fromkeys(held, self._clock() + seconds))
        self._show()

    def release(self) -> None:
        """Resume held partitions whose time is over."""
        now = self._clock()
        due = {at for at, until in self._held.items() if until <= now}
        for at in due:
            del self._held[at]
        if due:
            self._consumer.resume(*(due & self.ours))
            self._show()

    def resume(self) -> None:
        """Resume all partitions that aren't held back."""
        self._consumer.resume(*(self._consumer.assignment() - self._held.keys()))

    def return_from_beyond(self) -> None:
        """Start over where a topic ends before our position (the broker lost its tail)."""
        now = self._clock()
        for at in self.ours:
            end = self._consumer.highwater(at)
            if end is None or self._next[at] <= end:
                self._beyond.pop(at, None)
            elif now - self._beyond.setdefault(at, now) >= BEYOND_S:
                LOG.error("position out of range", extra=_place(at, self._next[at]))
                self._next[at] = self._firsts[at]
                self.rewind([at])

    async def fetch(self, *, alone: Collection[TopicPartition] = ()) -> Fetched:
        """The next records; a partition in `alone` gives a single record and nothing else with it.

        If the records can't be decoded, each partition is fetched separately. Raises: BusFault, for
        everything else.
        """
        try:
            await self._poll()
        except Exception as fault:
            if not _is_foreign(fault):
                raise
            LOG.warning("fetch failed", extra={"fault": type(fault).__name__})
            await self._fetch_apart()
        self._look_for_answers()
        return self._fetched.take(alone=alone)

    async def fetch_ahead(self) -> Sequence[Any]:
        """Prefetch what `fetch` returns next, and wait for it; return the new records.

        Empty if enough is buffered. Raises: the client's exceptions; skips nothing.
        """
        if self._requested is None:
            self._requested = asyncio.create_task(self._request(timeout_ms=AHEAD_MS))
        return await self._answer(self._requested)

    def _look_for_answers(self) -> None:
        """Detect that the client has stopped fetching, which shows only as empty polls."""
        fetching = () if self._fetched else self.ours - self._held.keys()
        answers = [self._consumer.last_poll_timestamp(at) for at in fetching]
        last = max((at for at in answers if at is not None), default=None)
        if not fetching or last != self._answer_at[0]:
            self._answer_at = last, self._clock()
        self.is_starved = self._clock() - self._answer_at[1] > STARVED_S

    async def _poll(self) -> None:
        """Fetch available records; if there are none, wait briefly."""
        wait_ms = 0 if self._fetched else POLL_MS
        if self._requested is not None:
            await asyncio.wait({self._requested}, timeout=wait_ms / 1000)
            if self._requested.done():
                await self._answer(self._requested)
            wait_ms = 0
        await self._request(timeout_ms=wait_ms)

    async def _answer(self, request: asyncio.Task[Sequence[Any]]) -> Sequence[Any]:
        """Wait for the request. If cancelled meanwhile, `fetch` gets the request and its result."""
        await asyncio.wait({request})
        self._requested = None
        return request.result()

    async def _fetch_apart(self) -> None:
        await asyncio.sleep(POLL_MS / 1000)
        for at in sorted(self.ours - self._held.keys()):
            try:
                await self._request(at, timeout_ms=0)
            except Exception as fault:
                if not _is_foreign(fault):
                    raise
                place = _place(at, self._onward[at]) | {"fault": type(fault).__name__}
                LOG.error("partition can't be decoded", extra=place)  # noqa: TRY400 - the text may show what was fetched
                self._undecodable.add(at)
                self._pause([at], seconds=RETRY_S)

    async def _request(self, *only: TopicPartition, timeout_ms: int) -> Sequence[Any]:
        """Fetch until the buffer is full; return the records. Raises: the client's exceptions.

        One by one, because the client decodes a record only when it returns it.
        """
        found: list[Any] = []
        while self._fetched.has_room:
            try:
                fetched = await self._consumer.getmany(*only, timeout_ms=timeout_ms, max_records=1)
            except Exception:
                self._seek_onward()
                raise
            if not fetched:
                break
            for at, (record,) in fetched.items():
                self._onward[at] = record.offset + 1
                if at in self._undecodable:
                    self._undecodable.remove(at)
                    self._show()
                self._fetched.add(record)
                found.append(record)
            timeout_ms = 0
        return found

    def _seek_onward(self) -> None:
        """Seek to the first offset not fetched.

        An exception moves the client past records that it never returned.
        """
        for at in self.ours:
            self._consumer.seek(at, self._onward[at])

    async def rest(self, waiting: asyncio.Event, *, seconds: float) -> None:
        """Wait with all partitions paused, polling so that the group doesn't consider us dead."""
        self._consumer.pause(*self._consumer.assignment())
        try:
            fetched = await self._consumer.getmany(timeout_ms=0, max_records=1)
            for at, (first,) in fetched.items():
                self._consumer.seek(at, first.offset)
        except Exception as fault:
            if not _is_foreign(fault):
                raise
            self._seek_onward()
        try:
            async with asyncio.timeout(seconds):
                await waiting.wait()
        except TimeoutError:
            return

    def _show(self) -> None:
        of_bureaus = sum(1 for at in self._held if bureau_of(at.topic))
        PAUSED_PARTITIONS.set(of_bureaus)
        STOPPED_PARTITIONS.set(len(self._held) - of_bureaus)
        waiting = Counter(bureau_of(at.topic) for at in self._undecodable)
        for bureau in {bureau_of(at.topic) for at in self._next} - {None}:
            UNDECODABLE_PARTITIONS.labels(bureau).set(waiting[bureau])


def _place(at: TopicPartition, offset: int) -> dict[str, Any]:
    return {"topic": at.topic, "partition": at.partition, "offset": offset}


def _is_foreign(fault: Exception) -> bool:
    """Whether the client failed on a record's content, and not on the broker or the group."""
    if isinstance(fault, KafkaError):
        return isinstance(fault, CorruptRecordException | UnsupportedCodecError)
    return not isinstance(fault, ConsumerStoppedError | IllegalOperation | AssertionError)
