"""Shells of several services with real keys: words are sealed and opened as between processes.

Documents and broker are in memory; what one shell says, another hears as the bytes that were sent.
"""

from __future__ import annotations

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
from shared.platform.crypto.key_ring import A256GCM, KeyRing
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


def opener(reader: str) -> Opener:
    """The private key of one reader."""
    return Opener({reader: PRIVATE[reader]})


def seals(service: str, *, sealer: Sealer = SEALER) -> Seals:
    """The keys of one service; `sealer` may know fewer readers."""
    return Seals(service, KeyRing("test", {"test": A256GCM(bytes(32))}), sealer, opener(service))


@dataclass
class SealedShell(Generic[C, S]):
    """One service's shell: what it keeps, what it said, and the way to tell it things."""

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
        """These records come from the broker, in this order, each in a batch of its own."""
        for record in records:
            raw = self.arrived(record)
            await self.letters.process_batch([self.seals.read(raw)])

    async def hear_events(self, topic: str, letter: str, *events: Event) -> None:
        """Each event comes on a sequenced topic under its next number."""
        for event in events:
            number = self._sequences.get((topic, letter), 0) + 1
            self._sequences[topic, letter] = number
            await self.hear(
                [sealed_record(event, topic=topic, letter=letter, at=self.now(), sequence=number)]
            )

    async def quiet(self) -> None:
        """Until all that commands have caused is sent."""
        await self.commands._unsent.join()

    def forget_numbers(self) -> None:
        """Whoever sends begins anew: the next events come under numbers that were there before."""
        self._sequences.clear()

    def arrived(self, record: Outbound) -> Inbound:
        """A sent record as it comes from the broker."""
        self._offset += 1
        return Inbound(
            record.topic, 0, self._offset, self.now(), record.key, record.value, record.headers
        )

    def said(self, topic: str) -> list[Envelope[Any]]:
        """What was sent on `topic`, each event once, in order; words stay sealed."""
        found: dict[str, Envelope[Any]] = {}
        for record in self.bus.records(topic):
            one = read(record)
            found.setdefault(one.id, one)
        return list(found.values())

    def said_types(self, topic: str) -> list[str]:
        """The names of what was sent on `topic`, in order."""
        return [name_of(one.type) for one in self.said(topic)]


@asynccontextmanager
async def sealed_shell(
    rules: ServiceDecider[C, S], keys: Seals, *, now: Clock
) -> AsyncIterator[SealedShell[C, S]]:
    """A shell that runs until the end of the block, and has sent all by then."""
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
    """A loop that runs meanwhile."""
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
    """`event` as its writer sends it."""
    sealed = seal_event(event, SEALER, topic=topic, letter=letter)
    said = envelope(topic, letter, data=sealed, time=at, sequence=sequence)
    return outbound(said, topic)


def opened(said: Envelope[Any], reader: str) -> Any:
    """The event with the words for `reader` in the clear. Raises: BadEnvelope."""
    topic = said.id.partition("/")[0]
    return open_event(said.data, opener(reader), reader=reader, topic=topic, letter=said.subject)


def read(record: Outbound) -> Envelope[Any]:
    """What was sent; words stay sealed."""
    whole = Foreign(record.key, record.value, list(record.headers))
    return from_record(whole, topic=record.topic)


def name_of(event_type: str) -> str:
    """`letter.routed` of `gd.mailbox.letter.routed.v1`."""
    return event_type.removeprefix("gd.mailbox.").rsplit(".", 1)[0]


class Round:
    """Several shells that hear each other."""

    def __init__(self, *members: tuple[SealedShell[Any, Any], Sequence[str]]) -> None:
        """`members`: each with the topics that it reads."""
        self._members = members
        self._heard: dict[tuple[int, str], int] = {}

    async def pass_on(self) -> None:
        """Carry records between them until nobody has anything new to say."""
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
        """What `place` has not heard yet of what the others said on `topic`."""
        said = [one for shelf, _ in self._members for one in shelf.bus.records(topic)]
        before = self._heard.get((place, topic), 0)
        self._heard[place, topic] = len(said)
        return said[before:]
