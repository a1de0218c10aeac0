"""Parking, replaying and holding back over a real broker and a real database."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import OffsetAndMetadata

from shared.contracts.topics import RESENDS
from shared.platform.app.shell import DROPPED, INDEXES, Shell, assemble
from shared.platform.consumer.consumer import Consumer
from shared.platform.consumer.dead_letter_policy import DeadLetterPolicy
from shared.platform.kafka.bus import Bus, Inbound, Outbound
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.letters.dead_letters import Faulty
from shared.platform.mongo.database import Collection, Database
from shared.platform.repair.dead_letter_replay import DeadLetterReplay
from shared.platform.repair.drops import DropLog
from shared.platform.runtime.clock import utc_now
from tests.support.builders import (
    FOREIGN_ACTIONS_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    READS,
    SECRETS,
    SUBMITTED_TOPIC,
    WRITES,
    Diary,
    Note,
    action,
    asked,
    fired,
    rules,
    seals_of,
    written,
)
from tests.support.stack import Servers
from tests.support.waiting import until, until_true

pytestmark = pytest.mark.real

OTHER = "GD-TEST-0002"
WITHIN_S = 20.0
CRC_AT, CRC_OF = 17, 21
"""Position of a record batch's checksum, and the bytes that it covers."""


@dataclass
class Running:
    """A service that consumes."""

    shell: Shell[Note, Diary]
    consumer: Consumer
    told: list[Faulty] = field(default_factory=list)
    ahead_s: float = 0.0
    """How far the consumer's clock is ahead of the real one."""

    @property
    def letters(self) -> Collection:
        """Its documents."""
        return self.shell.documents

    async def notes(self, letter: str = LETTER) -> tuple[str, ...]:
        """The notes of the letter's diary."""
        state = await self.shell.letters.state(letter)
        return state.notes if state else ()

    async def until_noted(self, count: int, letter: str = LETTER) -> list[str]:
        """The diary's notes, sorted, once there are that many."""

        async def is_there() -> bool:
            return len(await self.notes(letter)) >= count

        await until_true(is_there)
        return sorted(await self.notes(letter))


@asynccontextmanager
async def serving(servers: Servers, database: Database) -> AsyncIterator[Running]:
    """A process of the diary service."""
    bus = servers.bus()
    await bus.start()
    shell = assemble(
        rules(),
        seals_of(),
        database=database,
        bus=bus,
        topics=((*READS, RESENDS.name), WRITES),
        now=utc_now,
    )
    for name, indexes in INDEXES.items():
        await database.collection(name).index(indexes)
    ids = await shell.incarnations.current()
    running = Running(shell, shell.consumer(ids))

    async def tell(found: Sequence[Faulty]) -> None:
        running.told += found

    def clock() -> float:
        return monotonic() + running.ahead_s

    consumer = running.consumer
    consumer._unusable = DeadLetterPolicy(shell.parking, refuse=tell, clock=clock)
    consumer._partitions._clock = clock
    task = asyncio.create_task(consumer.run())
    try:
        yield running
    finally:
        consumer.stop()
        await asyncio.wait_for(task, WITHIN_S)
        await bus.stop()


@pytest.fixture
def database(own_servers: Servers) -> Iterator[Database]:
    opened = own_servers.database()
    yield opened
    opened.close()


async def put(bus: Bus, *raws: Inbound) -> None:
    faults = await bus.send([Outbound(one.topic, one.key, one.value, one.headers) for one in raws])
    assert not any(faults)


def broken(raw: Inbound) -> Inbound:
    return replace(raw, value=b"{" + raw.value)


