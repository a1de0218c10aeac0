"""A service that consumes from a broker in memory, and a handler under the test's control."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from aiokafka.errors import KafkaConnectionError

from shared.platform.consumer.batch import Read
from shared.platform.consumer.consumer import Consumer, Handle
from shared.platform.consumer.dead_letter_policy import DeadLetterPolicy, Handled
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.consumer.positions import Positions
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import Record
from tests.support.builders import ACTIONS_TOPIC, LETTER, READS, action, asked, seals_of
from tests.support.consuming import ConsumingBus
from tests.support.doubles import Clock, Memory
from tests.support.waiting import until

IDS = dict.fromkeys(READS, "i-1")


@dataclass
class Hand:
    """Handles batches; fails, waits or watches on demand."""

    taken: list[Record] = field(default_factory=list)
    failures: int = 0
    attempts: int = 0
    may_go: asyncio.Event = field(default_factory=asyncio.Event)
    watch: Callable[[], object] = lambda: None
    unfit: frozenset[str] = frozenset()
    """Ids of records that it can't apply."""
    refused: Counter[str] = field(default_factory=Counter)
    """How many actions of each topic in a batch it refuses, at most."""

    def __post_init__(self) -> None:
        self.may_go.set()

    async def __call__(self, records: Sequence[Record]) -> Handled:
        self.attempts += 1
        await self.may_go.wait()
        if self.failures:
            self.failures -= 1
            raise KafkaConnectionError
        self.watch()
        fit = [one for one in records if one.envelope.id not in self.unfit]
        self.taken += fit
        unfit = [Faulty(one.raw, "unfit", "KeyError") for one in records if one not in fit]
        return Handled(unfit, Counter(one.raw.topic for one in records) & self.refused)

    @property
    def ids(self) -> list[str]:
        """What was handled, in order."""
        return [one.envelope.id for one in self.taken]


@dataclass
class Reader:
    """Reads records, and fails on demand."""

    read: list[str] = field(default_factory=list)
    """Ids of what was read or tried, in order."""
    faults: dict[str, Exception] = field(default_factory=dict)
    """What to raise the first time the record with that id is read."""

    def __call__(self, raw: Inbound) -> Record:
        name = dict(raw.headers)["ce_id"].decode()
        self.read.append(name)
        if fault := self.faults.pop(name, None):
            raise fault
        return seals_of().read(raw)


@dataclass
class Scene:
    """A broker, and a service that consumes from it."""

    bus: ConsumingBus = field(default_factory=ConsumingBus)
    notes: Memory = field(default_factory=Memory)
    hand: Hand = field(default_factory=Hand)
    parked: Memory = field(default_factory=Memory)
    clock: Clock = field(default_factory=Clock)
    told: list[Faulty] = field(default_factory=list)
    """Bureaus' actions that were refused as unreadable."""
    tell_faults: deque[Exception] = field(default_factory=deque)
    read: Read = field(default_factory=lambda: seals_of().read)
    handle: Handle | None = None
    """Handles batches in place of the handler."""

    def __post_init__(self) -> None:
        self.parking = DeadLetterStore(self.parked, seals_of().ring, now=self.clock)
        self.unusable = DeadLetterPolicy(self.parking, refuse=self.tell, clock=self.clock.seconds)

    async def tell(self, found: Sequence[Faulty]) -> None:
        """Answer bureaus, or fail."""
        if self.tell_faults:
            raise self.tell_faults.popleft()
        self.told += found

    def process(self, ids: dict[str, str] = IDS) -> Consumer:
        """A process that has just started."""
        return Consumer(
            self.bus,
            group="router",
            positions=Positions(self.notes),
            incarnations=ids,
            topics=tuple(ids),
            read=self.read,
            handle=self.handle or self.hand,
            unusable=self.unusable,
            clock=self.clock.seconds,
        )

    @asynccontextmanager
    async def consuming(self, ids: dict[str, str] = IDS) -> AsyncIterator[Consumer]:
        """A process that consumes until the end of the block."""
        consumer = self.process(ids)
        running = asyncio.create_task(consumer.run())
        try:
            yield consumer
        finally:
            consumer.stop()
            await asyncio.wait_for(running, 5)

    @asynccontextmanager
    async def in_hand(self, *raws: Inbound) -> AsyncIterator[Consumer]:
        """A process that handles these as a batch until `hand.may_go` is set."""
        self.hand.may_go.clear()
        self.bus.put(*raws)
        async with self.consuming() as consumer:
            await until(lambda: self.hand.attempts)
            yield consumer

    async def idle(self) -> None:
        """Wait until the consumer has polled a few times more and found nothing."""
        member = self.bus.consumers[-1]
        polls = member.empty_polls
        await until(lambda: member.empty_polls > polls + 5)

    async def idle_in_hand(self) -> None:
        """Wait until a consumer that handles a batch has done everything else."""
        for _ in range(50):
            await asyncio.sleep(0.001)

    def committed(self, raw: Inbound) -> int:
        """The committed offset in a record's partition."""
        found = self.bus.commits.get(self.bus.home_of(raw))
        return found.offset if found else 0

    def is_all_committed(self) -> bool:
        """Whether the committed offset of each partition is its end."""
        return all(
            at in self.bus.commits and self.bus.commits[at].offset == len(held)
            for at, held in self.bus.partitioned.items()
        )

    async def fill(self, count: int, *, start: int = 1000) -> None:
        """That many records of one letter are already parked."""
        broken = [replace(asked(start + n), value=b"{") for n in range(count)]
        await self.parking.park([Faulty(one, "unreadable") for one in broken])


def event(number: int, letter: str = LETTER) -> str:
    """The id of the event that `asked` makes."""
    return f"letters.submitted/{letter}/{number}"


def broken(number: int, letter: str = LETTER) -> Inbound:
    """That event with unreadable data."""
    return replace(asked(number, letter=letter), value=b"{")


def junk(name: str, topic: str = ACTIONS_TOPIC) -> Inbound:
    """A bureau's action with unreadable data."""
    return replace(action(name, topic=topic), value=b"{")
