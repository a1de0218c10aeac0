"""Ten thousand records of one bureau that make no sense change nothing for another.

The consumer, the letters and the rules are the router's; broker and database are doubles.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import bson
import pytest

from services.router import wiring, work
from services.router.domain import Letter, OfficeCommand, OfficeState
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.envelope import Unreadable
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import SUBMITTED, actions_of, letters_of
from shared.platform.bus import Inbound, Outbound
from shared.platform.consumer import Consumer
from shared.platform.jwe import BadEnvelope
from shared.platform.parking import Parking
from shared.platform.positions import Positions
from shared.platform.rules import Record
from shared.platform.seals import Seals
from shared.platform.sender import Sender
from shared.platform.unusable import Handled, Unusable, handled
from tests.intake.staging import Shelf, seals, shelved
from tests.router.office import accepting, replying, sent_action
from tests.router.story import BOOK, LETTER, MONDAY, OTHER, receive
from tests.support.consuming import ConsumingBus
from tests.support.doubles import Clock, Memory
from tests.support.waiting import until

COUNT = 10_000
VANDAL: Bureau = "shenzhen"
VICTIM: Bureau = "guangzhou"
VANDAL_TOPIC, VICTIM_TOPIC = actions_of(VANDAL).name, actions_of(VICTIM).name
TOPICS = (VANDAL_TOPIC, VICTIM_TOPIC)


@dataclass
class Yard:
    """The router while bureaus write to it."""

    shelf: Shelf[OfficeCommand, OfficeState]
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
        return handled(await self.shelf.letters.tell_many(records))

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
            unusable=Unusable(
                Parking(self.parked, self.shelf.seals.ring, now=self.clock),
                refuse=work.tell_unreadable(Sender(self.shelf.bus, clock=seconds), now=self.clock),
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
        """How many records of the topic are dealt with."""
        return sum(one.offset for at, one in self.broker.commits.items() if at.topic == topic)

    def document(self, letter: str) -> bytes:
        """The letter's document to the byte."""
        return bson.encode(self.shelf.documents.kept[letter])

    async def letter(self, letter: str) -> Letter:
        """What the router knows of it."""
        state = await self.shelf.letters.state(letter)
        assert isinstance(state, Letter)
        return state

    def answers(self, bureau: Bureau) -> list[Any]:
        """What the bureau was told of its actions."""
        said = self.shelf.said(letters_of(bureau).name)
        return [one.data for one in said if isinstance(one.data, ActionApplied | ActionRefused)]


@pytest.fixture
async def yard() -> AsyncIterator[Yard]:
    clock = Clock(MONDAY)
    async with shelved(wiring.rules(BOOK), seals("router"), now=clock) as shelf:
        made = Yard(shelf, clock)
        for letter in (LETTER, OTHER):
            await made.receive(letter)
        yield made


def arrived(record: Outbound) -> Inbound:
    return Inbound(record.topic, 0, 0, MONDAY, record.key, record.value, record.headers)


def rubbish(dice: random.Random, stolen: UUID) -> Inbound:
    """A record of the vandal's, keyed by one of the victim's letters."""
    letter = dice.choice((LETTER, OTHER))
    action_id = UUID(int=dice.getrandbits(128), version=4)
    if dice.random() < 0.1:
        action_id = stolen
    kind = dice.choice((accepting(dice.randint(1, 3), action_id), replying(1, action_id)))
    raw = arrived(sent_action(kind, VANDAL, letter=letter))
    headers = dict(raw.headers)
    return dice.choice(
        (
            raw,
            replace(raw, value=dice.randbytes(dice.randint(0, 60))),
            replace(raw, value=raw.value[:-1]),
            replace(raw, value=raw.value.replace(b"1", b"2")),
            replace(raw, headers=()),
            replace(
                raw,
                key=OTHER.encode(),
                headers=tuple((headers | {"ce_subject": OTHER.encode()}).items()),
            ),
            replace(raw, headers=(*raw.headers, ("ce_id", b"again"))),
            replace(raw, headers=tuple((headers | {"ce_id": dice.randbytes(20)}).items())),
            replace(raw, headers=tuple((headers | {"ce_sequence": b"1"}).items())),
            replace(raw, headers=tuple((headers | {"ce_source": b"/bureaus/guangzhou"}).items())),
            replace(
                raw, headers=tuple((headers | {"ce_type": b"gd.mailbox.action.dance.v1"}).items())
            ),
        )
    )


