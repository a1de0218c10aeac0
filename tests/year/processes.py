"""A process of a service: the real shell over doubles, and its work in each turn."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.router.jobs.bureau_notices import refuse_unreadable
from shared.platform.app.shell import Shell, assemble
from shared.platform.consumer.batch import Batch
from shared.platform.consumer.dead_letter_policy import DeadLetterPolicy
from shared.platform.kafka.bus import BusFault, Partition
from shared.platform.letters.letters import TooManyRaces
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import IdempotentCommand, ServiceDecider
from tests.support.broker import Broker, Group, Line
from tests.support.doubles import Clock
from tests.support.indexed import IndexedDatabase

MOST_TRIES = 50
FAULTS = (BusFault, TooManyRaces)


@dataclass
class House:
    """What all processes of one service share."""

    rules: ServiceDecider[Any, Any]
    seals: Seals
    topics: tuple[Sequence[str], Sequence[str]]
    """Topics that it reads and writes."""
    broker: Broker
    now: Clock
    database: IndexedDatabase = field(default_factory=IndexedDatabase)

    def __post_init__(self) -> None:
        self.group = Group(self.broker, self.topics[0])

    @property
    def name(self) -> str:
        """The service's name."""
        return self.rules.service


class Process:
    """One process. It reads its assigned partitions; others read the rest."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.line = Line(house.broker)
        self.shell: Shell[Any, Any] = assemble(
            house.rules,
            house.seals,
            database=house.database,
            bus=self.line,
            topics=house.topics,
            now=house.now,
            clock=house.now.seconds,
        )
        self.assigned = frozenset(house.group.partitions)
        self.shell.gaps.reading = self
        refuse = refuse_unreadable(self.shell.letters)
        self._unusable = DeadLetterPolicy(
            self.shell.parking,
            refuse=refuse if house.name == "router" else None,
            clock=house.now.seconds,
        )
        self._running = asyncio.create_task(self.shell.commands.run())

    async def die(self) -> None:
        """End at once: nothing that it has in hand gets out any more."""
        self.line.is_cut = True
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def tell(self, letter: str, command: Any, name: str) -> Any:
        """Give it a command. Raises: Refused."""
        return await self.shell.commands.execute(IdempotentCommand(letter, command, name))

    async def quiet(self) -> None:
        """Until what its commands have caused was sent, or was left to the sweeper."""
        await self.shell.commands._unsent.join()

    async def take(self, *, commits: bool = True) -> int:
        """Process the next records until that succeeds; returns their number.

        `commits`: whether it still commits its position.
        """
        fetched = self.house.group.fresh(self.assigned)
        if not fetched:
            return 0
        batch = Batch(fetched)
        batch.read_all(self.shell.seals.read)
        for _ in range(MOST_TRIES):
            try:
                await self._handle(batch)
            except FAULTS:
                continue
            break
        else:
            raise AssertionError("a batch that never succeeds")
        if commits:
            self.house.group.commit(batch.ends())
        return sum(map(len, fetched.values()))

    async def look_after(self) -> None:
        """Send what has stayed unacknowledged, and request missing events."""
        for work in (self.shell.sweeper.sweep, self.shell.gaps.ask):
            try:
                await work()
            except FAULTS:
                continue

    def position(self, at: Partition) -> int | None:
        """The first record of a partition that isn't dealt with."""
        return self.house.group.position(at) if at in self.assigned else None

    def end(self, at: Partition) -> int | None:
        """The end of a partition."""
        return self.house.group.end(at) if at in self.assigned else None

    async def _handle(self, batch: Batch) -> None:
        """As a consumer treats fetched records."""
        verdict = await self._unusable.judge(batch.read)
        await self._unusable.settle(verdict)
        assert not [*verdict.cuts, *verdict.park], "nothing of ours is unreadable"
        handled = await self.shell._handle(batch.records)
        assert not handled.unfit
