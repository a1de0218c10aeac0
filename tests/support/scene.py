"""A service that consumes from a broker in memory, and a hand that takes its batches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka.errors import KafkaConnectionError

from shared.platform.bus import Inbound
from shared.platform.consumer import Consumer, Told, stop_there
from shared.platform.positions import Positions
from shared.platform.rules import Record
from tests.support.builders import (
    READS,
    seals_of,
)
from tests.support.consuming import ConsumingBus
from tests.support.doubles import Memory
from tests.support.waiting import until

IDS = dict.fromkeys(READS, "i-1")


@dataclass
class Hand:
    """Takes batches; fails, waits or watches on demand."""

    taken: list[Record] = field(default_factory=list)
    failures: int = 0
    attempts: int = 0
    may_go: asyncio.Event = field(default_factory=asyncio.Event)
    watch: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self.may_go.set()

    async def __call__(self, records: Sequence[Record]) -> None:
        self.attempts += 1
        await self.may_go.wait()
        if self.failures:
            self.failures -= 1
            raise KafkaConnectionError
        self.watch()
        self.taken += records

    @property
    def ids(self) -> list[str]:
        """Of what was taken, in order."""
        return [one.envelope.id for one in self.taken]


@dataclass
class Scene:
    """A broker, and a service that consumes from it."""

    bus: ConsumingBus = field(default_factory=ConsumingBus)
    notes: Memory = field(default_factory=Memory)
    hand: Hand = field(default_factory=Hand)
    unreadable: Told = stop_there

    @asynccontextmanager
    async def consuming(self, ids: dict[str, str] = IDS) -> AsyncIterator[Consumer]:
        """A process that consumes to the end of the block."""
        consumer = Consumer(
            self.bus,
            group="router",
            positions=Positions(self.notes),
            incarnations=ids,
            topics=READS,
            read=seals_of().read,
            handle=self.hand,
            unreadable=self.unreadable,
        )
        running = asyncio.create_task(consumer.run())
        try:
            yield consumer
        finally:
            consumer.stop()
            await asyncio.wait_for(running, 5)

    async def idle(self) -> None:
        """Wait until the consumer has polled a few times more."""
        member = self.bus.consumers[-1]
        polls = member.polls
        await until(lambda: member.polls > polls + 5)

    def committed(self, raw: Inbound) -> int:
        """The offset committed in the partition of a record."""
        found = self.bus.commits.get(self.bus.place_of(raw))
        return found.offset if found else 0
