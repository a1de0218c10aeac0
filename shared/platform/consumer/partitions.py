"""The partitions that one process has: where it stands in each, and which it holds back.

What is held back stays assigned and paused until an instant. What the client can't fetch is held
back too, alone: a bureau may write what no reader understands, and must not stop the others.
"""

from __future__ import annotations

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
"""How long is waited for what comes next while a batch is in hand: longer than one mostly takes."""
RETRY_S = 30.0
"""How long a partition waits at what can't be taken from it."""
STARVED_S = 60.0
"""How long the client may bring no answer of the broker; it asks twice a second."""
BEYOND_S = 10.0
"""How long a position may lie past its topic's end before it counts as out of range."""

Fetched = Mapping[TopicPartition, Sequence[Any]]


class Partitions:
    """Of one member of a group, from its start to its end."""

    def __init__(self, consumer: AIOKafkaConsumer, *, clock: Callable[[], float]) -> None:
        """`clock`: seconds that only go forward."""
        self._consumer = consumer
        self._clock = clock
        self._next: dict[TopicPartition, int] = {}
        """The first offset of each that isn't dealt with."""
        self._onward: dict[TopicPartition, int] = {}
        """The first offset of each that wasn't fetched."""
        self._fetched = FetchBuffer()
        self._requested: asyncio.Task[Sequence[Any]] | None = None
        """A request of `fetch_ahead` that has no answer, or one that nobody has taken."""
        self._firsts: Mapping[TopicPartition, int] = {}
        self._held: dict[TopicPartition, float] = {}
        self._undecodable: set[TopicPartition] = set()
        self._answer_at: tuple[int | None, float] = None, clock()
        """The broker's last answer, by the client's clock, and when it was first seen here."""
        self.is_starved = False
        """Whether the client brings no answers; the fault may be the broker's."""
        self._beyond: dict[TopicPartition, float] = {}
        """Since when a position lies past the end."""

    @property
    def ours(self) -> frozenset[TopicPartition]:
        """Those that we have a position in and that nobody has taken from us."""
        return frozenset(self._next.keys() & self._consumer.assignment())

    def place(
        self, starts: Mapping[TopicPartition, int], *, firsts: Mapping[TopicPartition, int]
    ) -> None:
        """Begin at `starts`; `firsts` are the first offsets that are still there."""
        self._next, self._onward, self._firsts = dict(starts), dict(starts), firsts
        self.rewind(starts)
        self._held.clear()
        self._undecodable.clear()
        self._beyond.clear()
        ASSIGNED_PARTITIONS.set(len(starts))
        self._show()

    def forget(self) -> None:
        """Have none."""
        self._next.clear()
        if self._requested is not None:
            self._requested.cancel()
        ASSIGNED_PARTITIONS.set(0)

    def position(self, at: TopicPartition) -> int | None:
        """The first offset that isn't dealt with; none when the partition isn't ours."""
        return self._next.get(at) if at in self.ours else None

    def positions(self, of: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """As `position`, of those among these that are ours."""
        return {at: self._next[at] for at in self.ours.intersection(of)}

    def end(self, at: TopicPartition) -> int | None:
        """Where a partition ended when it was last fetched from; none: not yet known.

        One of the supported brokers answers questions for the end too low, and fetches right.
        """
        end: int | None = self._consumer.highwater(at) if at in self.ours else None
        return end

    def advance(self, ends: Mapping[TopicPartition, int]) -> None:
        """What comes before these is dealt with."""
        self._next.update(ends)

    def rewind(self, partitions: Iterable[TopicPartition]) -> None:
        """Fetch from the first offset that isn't dealt with."""
        self.seek({at: self._next[at] for at in self.ours.intersection(partitions)})

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Fetch from there next."""
        for at in self.ours & offsets.keys():
            self._fetched.drop(at)
            self._onward[at] = offsets[at]
            self._consumer.seek(at, offsets[at])

    def of(self, topic: str) -> frozenset[TopicPartition]:
        """Those of one topic."""
        return frozenset(at for at in self.ours if at.topic == topic)

    def hold(self, partitions: Iterable[TopicPartition], *, seconds: float) -> None:
        """Take nothing more of these for so long."""
        held = self.ours.intersection(partitions)
        firsts = {at: self._fetched.drop(at) for at in held}
        self.seek({at: first for at, first in firsts.items() if first is not None})
        self._pause(held, seconds=seconds)

    def _pause(self, held: Collection[TopicPartition], *, seconds: float) -> None:
        self._consumer.pause(*held)
        self._held.update(dict.fromkeys(held, self._clock() + seconds))
        self._show()

    def release(self) -> None:
        """Go on with those whose time has come."""
        now = self._clock()
        due = {at for at, until in self._held.items() if until <= now}
        for at in due:
            del self._held[at]
        if due:
            self._consumer.resume(*(due & self.ours))
            self._show()

    def resume(self) -> None:
        """Go on with all that isn't held back."""
        self._consumer.resume(*(self._consumer.assignment() - self._held.keys()))

    def return_from_beyond(self) -> None:
        """Begin anew where a topic ends before our position, as when a broker lost its tail."""
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
        """What comes next; of partitions in `alone` one record, and nothing else with it.

        When it can't be decoded, each partition is asked by itself. Raises: BusFault, for
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
        """Fetch what `fetch` returns next, and wait for it; the records that are new.

        Empty, when there is enough of it. Raises: what the client raises, and passes over nothing.
        """
        if self._requested is None:
            self._requested = asyncio.create_task(self._request(timeout_ms=AHEAD_MS))
        return await self._answer(self._requested)

    def _look_for_answers(self) -> None:
        """The client tells nobody when it has stopped fetching: its polls stay empty."""
        asked = () if self._fetched else self.ours - self._held.keys()
        answers = [self._consumer.last_poll_timestamp(at) for at in asked]
        last = max((at for at in answers if at is not None), default=None)
        if not asked or last != self._answer_at[0]:
            self._answer_at = last, self._clock()
        self.is_starved = self._clock() - self._answer_at[1] > STARVED_S

    async def _poll(self) -> None:
        """Fetch what is there; when nothing is, wait for it a moment."""
        wait_ms = 0 if self._fetched else POLL_MS
        if self._requested is not None:
            await asyncio.wait({self._requested}, timeout=wait_ms / 1000)
            if self._requested.done():
                await self._answer(self._requested)
            wait_ms = 0
        await self._request(timeout_ms=wait_ms)

    async def _answer(self, request: asyncio.Task[Sequence[Any]]) -> Sequence[Any]:
        """Wait for the request. Who is cancelled meanwhile leaves request and answer to `fetch`."""
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
        """Fetch while a batch has room; the records. Raises: what the client raises.

        One by one, since the client unpacks a record only when it hands it out.
        """
        found: list[Any] = []
        while self._fetched.has_room:
            try:
                fetched = await self._consumer.getmany(*only, timeout_ms=timeout_ms, max_records=1)
            except Exception:
                self._go_on()
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

    def _go_on(self) -> None:
        """Go on after what was fetched: where the client raises, it has moved past records that
        it never handed out.
        """
        for at in self.ours:
            self._consumer.seek(at, self._onward[at])

    async def rest(self, waiting: asyncio.Event, *, seconds: float) -> None:
        """Wait with all paused, polling so that the group does not take us for dead."""
        self._consumer.pause(*self._consumer.assignment())
        try:
            fetched = await self._consumer.getmany(timeout_ms=0, max_records=1)
            for at, (first,) in fetched.items():
                self._consumer.seek(at, first.offset)
        except Exception as fault:
            if not _is_foreign(fault):
                raise
            self._go_on()
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
    """Whether the client choked on what somebody wrote, and not on the broker or the group."""
    if isinstance(fault, KafkaError):
        return isinstance(fault, CorruptRecordException | UnsupportedCodecError)
    return not isinstance(fault, ConsumerStoppedError | IllegalOperation | AssertionError)
