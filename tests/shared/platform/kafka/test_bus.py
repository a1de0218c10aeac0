"""The bus to the broker: acknowledged records are there, in order and unchanged."""

import asyncio
import gc
import uuid
import warnings
from contextlib import aclosing, suppress

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from deploy.local.stack.ports import free_ports
from shared.contracts.topics import BY_NAME
from shared.platform.kafka import bus as bus_module
from shared.platform.kafka.bus import MAX_REQUEST_BYTES, Bus, BusFault, Outbound, inbound, let_go
from shared.platform.runtime.clock import utc_now
from tests.support.builders import PROGRESS_TOPIC, SUBMITTED_TOPIC
from tests.support.doubles import header


def records(count: int, *, keys: int = 1, size: int = 10) -> list[Outbound]:
    """Records of some new letters, numbered over all of them."""
    names = [uuid.uuid4().hex.encode() for _ in range(keys)]
    return [
        Outbound(PROGRESS_TOPIC, names[at % keys], b"x" * size, (("ce_id", b"%d" % at),))
        for at in range(count)
    ]


async def found(bus: Bus, sent: list[Outbound]) -> dict[bytes, list[str]]:
    """By key, the ids of the sent records that are on the topic."""
    by_key: dict[bytes, list[str]] = {one.key: [] for one in sent}
    for one in await bus.read_all(PROGRESS_TOPIC, BY_NAME[PROGRESS_TOPIC].partitions):
        if one.key in by_key:
            by_key[one.key].append(header(one, "ce_id"))
    return by_key


# --- a real broker -------------------------------------------------------------------------------


@pytest.mark.real
async def test_what_is_acknowledged_is_on_the_topic_in_order_of_each_key(bus: Bus) -> None:
    sent = records(300, keys=7)
    assert await bus.send(sent) == [None] * 300
    assert await found(bus, sent) == {
        key: [header(one, "ce_id") for one in sent if one.key == key]
        for key in {one.key for one in sent}
    }


@pytest.mark.real
async def test_what_was_appended_since_then_is_read_to_the_end(bus: Bus) -> None:
    before = records(50, keys=7)
    await bus.send(before)
    instant = utc_now()
    sent = [*records(150, keys=7), *records(150, keys=7)]
    await bus.send(sent[:150])
    await bus.send(sent[150:])
    assert [one async for one in bus.since(["letters.nowhere"], None)] == []
    for since, wanted in ((instant, sent), (None, [*before, *sent])):
        found = set()
        async with asyncio.timeout(20), aclosing(bus.since([PROGRESS_TOPIC], since)) as batches:
            async for batch in batches:
                found |= {(raw.key, header(raw, "ce_id")) for raw in batch}
        assert {(one.key, header(one, "ce_id")) for one in wanted} <= found


@pytest.mark.real
async def test_a_record_comes_as_it_was_sent(bus: Bus) -> None:
    given = Outbound(PROGRESS_TOPIC, uuid.uuid4().hex.encode(), "汉字".encode(), (("a", b"\xff"),))
    await bus.send([given])
    (came,) = [one for one in await bus.read_all(PROGRESS_TOPIC, 6) if one.key == given.key]
    assert (came.topic, came.value, came.headers) == (given.topic, given.value, given.headers)
    assert came.appended_at.tzinfo is not None


@pytest.mark.real
async def test_one_that_is_too_large_fails_alone(bus: Bus) -> None:
    good = records(2)
    large = Outbound(PROGRESS_TOPIC, b"large", b"x" * (MAX_REQUEST_BYTES + 1), ())
    faults = await bus.send([good[0], large, good[1]])
    assert [type(fault) for fault in faults] == [
        type(None),
        MessageSizeTooLargeError,
        type(None),
    ]
    assert isinstance(faults[1], BusFault)
    assert list((await found(bus, good)).values()) == [["0", "1"]]


@pytest.mark.real
async def test_partitions_are_those_of_the_contract_and_strange_topics_are_left_out(
    bus: Bus,
) -> None:
    assert await bus.partitions([PROGRESS_TOPIC, "letters.unheard"]) == {PROGRESS_TOPIC: 6}


@pytest.mark.real
async def test_reading_all_of_an_empty_partition_ends(bus: Bus) -> None:
    assert await asyncio.wait_for(bus.read_all("letters.diverted", 6), 10) == []


