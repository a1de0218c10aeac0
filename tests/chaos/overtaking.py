"""Makes a service read a later record of a letter before an earlier one.

The group's offset is moved past the earlier record while the service is away, as if the record had
been lost. A copy is appended once the later one waits in its letter.
"""

import asyncio
import time

from aiokafka import AIOKafkaConsumer

from shared.contracts.topics import group_prefix
from shared.platform.consumer.positions import Positions
from shared.platform.kafka.bus import Bus, Inbound, Outbound, Partition, let_go
from tests.chaos.people import Written
from tests.chaos.town import Town

PATIENCE_S = 30.0
LOOK_S = 0.1
JOIN_MS = 100


async def skipped(town: Town, service: str, topic: str, letter: Written, *, count: int) -> Inbound:
    """Move the service, which is away, past the first record of that letter; return that record.

    `count`: how many records there must be.
    """
    records = await _records(town, topic, letter, count)
    first = records[0]
    at = Partition(first.topic, first.partition)
    consumer = town.witness.bus.consumer(group_prefix(service))
    try:
        await _commit(consumer, at, first.offset + 1)
    finally:
        await let_go(consumer)
    positions = Positions(town.witness.collection(service, "positions"))
    await positions.note([at], await town.witness.incarnations())
    return first


async def waits(town: Town, service: str, letter: Written) -> None:
    """Return when an event of that letter waits for its turn. Raises: AssertionError."""
    until = time.monotonic() + PATIENCE_S
    while not await town.witness.early(service, letter.number):
        assert time.monotonic() < until, f"{service} was not overtaken"
        await asyncio.sleep(LOOK_S)


async def appended(bus: Bus, raw: Inbound) -> None:
    """Append the same record once more."""
    await bus.start()
    try:
        faults = await bus.send([Outbound(raw.topic, raw.key, raw.value, raw.headers)])
    finally:
        await bus.stop()
    assert faults == [None]


async def _commit(consumer: AIOKafkaConsumer, at: Partition, offset: int) -> None:
    """Commit as the group's only member; the broker may count the former one for a while."""
    consumer.subscribe([at.topic])
    await consumer.start()
    async with asyncio.timeout(PATIENCE_S):
        while at not in consumer.assignment():
            await consumer.getmany(timeout_ms=JOIN_MS)
    await consumer.commit({at: offset})


async def _records(town: Town, topic: str, letter: Written, count: int) -> list[Inbound]:
    until = time.monotonic() + PATIENCE_S
    while len(records := await town.witness.records(topic, letter.number)) < count:
        assert time.monotonic() < until, f"only {len(records)} records on {topic}"
        await asyncio.sleep(LOOK_S)
    return records
