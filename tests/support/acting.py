"""One process of the diary service: the real shell, driven step by step."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from shared.platform.kafka.bus import BusFault, Inbound
from shared.platform.letters.letters import TooManyRaces
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.incarnations import Incarnations, resend_log
from tests.support.builders import READS, WRITES, Note
from tests.support.replicas import Replica

FAULTS = (DatabaseFault, BusFault, TooManyRaces)


class Place(NamedTuple):
    """One partition of a topic that the service reads."""

    topic: str
    partition: int


@dataclass
class Partition:
    """Its records, and the group's position in it."""

    records: list[Inbound] = field(default_factory=list)
    first: int = 0
    """Retention removed the records before this offset."""
    owner: int = 0
    position: int = 0
    committed: int = 0
    under: int = -1
    """The incarnation under which that position was committed; none yet."""

    def place(self, owner: int, *, incarnation: int) -> None:
        """Assign it to that process, which starts at the group's position."""
        self.owner = owner
        self.position = self.committed if self.under == incarnation else 0

    def commit(self, end: int, *, incarnation: int) -> None:
        """Commit all records before that offset."""
        self.committed, self.under = end, incarnation

    def take(self, most: int) -> list[Inbound]:
        """The next records; a position out of range means the beginning."""
        if self.position > len(self.records):
            self.position = self.first
        taken = self.records[self.position : self.position + most]
        self.position += len(taken)
        return taken


@dataclass(eq=False)
class Process:
    """One process, with its own memory of what was acknowledged."""

    name: int
    replica: Replica
    incarnations: Incarnations
    partitions: Mapping[Place, Partition]
    started: int = -1
    """The incarnation of the topics that it consumes."""
    fenced: set[Place] = field(default_factory=set)
    """Partitions of the current batch that it may no longer commit."""
    batch: asyncio.Task[None] | None = None
    """The current batch, or the log being sent again before the first one."""
    others: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The tasks in progress."""
        return [one for one in (self.batch, *self.others) if one is not None and not one.done()]

    @property
    def is_busy(self) -> bool:
        """Whether it can't take a batch now."""
        return self.batch is not None and not self.batch.done()

    @property
    def owned(self) -> dict[Place, Partition]:
        """The partitions assigned to it."""
        return {at: one for at, one in self.partitions.items() if one.owner == self.name}

    async def consume(self, records: Sequence[Inbound], ends: Mapping[Place, int]) -> None:
        """Handle a batch until that succeeds, then commit what is still assigned."""
        await _until_done(lambda: self.replica.hear(*records))
        for place, end in ends.items():
            if place not in self.fenced:
                self.partitions[place].commit(end, incarnation=self.started)

    async def obey(self, told: IdempotentCommand[Note], *, answered: set[str]) -> None:
        """Store a command's effects, answer, and send."""
        try:
            folds = await self.replica.letters.decide_and_store([told])
            answered.add(told.id)
            await self.replica.letters.send(folds)
        except FAULTS:
            return

    async def sweep(self) -> None:
        """Send unsent events; failures are tried again next time."""
        try:
            await self.replica.sweeper.sweep()
        except FAULTS:
            return

    async def start_under(self, incarnation: int) -> None:
        """Send the log again to recreated topics, then start to consume."""
        ids = dict.fromkeys((*READS, *WRITES), f"i-{incarnation}")
        await _until_done(lambda: self._catch_up(ids))
        self.started = incarnation
        for partition in self.owned.values():
            partition.place(self.name, incarnation=incarnation)

    async def make_good(self, lost: Sequence[Place], ask: Callable[[Place], None]) -> None:
        """Committed offsets were removed: send the log again, request gaps, and go on."""
        await _until_done(self._resend)
        for place in lost:
            ask(place)
            partition = self.partitions[place]
            if partition.owner == self.name and place not in self.fenced:
                partition.commit(partition.first, incarnation=self.started)
                partition.position = partition.first

    async def _catch_up(self, ids: Mapping[str, str]) -> None:
        topics = await self.incarnations.remade(ids)
        checkpoint = await self.incarnations.checkpoint(topics, ids)
        await resend_log(
            self.replica.history,
            self.replica.sender,
            topics=topics,
            after=checkpoint.after,
            note=partial(self.incarnations.advance, checkpoint),
        )
        await self.incarnations.complete(checkpoint)

    async def _resend(self) -> None:
        await resend_log(self.replica.history, self.replica.sender, topics=set(WRITES))


async def _until_done(work: Callable[[], Awaitable[Any]]) -> None:
    while True:
        try:
            await work()
        except FAULTS:
            continue
        return