@pytest.mark.real
async def test_commits_of_a_group_are_told_and_others_left_out(bus: Bus) -> None:
    group = f"router-{uuid.uuid4().hex}"
    member = bus.consumer(group)
    first, second = TopicPartition(SUBMITTED_TOPIC, 0), TopicPartition(SUBMITTED_TOPIC, 1)
    member.assign([first, second])
    await member.start()
    await member.commit({first: (3, "i-1")})
    await member.stop()
    committed = await bus.committed(group, [first, second])
    assert {at: one.offset for at, one in committed.items()} == {first: 3}
    assert await bus.committed(f"{group}-other", [first]) == {}


@pytest.mark.real
async def test_a_consumer_of_a_group_commits_by_hand_alone(bus: Bus) -> None:
    group = f"router-{uuid.uuid4().hex}"
    await bus.send([Outbound(SUBMITTED_TOPIC, b"k", b"v", ())])
    places = [TopicPartition(SUBMITTED_TOPIC, number) for number in range(6)]
    member = bus.consumer(group)
    member.assign(places)
    await member.start()
    async with asyncio.timeout(10):
        while not (batch := await member.getmany(timeout_ms=100)):
            continue
    await member.stop()
    assert inbound(next(iter(batch.values()))[0]).topic == SUBMITTED_TOPIC
    assert await bus.committed(group, places) == {}


# --- no broker -----------------------------------------------------------------------------------


@pytest.fixture
def nobody() -> Bus:
    """A bus to an address without a broker."""
    return Bus(
        {"bootstrap_servers": f"127.0.0.1:{free_ports().kafka}"},
        producer={"enable_idempotence": False},
        consumer={},
    )


async def test_a_broker_that_is_away_is_a_fault_and_leaves_nothing_open(nobody: Bus) -> None:
    """Unclosed resources warn when they are collected, and warnings are errors here."""
    for asking in (
        nobody.start,
        lambda: nobody.partitions([PROGRESS_TOPIC]),
        lambda: nobody.committed("router", [TopicPartition(PROGRESS_TOPIC, 0)]),
        lambda: nobody.read_all(PROGRESS_TOPIC, 6),
    ):
        with pytest.raises(KafkaError):
            await asyncio.wait_for(asking(), 10)
    assert not nobody.is_started
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        gc.collect()
    assert [str(one.message) for one in said if "Unclosed" in str(one.message)] == []


class Interrupted:
    """A consumer whose broker went away under a fetch: its `stop` cancels itself."""

    def __init__(self, *, waits: bool) -> None:
        self._client = self
        self.is_closed = False
        self.waits = waits

    async def stop(self) -> None:
        """Await a task that was just cancelled, or one that never ends."""
        if self.waits:
            await asyncio.Event().wait()
        cancelled = asyncio.ensure_future(asyncio.Event().wait())
        cancelled.cancel()
        await cancelled

    async def close(self) -> None:
        """The result that `stop` would have had."""
        self.is_closed = True


async def test_a_broker_that_goes_away_under_a_fetch_ends_nobody() -> None:
    consumer = Interrupted(waits=False)
    await let_go(consumer)
    assert consumer.is_closed


async def test_whoever_is_cancelled_while_letting_go_hears_of_it() -> None:
    consumer = Interrupted(waits=True)
    letting_go = asyncio.create_task(let_go(consumer))
    await asyncio.sleep(0)
    letting_go.cancel()
    with pytest.raises(asyncio.CancelledError):
        await letting_go
    assert consumer.is_closed


class Swallowing:
    """A consumer whose `stop` mistakes its caller's cancellation for its own."""

    async def stop(self) -> None:
        """Await what never ends, until cancelled."""
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_a_cancellation_that_the_client_swallows_still_ends_whoever_was_cancelled() -> None:
    letting_go = asyncio.create_task(let_go(Swallowing()))
    await asyncio.sleep(0)
    letting_go.cancel()
    with pytest.raises(asyncio.CancelledError):
        await letting_go


class Hanging:
    """A consumer whose `stop` waits for a task that swallowed its cancellation."""

    def __init__(self) -> None:
        self.is_closed = False
        self._client = self

    async def stop(self) -> None:
        """Never end."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Close the connections."""
        self.is_closed = True


async def test_a_client_that_never_stops_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the service would neither consume again nor end."""
    monkeypatch.setattr(bus_module, "STOP_S", 0.01)
    consumer = Hanging()
    await asyncio.wait_for(let_go(consumer), 5)
    assert consumer.is_closed


async def test_a_bus_that_was_not_started_acknowledges_nothing(nobody: Bus) -> None:
    faults = await nobody.send(records(2))
    assert [isinstance(fault, BusFault) for fault in faults] == [True, True]
    await nobody.stop()
