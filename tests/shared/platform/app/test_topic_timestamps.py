"""No sender can choose a record's timestamp: the broker sets it, or its reader does."""

import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from aiokafka import AIOKafkaProducer

from shared.contracts.topics import ALL, BY_NAME, PROGRESS, actions_of
from shared.platform.app.topic_bootstrap import configs
from shared.platform.app.topic_timestamps import check_timestamps
from shared.platform.kafka.bus import Bus, Inbound, inbound
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.repair.incarnations import TopicsMissing
from tests.support.consuming import CREATE_TIME
from tests.support.doubles import MemoryBus
from tests.support.stack import Servers

FOSHAN = actions_of("foshan").name
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_broker_stamps_what_bureaus_write_and_nothing_else() -> None:
    stamped = {one.name for one in ALL if "LogAppendTime" in configs(one, replication=3).values()}
    assert stamped == {one.name for one in ALL if one.name.endswith(".actions")}


async def test_topics_whose_writers_choose_the_time_are_refused_at_the_start() -> None:
    bus = MemoryBus()
    await check_timestamps(bus, BY_NAME)
    bus.reset.add(FOSHAN)
    with pytest.raises(TopicsMissing, match=FOSHAN):
        await check_timestamps(bus, BY_NAME)
    await check_timestamps(bus, [PROGRESS.name])


@pytest.mark.parametrize("timestamp", [-(2**62), -1, 2**62])
def test_a_time_that_no_calendar_has_stops_nobody(timestamp: int) -> None:
    record = SimpleNamespace(
        topic=FOSHAN,
        partition=0,
        offset=0,
        timestamp=timestamp,
        timestamp_type=CREATE_TIME,
        key=b"k",
        value=b"v",
        headers=(),
    )
    assert inbound(record).is_backdatable


@pytest.mark.real
async def test_a_backdated_record_is_known_for_one(servers: Servers, bus: Bus) -> None:
    """The embedded broker takes the setting and keeps the writer's time all the same."""
    await check_timestamps(bus, BY_NAME)
    assert (await sent(servers, bus, FOSHAN)).is_backdatable
    ours = await sent(servers, bus, PROGRESS.name)
    assert (ours.is_backdatable, ours.appended_at) == (False, LONG_AGO)


async def sent(servers: Servers, bus: Bus, topic: str) -> Inbound:
    """A record with an old timestamp, as the topic's reader receives it."""
    key = uuid.uuid4().hex.encode()
    producer = AIOKafkaProducer(**kafka_options(servers.kafka), acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(
            topic, b"{}", key=key, timestamp_ms=round(LONG_AGO.timestamp() * 1000)
        )
    finally:
        await producer.stop()
    found = await bus.read_all(topic, BY_NAME[topic].partitions)
    return next(one for one in found if one.key == key)