async def test_ten_thousand_rubbish_records_change_nothing_for_another_bureau(yard: Yard) -> None:
    dice = random.Random(7)  # noqa: S311 - the same in every run, and no secret
    own = accepting()
    before = yard.document(LETTER)
    yard.broker.put(*(rubbish(dice, own.action_id) for _ in range(COUNT)))
    async with yard.consuming():
        await until(lambda: yard.done(VANDAL_TOPIC) >= 200, within_s=20)
        yard.act(own, OTHER)
        await until(lambda: yard.done(VICTIM_TOPIC) == 1)
        assert yard.done(VANDAL_TOPIC) < 1_000, "the vandal waits, the other does not"
        yard.act(replying(), OTHER)
        while yard.done(VANDAL_TOPIC) < COUNT:
            dealt_with = yard.done(VANDAL_TOPIC)
            yard.clock.pass_by(seconds=200)
            await until(lambda dealt_with=dealt_with: yard.done(VANDAL_TOPIC) > dealt_with)  # type: ignore[misc]  # bound now
    assert yard.document(LETTER) == before
    assert set(yard.shelf.documents.kept) == {LETTER, OTHER}
    assert (await yard.letter(OTHER)).state == "replied"
    assert [type(one) for one in yard.answers(VICTIM)] == [ActionApplied, ActionApplied]
    told = yard.answers(VANDAL)
    assert {type(one) for one in told} == {ActionRefused}
    assert {one.code for one in told} == {"not_held", "unreadable", "unknown_type", "bad_envelope"}
    assert yard.parked.kept == {}


async def test_the_other_bureau_s_letter_ends_as_it_would_have_without_the_rubbish(
    yard: Yard,
) -> None:
    """Also when the vandal writes between two actions of the other, and with its action ids."""
    dice = random.Random(11)  # noqa: S311 - the same in every run, and no secret
    actions: list[Action] = [accepting(), replying()]
    async with shelved(wiring.rules(BOOK), seals("router"), now=yard.clock) as shelf:
        alone = Yard(shelf, yard.clock)
        await alone.receive(OTHER)
        async with yard.consuming(), alone.consuming():
            for number, action in enumerate(actions, start=1):
                yard.broker.put(*(rubbish(dice, action.action_id) for _ in range(60)))
                for one in (yard, alone):
                    one.act(action, OTHER)
                    await until(lambda one=one, n=number: one.done(VICTIM_TOPIC) == n)  # type: ignore[misc]  # bound now
        assert await yard.letter(OTHER) == await alone.letter(OTHER)
        kept, ideal = (one.shelf.documents.kept[OTHER] for one in (yard, alone))
        for name in ("version", "seen", "heard", "asked", "sent"):
            assert kept[name] == ideal[name]
        assert yard.answers(VICTIM) == alone.answers(VICTIM)


def test_the_rubbish_is_what_it_is_meant_to_be() -> None:
    """Some can be read and isn't allowed, some can't be read; all of it is the vandal's."""
    dice, keys = random.Random(7), seals("router")  # noqa: S311 - the same in every run
    found = [rubbish(dice, UUID(int=1, version=4)) for _ in range(300)]
    assert {one.topic for one in found} == {VANDAL_TOPIC}
    assert {one.key.decode() for one in found} == {LETTER, OTHER}
    assert {outcome(one, keys) for one in found} == {"read", "unreadable", "bad_envelope"}


def outcome(raw: Inbound, keys: Seals) -> str:
    try:
        keys.read(raw)
    except Unreadable:
        return "unreadable"
    except BadEnvelope:
        return "bad_envelope"
    return "read"
