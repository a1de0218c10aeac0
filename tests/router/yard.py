"""A yard in which bureaus write to the router: two letters of one, and another that has none.

The consumer, the letters and the rules are the router's; broker and database are doubles.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import bson

from services.router import wiring
from services.router.domain.actors import Command
from services.router.domain.letter import Letter, LetterState
from services.router.jobs import bureau_notices
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.envelope import Envelope
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import SUBMITTED, actions_of, letters_of
from shared.platform.consumer.consumer import Consumer
from shared.platform.consumer.dead_letter_policy import DeadLetterPolicy, Handled, handled
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.consumer.positions import Positions
from shared.platform.kafka.bus import Inbound, Outbound
from shared.platform.letters.service_decider import Record
from tests.router.office import sent_action
from tests.router.story import LETTER, MONDAY, OTHER, RULEBOOK, receive
from tests.support.consuming import ConsumingBus
from tests.support.doubles import Clock, Memory
from tests.support.sealed_shell import SealedShell, sealed_shell, seals
from tests.support.waiting import until

VANDAL: Bureau = "shenzhen"
VICTIM: Bureau = "guangzhou"
VANDAL_TOPIC, VICTIM_TOPIC = actions_of(VANDAL).name, actions_of(VICTIM).name
TOPICS = (VANDAL_TOPIC, VICTIM_TOPIC)


@dataclass
class Yard:
    """The router while bureaus write to it."""

    shelf: SealedShell[Command, LetterState]
    clock: Clock
    broker: ConsumingBus = field(default_factory=ConsumingBus)
    parked: Memory = field(default_factory=Memory)

    async def receive(self, letter: str) -> None:
        """A letter comes in, and is the victim's."""
        blank = {"contact": None, "identity": None}
        event = receive(VICTIM).letter.model_copy(update=blank)
        await self.shelf.hear_events(SUBMITTED.name, letter, event)

    async def handle(self, records: Sequence[Record]) -> Handled:
        """What the shell does with a batch."""
        return handled(await self.shelf.letters.process_batch(records))

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        """The router consumes what bureaus write."""
        seconds = self.clock.seconds
        consumer = Consumer(
            self.broker,
            group="router",
            positions=Positions(Memory()),
            incarnations=dict.fromkeys(TOPICS, "i-1"),
            topics=TOPICS,
            read=self.shelf.seals.read,
            handle=self.handle,
            unusable=DeadLetterPolicy(
                DeadLetterStore(self.parked, self.shelf.seals.ring, now=self.clock),
                refuse=bureau_notices.refuse_unreadable(self.shelf.letters),
                clock=seconds,
            ),
            now=self.clock,
            clock=seconds,
        )
        running = asyncio.create_task(consumer.run())
        try:
            yield
        finally:
            consumer.stop()
            await asyncio.wait_for(running, 10)

    def act(self, action: Action, letter: str) -> None:
        """The victim goes about its business."""
        self.broker.put(arrived(sent_action(action, VICTIM, letter=letter)))

    def done(self, topic: str) -> int:
        """The number of processed records of the topic."""
        return sum(one.offset for at, one in self.broker.commits.items() if at.topic == topic)

    def document(self, letter: str) -> bytes:
        """The letter's document to the byte."""
        return bson.encode(self.shelf.documents.kept[letter])

    async def letter(self, letter: str) -> Letter:
        """The router's state of it."""
        state = await self.shelf.letters.state(letter)
        assert isinstance(state, Letter)
        return state

    async def until_done(self, topic: str, count: int) -> None:
        """Return once that many records of the topic are processed."""
        await until(lambda: self.done(topic) == count)

    def answered(self, bureau: Bureau) -> list[Envelope[Any]]:
        """Envelopes of the bureau's answers."""
        said = self.shelf.said(letters_of(bureau).name)
        return [one for one in said if isinstance(one.data, ActionApplied | ActionRefused)]

    def answers(self, bureau: Bureau) -> list[Any]:
        """The bureau's answers."""
        return [one.data for one in self.answered(bureau)]


@asynccontextmanager
async def open_yard() -> AsyncIterator[Yard]:
    """With both letters of the victim in it."""
    clock = Clock(MONDAY)
    async with sealed_shell(wiring.rules(RULEBOOK), seals("router"), now=clock) as shelf:
        made = Yard(shelf, clock)
        for letter in (LETTER, OTHER):
            await made.receive(letter)
        yield made


def arrived(record: Outbound) -> Inbound:
    """The record as a consumer gets it."""
    return Inbound(record.topic, 0, 0, MONDAY, record.key, record.value, record.headers)
