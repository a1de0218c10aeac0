"""Replicas of the diary service over one store and one broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.platform.kafka.bus import Inbound
from shared.platform.letters import document_mapper
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.foreign_replies import ForeignReplyCache
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.letters import Letters
from shared.platform.letters.seals import Seals
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand, Record, ServiceDecider
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Document
from shared.platform.repair.outbox_sweeper import OutboxSweeper
from tests.support.builders import LETTER, Diary, Note, rules, seals_of
from tests.support.doubles import Clock, Memory, MemoryBus


@dataclass
class World:
    """What all replicas share."""

    clock: Clock = field(default_factory=Clock)
    bus: MemoryBus = field(default_factory=MemoryBus)
    documents: Memory = field(default_factory=Memory)
    strangers: Memory = field(default_factory=Memory)
    moved: Memory = field(default_factory=Memory)
    asked: Memory = field(default_factory=Memory)
    seals: Seals = field(default_factory=seals_of)

    def replica(self, given: ServiceDecider[Note, Diary] | None = None) -> Replica:
        """A process that has just started; `given`: rules other than the diary's."""
        return Replica(self, given or rules())

    def document(self, letter: str = LETTER) -> Document:
        """The letter's document as it is now."""
        return self.documents.kept[letter]

    def log(self, letter: str = LETTER) -> list[LogEntry]:
        """Everything that was emitted for the letter, once, from both places.

        A process that dies between copying an event to the archive and cutting it out leaves it in
        both.
        """
        moved = [
            document_mapper.entry(one)
            for one in self.moved.kept.values()
            if one["letter"] == letter
        ]
        everything: dict[str, LogEntry] = {}
        for one in (*moved, *document_mapper.log(self.document(letter))):
            assert everything.setdefault(one.id, one) == one, "both places say the same"
        return [*everything.values()]

    def state(self, letter: str = LETTER) -> Diary:
        """The letter's stored state."""
        return document_mapper.kept(self.document(letter), rules(), seals=self.seals).state


class Replica:
    """One process: the shell with its own memory of what was acknowledged."""

    def __init__(self, world: World, given: ServiceDecider[Note, Diary]) -> None:
        self.world = world
        self.sender = Sender(world.bus, clock=world.clock.seconds)
        self.history = EventLog(world.documents, moved=world.moved, asked=world.asked)
        self.letters: Letters[Note, Diary] = Letters(
            given,
            world.seals,
            history=self.history,
            sender=self.sender,
            now=world.clock,
            strangers=ForeignReplyCache(world.strangers),
        )
        self.sweeper = OutboxSweeper(self.history, self.sender, now=world.clock)

    async def hear(self, *raw: Inbound) -> list[LetterTransaction[Note, Diary]]:
        """Process these as one batch of a consumer."""
        return await self.letters.process_batch(self.read(*raw))

    async def told(
        self, *commands: IdempotentCommand[Note]
    ) -> list[LetterTransaction[Note, Diary]]:
        """Store and send the effects of these, as the command bus does."""
        folds = await self.letters.decide_and_store(commands)
        await self.letters.send(folds)
        return folds

    def read(self, *raw: Inbound) -> Sequence[Record]:
        """The records as the service reads them."""
        return [self.world.seals.read(one) for one in raw]


def ids(records: Sequence[Any]) -> list[str]:
    """The event ids of records or log entries."""
    found = [one.record if isinstance(one, LogEntry) else one for one in records]
    return [dict(one.headers)["ce_id"].decode() for one in found]