async def test_a_parked_record_waits_sealed_is_replayed_and_followed_in_order(
    own_servers: Servers, database: Database
) -> None:
    """Make the record readable that was parked as unreadable, as a newer version would."""
    async with serving(own_servers, database) as running:
        await put(running.shell.bus, asked(1), broken(written(2)), asked(3), asked(4))
        await put(running.shell.bus, asked(1, letter=OTHER))
        await running.until_noted(1, OTHER)
        await running.until_noted(1)
        parking = running.shell.parking
        await until_true(lambda: parking.count(SUBMITTED_TOPIC))
        (parked,) = await parking.listed()
        (kept,) = await database.collection("parked").find({"letter": LETTER})
        assert not [secret for secret in SECRETS if secret in str(kept)]
        raw = await parking.raw(parked.id)
        await parking.forget(parked.id)
        await parking.park([Faulty(replace(raw, value=raw.value[1:]), "unreadable")])
        replaying = DeadLetterReplay(
            parking,
            running.shell.letters,
            documents=running.letters,
            seals=running.shell.seals,
            drops=DropLog(database.collection(DROPPED), running.shell.seals.ring, now=utc_now),
        )
        assert await replaying.replay(parked.id) == "done"
        assert await running.notes() == ("ask-1", "letter", "ask-3", "ask-4")
        said = await running.shell.bus.read_all(PROGRESS_TOPIC, 6)
    ids = [dict(one.headers)["ce_id"].decode() for one in said if one.key == LETTER.encode()]
    assert list(dict.fromkeys(ids)) == [f"{PROGRESS_TOPIC}/{LETTER}/{n}" for n in (1, 2, 3, 4)]
    assert await running.shell.parking.listed() == []


@pytest.mark.slow
async def test_a_batch_that_no_client_can_decode_stops_its_partition_alone(
    own_servers: Servers, database: Database
) -> None:
    place = Bus.place_of(FOREIGN_ACTIONS_TOPIC, LETTER.encode())
    async with serving(own_servers, database) as running:
        await put(running.shell.bus, asked(1))
        await running.until_noted(1)
        await send_undecodable(own_servers, place)
        await put(running.shell.bus, action("fine"), asked(2), fired(1))
        await until(lambda: place in running.consumer._partitions._held)
        await put(running.shell.bus, asked(3))
        assert await running.until_noted(5) == ["ask-1", "ask-2", "ask-3", "clock-1", "fine"]
        assert running.consumer.position(place) == 0


@pytest.mark.slow
async def test_a_bureau_s_rubbish_is_refused_within_its_budget_and_others_work_on(
    own_servers: Servers, database: Database
) -> None:
    async with serving(own_servers, database) as running:
        await put(running.shell.bus, *(broken(action(str(n))) for n in range(300)), action("last"))
        await until(lambda: len(running.told) == 200)
        await put(running.shell.bus, action("other", topic=FOREIGN_ACTIONS_TOPIC), asked(1))
        assert await running.until_noted(2) == ["ask-1", "other"]
        assert len(running.told) < 220
        running.ahead_s = 200.0
        await running.until_noted(3)
        assert len(running.told) == 300
        assert await running.shell.parking.listed() == []


@pytest.mark.slow
async def test_a_position_past_the_end_begins_at_the_beginning(
    own_servers: Servers, database: Database
) -> None:
    place = Bus.place_of(SUBMITTED_TOPIC, LETTER.encode())
    async with serving(own_servers, database) as running:
        await put(running.shell.bus, asked(1))
        await running.until_noted(1)
        await until(lambda: running.consumer.position(place) == 1)
        assert running.consumer.end(place) == 1
        incarnation = (await running.shell.incarnations.current())[SUBMITTED_TOPIC]
        await running.consumer._consumer.commit({place: OffsetAndMetadata(50, incarnation)})
    async with serving(own_servers, database) as running:
        await until(lambda: running.consumer.position(place) == 50)
        await put(running.shell.bus, asked(2))
        await until(lambda: running.consumer.end(place) == 2)
        running.ahead_s = 60.0
        await running.until_noted(2)


async def send_undecodable(servers: Servers, place: TopicPartition) -> None:
    """A batch with a header whose name is no text, as any client but ours can write it."""
    producer = AIOKafkaProducer(**kafka_options(servers.kafka), enable_idempotence=False)
    await producer.start()
    try:
        batch = producer.create_batch()
        batch.append(key=LETTER.encode(), value=b"x", timestamp=None, headers=[("name~", b"x")])
        octets = bytearray(batch._build()).replace(b"name~", b"name\xff")
        octets[CRC_AT:CRC_OF] = calc_crc32c(octets[CRC_OF:]).to_bytes(4, "big")
        batch._buffer = bytes(octets)
        await (await producer.send_batch(batch, place.topic, partition=place.partition))
    finally:
        await producer.stop()
