"""Two services of which one misses events of the other: a writer, a reader, and the topics between.

The writer keeps a diary and emits each note on `letters.submitted`; the reader is the diary service
that consumes it. Both are the real shell over doubles, each with its own database.
"""

from collections.abc import Collection as Names
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from shared.contracts.envelope import envelope
from shared.contracts.resends_v1 import ResendRequested
from shared.contracts.submitted_v1 import WithdrawalRequested
from shared.contracts.topics import RESENDS
from shared.platform.kafka.bus import Bus, Inbound, Outbound, Partition
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import Outgoing, Record
from shared.platform.letters.stored_letter import outbound
from shared.platform.repair.gap_recovery import GapRecovery
from shared.platform.repair.incarnations import Incarnations
from shared.platform.repair.resends import Resends
from shared.platform.runtime.shell_metrics import REQUESTS
from tests.support.builders import LETTER, READS, SUBMITTED_TOPIC, Diary, Note, Noted, rules, told
from tests.support.doubles import START, Memory, MemoryBus, inbound_of
from tests.support.replicas import World

WRITERS = frozenset((SUBMITTED_TOPIC,))


class Writer:
    """The writer of `letters.submitted`."""

    def __init__(self, world: World) -> None:
        self.documents, self.moved, self.notes = Memory(), Memory(), Memory()
        history = EventLog(self.documents, moved=self.moved, asked=Memory())
        self.sender = Sender(world.bus, clock=world.clock.seconds)
        self.letters: Letters[Note, Diary] = Letters(
            replace(rules(), service="intake", outgoing=_said),
            world.seals,
            history=history,
            sender=self.sender,
            now=world.clock,
        )
        self.incarnations = Incarnations(world.bus, self.notes, reads=(), writes=WRITERS)
        self.resends = Resends(
            history,
            self.sender,
            incarnations=self.incarnations,
            writes=WRITERS,
            clock=world.clock.seconds,
        )

    async def say(self, *notes: str, letter: str = LETTER) -> list[Outbound]:
        """Store and send these; return the records."""
        folds = await self.letters.decide_and_store([told(note, letter=letter) for note in notes])
        await self.letters.send(folds)
        return [entry.record for fold in folds for entry in fold.log]

    async def answer(self, *requests: Outbound) -> None:
        """Process these from `letters.resends` as one batch."""
        await self.resends.answer([as_read(one) for one in requests])


@dataclass
class Reading:
    """The reader's position, set by the test."""

    positions: dict[Partition, int] = field(default_factory=dict)
    ends: dict[Partition, int] = field(default_factory=dict)
    assigned: frozenset[Partition] = frozenset(
        Partition(topic, number) for topic in READS for number in range(6)
    )

    def position(self, at: Partition) -> int | None:
        """The first offset that isn't processed."""
        return self.positions.get(at)

    def end(self, at: Partition) -> int | None:
        """The end of the partition."""
        return self.ends.get(at)


def gaps_of(world: World, reading: Reading | None, *, parked: Names[str] = ()) -> GapRecovery:
    """Gap recovery of the reader; `parked`: ids of events."""

    async def holds(ids: Names[str]) -> frozenset[str]:
        return frozenset(ids) & frozenset(parked)

    gaps = GapRecovery(
        world.documents,
        Sender(world.bus, clock=world.clock.seconds),
        service="router",
        reads=READS,
        holds=holds,
        now=world.clock,
    )
    gaps.reading = reading
    return gaps


def request(
    first: int, last: int, *, topic: str = SUBMITTED_TOPIC, subject: str = LETTER
) -> Outbound:
    """A reader that misses these."""
    data = ResendRequested(
        topic=topic, subject=subject, from_sequence=first, to_sequence=last, reader="router"
    )
    return outbound(envelope(RESENDS.name, subject, data=data, time=START), RESENDS.name)


def requests(bus: MemoryBus) -> list[ResendRequested]:
    """The requests so far."""
    found = [as_read(one).envelope.data for one in bus.records(RESENDS.name)]
    return [one for one in found if isinstance(one, ResendRequested)]


def as_read(record: Outbound) -> Record:
    """A record as its reader parses it; nothing in these is sealed."""
    return World().seals.read(inbound_of(record))


def arrived(*records: Outbound) -> list[Inbound]:
    """Records as the broker delivers them."""
    return [inbound_of(one, at) for at, one in enumerate(records)]


def home(letter: str = LETTER, topic: str = SUBMITTED_TOPIC) -> Partition:
    """The partition of a letter."""
    return Bus.place_of(topic, letter.encode())


class Counted:
    """The number of requests by outcome since the test began."""

    NAMES = ("answered", "nothing", "unknown_letter", "not_ours", "unknown_type", "repeated",
             "whole_topic")  # fmt: skip

    def __init__(self) -> None:
        self._before = self._now()

    def __call__(self) -> dict[str, int]:
        """By outcome, zeros left out."""
        now = self._now()
        return {
            name: now[name] - self._before[name] for name in now if now[name] > self._before[name]
        }

    def _now(self) -> dict[str, int]:
        return {name: round(REQUESTS.labels(name)._value.get()) for name in self.NAMES}


@contextmanager
def resent(world: World) -> Iterator[list[Outbound]]:
    """Everything sent within the block, available after it has ended."""
    begun = len(world.bus.sends)
    found: list[Outbound] = []
    yield found
    found += [one for sent in world.bus.sends[begun:] for one in sent]


def _said(event: Noted, _: Any) -> Iterable[Outgoing]:
    yield Outgoing(SUBMITTED_TOPIC, WithdrawalRequested(request_id=event.what, reason="not_said"))
