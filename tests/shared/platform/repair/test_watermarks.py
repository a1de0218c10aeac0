"""Ends of topics and positions of groups, read from a real broker without changing anything."""

import uuid
from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.contracts.topics import BY_NAME
from shared.platform.kafka.bus import Bus, BusFault, Outbound, let_go
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.repair.watermarks import Watermarks
from tests.support.builders import PROGRESS_TOPIC
from tests.support.stack import Servers


def records(count: int) -> list[Outbound]:
    """Records of many letters."""
    return [
        Outbound(PROGRESS_TOPIC, uuid.uuid4().hex.encode(), b"x" * 300, ()) for _ in range(count)
    ]


async def commit(bus: Bus, group: str, offsets: dict[TopicPartition, OffsetAndMetadata]) -> None:
    """A member of the group has handled everything below these offsets."""
    consumer = bus.consumer(group)
    try:
        await consumer.start()
        consumer.assign(list(offsets))
        await consumer.commit(offsets)
    finally:
        await let_go(consumer)


def watermarks(servers: Servers) -> Watermarks:
    """A client with read access only."""
    return Watermarks(kafka_options(servers.kafka))


def done(ends: dict[TopicPartition, tuple[int, int]]) -> dict[TopicPartition, OffsetAndMetadata]:
    """Commits of everything."""
    return {at: OffsetAndMetadata(last, "") for at, (_, last) in ends.items()}


@pytest.mark.real
async def test_marks_are_the_offsets_after_the_last_records(bus: Bus, servers: Servers) -> None:
    looking = watermarks(servers)
    before = await looking.ends([PROGRESS_TOPIC])
    for part in (records(60), records(41)):
        assert not [fault for fault in await bus.send(part) if fault]
    after = await looking.ends([PROGRESS_TOPIC])
    assert len(after) == BY_NAME[PROGRESS_TOPIC].partitions
    assert sum(last for _, last in after.values()) - sum(last for _, last in before.values()) == 101


@pytest.mark.real
async def test_a_group_is_behind_until_it_has_committed_all(bus: Bus, servers: Servers) -> None:
    looking, group = watermarks(servers), f"router.{uuid.uuid4().hex[:8]}"
    await bus.send(records(30))
    ends = await looking.ends([PROGRESS_TOPIC])
    late = await looking.behind(group, ends, incarnations={})
    assert sum(one.records for one in late) == sum(last - first for first, last in ends.values())
    some = {at: OffsetAndMetadata(max(last - 1, 0), "") for at, (_, last) in ends.items()}
    await commit(bus, group, some)
    late = await looking.behind(group, ends, incarnations={})
    assert {one.records for one in late} == {1}
    await commit(bus, group, done(ends))
    assert await looking.behind(group, ends, incarnations={}) == []


@pytest.mark.real
async def test_present_incarnations_are_known(servers: Servers) -> None:
    known = await watermarks(servers).incarnations()
    assert PROGRESS_TOPIC in known


class Committed(Bus):
    """A broker with the given committed offsets."""

    def __init__(self, commits: dict[TopicPartition, OffsetAndMetadata]) -> None:
        self.commits = commits

    async def committed(
        self, group: str, partitions: object
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        """The prepared offsets."""
        del group, partitions
        return self.commits


AT = TopicPartition(PROGRESS_TOPIC, 0)


async def behind(
    commits: Sequence[OffsetAndMetadata], ends: tuple[int, int], now: str = "new"
) -> list[int]:
    """The number of records still to read."""
    looking = Watermarks({})
    looking._bus = Committed(dict.fromkeys([AT], commits[0]) if commits else {})
    found = await looking.behind("router", {AT: ends}, incarnations={PROGRESS_TOPIC: now})
    return [one.records for one in found]


async def test_a_commit_under_another_incarnation_counts_for_nothing() -> None:
    assert await behind([OffsetAndMetadata(50, "old")], (0, 7)) == [7]
    assert await behind([OffsetAndMetadata(7, "new")], (0, 7)) == []


async def test_a_commit_beyond_the_end_is_caught_up() -> None:
    assert await behind([OffsetAndMetadata(9, "")], (0, 7)) == []


async def test_what_retention_removed_is_not_waited_for() -> None:
    assert await behind([], (7, 7)) == []
    assert await behind([], (5, 7)) == [2]


async def test_a_broker_that_is_away_is_a_fault() -> None:
    looking = Watermarks({"bootstrap_servers": "127.0.0.1:9"})
    with pytest.raises(BusFault):
        await looking.ends([PROGRESS_TOPIC])
