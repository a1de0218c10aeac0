"""Shells of several services with real keys: words are sealed and decrypted as between processes.

Documents and broker are in memory; shells exchange the bytes that were sent.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from joserfc.jwk import ECKey

from shared.contracts.envelope import Envelope, Foreign, envelope, from_record
from shared.contracts.event import Event
from shared.contracts.slugs import BUREAUS
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.crypto.key_ring import A256GCM, BlindIndex, KeyRing
from shared.platform.kafka.bus import Inbound, Outbound
from shared.platform.letters.command_bus import CommandBus
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.foreign_replies import ForeignReplyCache
from shared.platform.letters.letters import Letters
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import C, S, ServiceDecider
from shared.platform.letters.stored_letter import outbound
from shared.platform.repair.erasure import ErasureJob
from shared.sealing.envelopes import Opener, Sealer, open_event, seal_event
from tests.support.doubles import Clock, Memory, MemoryBus
from tests.support.sealers import sealer_of

READERS = ("router", "intake", "notifier", "publisher", *(f"bureau:{slug}" for slug in BUREAUS))
PRIVATE = {reader: ECKey.generate_key("P-256") for reader in READERS}
SEALER = sealer_of(PRIVATE)

BLIND = BlindIndex(bytes(range(32)))
"""The key of blind indexes in tests."""


def opener(reader: str) -> Opener:
    """The private key of one reader."""
    return Opener({reader: PRIVATE[reader]})


def seals(service: str, *, sealer: Sealer = SEALER) -> Seals:
    """The keys of one service; `sealer` may know fewer readers."""
    return Seals(service, KeyRing("test", {"test": A256GCM(bytes(32))}), sealer, opener(service))


@dataclass
class SealedShell(Generic[C, S]):
    """One service's shell: its documents, its sent events, and ways to give it input."""

    rules: ServiceDecider[C, S]
    seals: Seals
    now: Clock
    documents: Memory
    strangers: Memory
    bus: MemoryBus
    letters: Letters[C, S]
    commands: CommandBus[C, S]
    history: EventLog
    moved: Memory
    parked: Memory
    erasing: ErasureJob
    _sequences: dict[tuple[str, str], int] = field(default_factory=dict)
    _offset: int = 0

    async def hear(self, records: Sequence[Outbound]) -> None:
        """Process these records from the broker, in order, each in its own batch."""
        for record in records:
            raw = self.arrived(record)
            await self.letters.process_batch([self.seals.read(raw)])

    async def hear_events(self, topic: str, letter: str, *events: Event) -> None:
        """Process each event from a sequenced topic under its next number."""
        for event in events:
            number = self._sequences.get((topic, letter), 0) + 1
            self._sequences[topic, letter] = number
            await self.hear(
                [sealed_record(event, topic=topic, letter=letter, at=self.now(), sequence=number)]
            )

    async def quiet(self) -> None:
        """Wait until everything that commands have caused is sent."""
        await self.commands._unsent.join()

    def forget_numbers(self) -> None:
        """The sender starts again: the next events repeat earlier numbers."""
        self._sequences.clear()

    def arrived(self, record: Outbound) -> Inbound:
        """A sent record as the broker delivers it."""
        self._offset += 1
        return Inbound(
            record.topic, 0, self._offset, self.now(), record.key, record.value, record.headers
        )

    def said(self, topic: str) -> list[Envelope[Any]]:
        """Events sent on `topic`, each once, in order; words stay sealed."""
        found: dict[str, Envelope[Any]] = {}
        for record in self.bus.records(topic):
            one = read(record)
            found.setdefault(one.id, one)
        return list(found.values())

    def said_types(self, topic: str) -> list[str]:
        """Names of the events sent on `topic`, in order."""
        return [name_of(one.type) for one in self.said(topic)]


@asynccontextmanager
async def sealed_shell(
    rules: ServiceDecider[C, S], keys: Seals, *, now: Clock
) -> AsyncIterator[SealedShell[C, S]]:
    """A shell that runs until the end of the block and has sent everything by then."""
    documents, strangers, bus, moved, parked = Memory(), Memory(), MemoryBus(), Memory(), Memory()
    history = EventLog(documents, moved=moved, asked=Memory())
    letters = Letters(
        rules,
        keys,
        history=history,
        sender=Sender(bus),
        now=now,
        strangers=ForeignReplyCache(strangers),
    )
    commands = CommandBus(letters)
    erasing = ErasureJob(
        documents, moved=moved, parking=DeadLetterStore(parked, keys.ring, now=now), now=now
    )
    async with running(commands.run()):
        yield SealedShell(
            rules, keys, now, documents, strangers, bus, letters, commands,
            history, moved, parked, erasing,
        )  # fmt: skip


@asynccontextmanager
async def running(loop: Any) -> AsyncIterator[None]:
    """Run a loop during the block."""
    task = asyncio.create_task(loop)
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def sealed_record(
    event: Event, *, topic: str, letter: str, at: datetime, sequence: int | None = None
) -> Outbound:
    """`event` as its service sends it."""
    sealed = seal_event(event, SEALER, topic=topic, letter=letter)
    said = envelope(topic, letter, data=sealed, time=at, sequence=sequence)
    return outbound(said, topic)


def opened(said: Envelope[Any], reader: str) -> Any:
    """The event with the words for `reader` in clear. Raises: BadEnvelope."""
    topic = said.id.partition("/")[0]
    return open_event(said.data, opener(reader), reader=reader, topic=topic, letter=said.subject)


def read(record: Outbound) -> Envelope[Any]:
    """The envelope of a sent record; words stay sealed."""
    whole = Foreign(record.key, record.value, list(record.headers))
    return from_record(whole, topic=record.topic)


def name_of(event_type: str) -> str:
    """`letter.routed` of `gd.mailbox.letter.routed.v1`."""
    return event_type.removeprefix("gd.mailbox.").rsplit(".", 1)[0]


class Round:
    """Several shells that read each other's topics."""

    def __init__(self, *members: tuple[SealedShell[Any, Any], Sequence[str]]) -> None:
        """`members`: each with the topics that it reads."""
        self._members = members
        self._heard: dict[tuple[int, str], int] = {}

    async def pass_on(self) -> None:
        """Carry records between them until none has anything new to send."""
        is_quiet = False
        while not is_quiet:
            await asyncio.sleep(0.005)
            is_quiet = True
            for place, (shelf, topics) in enumerate(self._members):
                for topic in topics:
                    fresh = self._fresh(place, topic)
                    is_quiet = is_quiet and not fresh
                    await shelf.hear(fresh)

    def _fresh(self, place: int, topic: str) -> list[Outbound]:
        """Records of the others on `topic` that `place` has not read yet."""
        said = [one for shelf, _ in self._members for one in shelf.bus.records(topic)]
        before = self._heard.get((place, topic), 0)
        self._heard[place, topic] = len(said)
        return said[before:]
