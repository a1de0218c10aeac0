"""The real letters shell of one service, with documents in memory, no broker and a movable clock.

For fast tests of loops and APIs; other tests run the shell with real servers.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, cast

from typing_extensions import override

from shared.contracts.envelope import Envelope, envelope
from shared.contracts.event import Event
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.http.identity import NotSignedIn, Verifier
from shared.platform.http.tokens import Person
from shared.platform.kafka.bus import Bus, Inbound, Outbound
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import C, Record, S, ServiceDecider
from shared.platform.letters.stored_letter import outbound
from shared.platform.mongo.database import Document
from shared.sealing.envelopes import Opener, Sealer
from shared.sealing.key_directory import KeyDirectory
from tests.support.doubles import Clock, Memory


class MemoryDocuments(Memory):
    """Documents in memory that count how many documents all queries have returned."""

    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    @override
    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        found = await super().find(where, fields=fields, sort=sort, limit=limit)
        self.found += len(found)
        return found


@dataclass
class QuietBus:
    """A bus that acknowledges and records everything."""

    sent: list[Outbound] = field(default_factory=list)
    has_spoken: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        """Record and acknowledge all."""
        self.sent += records
        if records:
            self.has_spoken.set()
        return [None] * len(records)

    def ids(self) -> set[str]:
        """Ids of the events that were sent; the same fact may be sent again under the same id."""
        return {dict(record.headers)["ce_id"].decode() for record in self.sent}

    def types(self) -> list[str]:
        """Types of the events that were sent, in order."""
        return [dict(record.headers)["ce_type"].decode() for record in self.sent]


class KnownPeople(Verifier):
    """A verifier whose tokens are the names of `people`."""

    def __init__(self, people: Mapping[str, Person], *, now: Clock) -> None:
        self._people = people
        self.now = now

    @override
    async def check(self, token: str) -> Person:
        if token not in self._people:
            raise NotSignedIn
        return self._people[token]


@dataclass
class MemoryShell(Generic[C, S]):
    """The shell of one service, ready for commands and events."""

    now: Clock
    documents: MemoryDocuments
    bus: QuietBus
    letters: Letters[C, S]
    commands: CommandBus[C, S]
    _sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    async def hear(self, topic: str, letter: str, *events: Event) -> None:
        """Process each of `events` from `topic`, decrypted, with the next sequence."""
        for event in events:
            sequence = self._sequences.get((topic, letter), 0) + 1
            self._sequences[topic, letter] = sequence
            await self.letters.process_batch(
                [self.record(topic, letter, event=event, sequence=sequence)]
            )

    def record(self, topic: str, letter: str, *, event: Event, sequence: int) -> Record:
        """Return an event as a consumer reads it."""
        said: Envelope[Event] = envelope(
            topic, letter, data=event, time=self.now(), sequence=sequence
        )
        blank = said.data.map_words(lambda _, __: None)
        sent = outbound(
            envelope(topic, letter, data=blank, time=self.now(), sequence=sequence), topic
        )
        raw = Inbound(topic, 0, sequence, self.now(), sent.key, sent.value, sent.headers)
        return Record(said, raw)


@asynccontextmanager
async def memory_shell(
    rules: ServiceDecider[C, S], *, at: datetime
) -> AsyncIterator[MemoryShell[C, S]]:
    """A shell for these rules, with its clock at `at`."""
    now, documents, bus = Clock(at), MemoryDocuments(), QuietBus()
    ring = KeyRing("test", {"test": A256GCM(bytes(32))})
    seals = Seals(rules.service, ring, Sealer(KeyDirectory(), now=now), Opener({}))
    history = EventLog(documents, moved=MemoryDocuments(), asked=MemoryDocuments())
    letters = Letters(rules, seals, history=history, sender=Sender(cast("Bus", bus)), now=now)
    commands = CommandBus(letters)
    running = asyncio.create_task(commands.run())
    try:
        yield MemoryShell(now, documents, bus, letters, commands)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
