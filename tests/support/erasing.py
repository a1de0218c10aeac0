"""A service that emits words and later hears that they are erased, with all its collections."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import bson

from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterAddedTo
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.values import Attachment, By
from shared.contracts.vocabulary import Erasable
from shared.contracts.words import LetterText, WriterText
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letter_transaction import LetterTransaction
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import (
    Handler,
    IdempotentCommand,
    Outgoing,
    ServiceDecider,
)
from shared.platform.letters.stored_letter import LogEntry, outbound
from shared.platform.mongo.database import Collection, Document
from shared.platform.repair.erasure import ErasureJob
from tests.support.builders import LETTER, Diary, Note, Noted, rules, seals_of
from tests.support.doubles import START, Clock, Memory, MemoryBus, inbound_of

RULE = "letters.five_years"
SEALS = seals_of()


@dataclass
class House:
    """The diary service over these collections."""

    letters: Collection = field(default_factory=Memory)
    moved: Collection = field(default_factory=Memory)
    asked: Collection = field(default_factory=Memory)
    parked: Collection = field(default_factory=Memory)
    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: Clock = field(default_factory=Clock)
    rules: ServiceDecider[Note, Diary] = field(default_factory=rules)

    @property
    def history(self) -> EventLog:
        """Everything it emitted."""
        return EventLog(self.letters, moved=self.moved, asked=self.asked)

    @property
    def parking(self) -> DeadLetterStore:
        """The records it parked."""
        return DeadLetterStore(self.parked, SEALS.ring, now=self.clock)

    @property
    def erasing(self) -> ErasureJob:
        """The job that erases the words."""
        return ErasureJob(self.letters, moved=self.moved, parking=self.parking, now=self.clock)

    def service(self) -> Letters[Note, Diary]:
        """A process that has just started."""
        sender = Sender(self.bus, clock=self.clock.seconds)
        return Letters(self.rules, SEALS, history=self.history, sender=sender, now=self.clock)

    async def take(self, *commands: IdempotentCommand[Note]) -> None:
        """Store and send these."""
        service = self.service()
        await service.send(await service.decide_and_store(commands))

    async def hear(self, *raws: Inbound) -> list[LetterTransaction[Note, Diary]]:
        """Process these as one batch."""
        return await self.service().process_batch([SEALS.read(raw) for raw in raws])

    async def log(self) -> list[LogEntry]:
        """Everything it emitted, as a resend sends it."""
        return (await self.history.of([LETTER]))[LETTER]

    async def document(self) -> Document:
        """The letter's document."""
        found = await self.letters.one({"_id": LETTER})
        assert found is not None
        return found

    async def everything(self) -> bytes:
        """All that is kept of the log and of waiting events, to be searched."""
        found: list[Any] = list(await self.letters.find({"_id": LETTER}))
        found += await self.moved.find({"letter": LETTER})
        return b"".join(bson.encode(one) for one in found)


def speaking(number: int, letter: str = LETTER) -> IdempotentCommand[Note]:
    """A command that leads to a reply with words of its own."""
    words = LetterText(subject="s", body=f"words {number}")
    return IdempotentCommand(letter, Note(f"note-{number}", words), f"note-{number}")


def erasure(sequence: int, *what: Erasable, at: datetime = START) -> Inbound:
    """Intake's event that the letter is to be erased."""
    data = LetterErased(what=what or ("words",), rule=RULE)
    return heard(data, sequence=sequence, at=at)


def heard(data: Event, *, sequence: int, at: datetime, topic: str = SUBMITTED.name) -> Inbound:
    """An event of intake, decided at that moment."""
    sealed = seals_of("intake").seal(data, topic=topic, letter=LETTER)
    said = envelope(topic, LETTER, data=sealed, time=at, sequence=sequence)
    return inbound_of(outbound(said, topic), sequence)


def envelopes(entries: Sequence[LogEntry]) -> Iterator[bytes]:
    """All sealed words and file digests in the events."""
    for one in entries:
        for part in one.record.value.split(b'"'):
            if part.count(b".") == 4 or len(part) == 64:
                yield part


def sending_files(service_rules: ServiceDecider[Note, Diary]) -> ServiceDecider[Note, Diary]:
    """The same, but its events have words and a file."""

    def outgoing(event: Noted, _: Diary) -> Iterator[Outgoing]:
        words = None if event.words is None else WriterText(text=event.words.body)
        digest = sha256(event.what.encode()).hexdigest()
        file = Attachment(id=event.what, type="image/png", size=1, sha256=digest)
        held: dict[str, Any] = {"state": "closed", "holder": "guangzhou", "assignment": 1}
        said = LetterAddedTo(**held, by=By(role="rule"), late=True, attachments=(file,))
        yield Outgoing(PROGRESS.name, said.model_copy(update={"words": words}))

    return replace(service_rules, outgoing=outgoing)


def refusing(service_rules: ServiceDecider[Note, Diary]) -> ServiceDecider[Note, Diary]:
    """The same, but nothing may be erased yet."""
    handlers: dict[type[Event], Handler] = dict(service_rules.handlers)
    handlers[LetterErased] = lambda *_: Note("refuse")
    return replace(service_rules, handlers=handlers)
