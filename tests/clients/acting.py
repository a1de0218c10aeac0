"""For bureau tests: a real local broker, and a router behind it that answers actions."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from clients.bureau import Connection, Keys, Mailbox, PublicKeys
from clients.bureau.settings import BureauSettings, load
from deploy.local.stack.supervisor import running_stack
from shared.contracts.actions_v1 import Accept, Reply, RequestResend
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused, LetterSnapshot
from shared.contracts.envelope import KafkaRecord, envelope, from_record, to_record
from shared.contracts.event import Action, Event, Fact
from shared.contracts.progress_v1 import LetterReplied
from shared.contracts.topics import actions_of, letters_of
from shared.contracts.vocabulary import State
from shared.contracts.words import ReplyText
from shared.platform.kafka.kafka_options import kafka_options
from tests.clients.making import GZ, LETTER, NOON, RULE, accepted, snapshot
from tests.support.reaching import kafka_of

TOPIC, ACTIONS = letters_of(GZ).name, actions_of(GZ).name
PLACES = [TopicPartition(ACTIONS, number) for number in range(3)]


@dataclass
class Router:
    """The router as far as a bureau notices it: it answers each action once, by its id."""

    keys: Keys
    producer: AIOKafkaProducer
    silent_for: int = 0
    """How many actions it ignores, as if the router were down."""
    state: dict[str, str] = field(default_factory=dict)
    sequence: dict[str, int] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    answers: dict[UUID, list[KafkaRecord]] = field(default_factory=dict)
    said: dict[str, list[KafkaRecord]] = field(default_factory=dict)
    """Everything that has a number, by letter."""
    has_replied: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(
        self,
        event: Event,
        *,
        letter: str = LETTER,
        numbered: bool = True,
        is_lost: bool = False,
    ) -> KafkaRecord:
        """Say something to Guangzhou, under the letter's next number.

        `is_lost`: retention has removed it, or it never came.
        """
        number = self.sequence[letter] = self.sequence.get(letter, 0) + numbered
        if isinstance(event, Fact):
            self.state[letter] = event.state
        cause = str(getattr(event, "action_id", "")) or None
        said = envelope(
            TOPIC,
            letter,
            data=self.keys.seal(event.numbered(number), topic=TOPIC, letter=letter, at=NOON),
            time=NOON,
            sequence=number if numbered else None,
            cause=cause,
        )
        record = to_record(said, topic=TOPIC)
        if numbered:
            self.said.setdefault(letter, []).append(record)
        if not is_lost:
            await self.send(record)
        return record

    async def send(self, record: KafkaRecord) -> None:
        """Put a record on the bureau's topic."""
        await self.producer.send_and_wait(
            TOPIC, record.value, key=record.key, headers=list(record.headers)
        )

    async def run(self, consumer: AIOKafkaConsumer) -> None:
        """Answer actions until cancelled."""
        async for record in consumer:
            sent = KafkaRecord(record.key, record.value, list(record.headers))
            found = from_record(sent, topic=ACTIONS)
            assert isinstance(found.data, Action)
            self.actions.append(found.data)
            if len(self.actions) > self.silent_for:
                await self.answer(found.data, found.subject)

    async def answer(self, action: Action, letter: str) -> None:
        """Decide an action, or repeat the answer."""
        for record in self.answers.get(action.action_id, ()):
            await self.send(record)
        if action.action_id not in self.answers:
            self.answers[action.action_id] = await self.decide(action, letter)

    async def decide(self, action: Action, letter: str) -> list[KafkaRecord]:
        """Apply or refuse it; return the answer."""
        if letter not in self.state:
            no = ActionRefused(action_id=action.action_id, code="not_held")
            return [await self.say(no, letter=letter, numbered=False)]
        if isinstance(action, RequestResend):
            return await self.repeat(action, letter)
        expected: dict[str, type[Action]] = {"routed": Accept, "handling": Reply}
        if type(action) is not expected.get(self.state[letter]):
            no = ActionRefused(action_id=action.action_id, code="out_of_order")
            return [await self.say(no, letter=letter)]
        fact = accepted() if isinstance(action, Accept) else self.replied(action, letter)
        said = await self.say(fact, letter=letter)
        return [said, await self.say(done(action, fact.state, fact.type), letter=letter)]

    async def repeat(self, action: RequestResend, letter: str) -> list[KafkaRecord]:
        """Send missing events again, or a snapshot of the letter."""
        said: list[KafkaRecord] = []
        if action.snapshot:
            said.append(await self.say(snapshot(), letter=letter))
        else:
            for record in self.said[letter][(action.from_sequence or 1) - 1 :]:
                await self.send(record)
        return [*said, await self.say(done(action, "handling", LetterSnapshot.type), letter=letter)]

    def replied(self, action: Action, letter: str) -> LetterReplied:
        """The fact that follows from a reply, opened."""
        clear, closed = self.keys.open(action, reader="router", topic=ACTIONS, letter=letter)
        assert closed == {}
        assert isinstance(clear, Reply)
        assert isinstance(clear.words, ReplyText)
        self.replies.append(clear.words.text)
        self.has_replied.set()
        return LetterReplied(
            state="replied", holder=GZ, assignment=1, by=RULE, reply=1, outcome=clear.outcome
        )


def done(action: Action, state: State, resulting: str) -> ActionApplied:
    """The answer to an action that was applied."""
    return ActionApplied(
        state=state,
        holder=GZ,
        assignment=1,
        by=RULE,
        action_id=action.action_id,
        resulting=resulting,
    )


@dataclass
class Stage:
    """A broker with the topics, and the router behind it."""

    router: Router
    told: Mapping[str, str]
    """The environment in which the broker is reached."""
    folder: Path

    @property
    def connection(self) -> Connection:
        """To the broker."""
        return load(BureauSettings, self.told).connection(GZ)

    def keys(self) -> Keys:
        """Those of Guangzhou."""
        return Keys.of_bureau(GZ, self.folder)

    def mailbox(self, **options: Any) -> Mailbox:
        """Guangzhou's, with short patience."""
        return Mailbox(GZ, self.connection, keys=self.keys(), **{"patience_s": 20.0, **options})


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    """A stage in `folder` for the block."""
    async with running_stack(folder, only=("broker", "topics")) as stack:
        told = stack.settings("topics")
        keys = Keys.load(
            stack.place.keys / "router.private.jwks.json",
            PublicKeys.load(stack.place.keys / "public.jwks.json"),
        )
        client = kafka_options(kafka_of(told))
        producer = AIOKafkaProducer(**client)
        consumer = AIOKafkaConsumer(**client, auto_offset_reset="earliest")
        await producer.start()
        await consumer.start()
        consumer.assign(PLACES)
        router = Router(keys, producer)
        running = asyncio.create_task(router.run(consumer))
        try:
            yield Stage(router, told, stack.place.keys)
        finally:
            running.cancel()
            (fault,) = await asyncio.gather(running, return_exceptions=True)
            await consumer.stop()
            await producer.stop()
            assert isinstance(fault, asyncio.CancelledError)
