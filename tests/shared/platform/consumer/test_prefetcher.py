"""While a batch is handled, the next one is fetched and decrypted; each comes in its turn.

What was prefetched is dropped if its turn doesn't come, and never lost.
"""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from aiokafka import TopicPartition

from shared.platform.consumer import fetch_buffer, partitions
from shared.platform.consumer.dead_letter_limit import REFUSALS_AT_ONCE
from shared.platform.consumer.fetch_buffer import MOST_RECORDS
from shared.platform.runtime.shell_metrics import PAUSED_PARTITIONS, STOPPED_PARTITIONS
from shared.sealing.envelopes import BadEnvelope
from tests.support.builders import (
    ACTIONS_TOPIC,
    FOREIGN_ACTIONS_TOPIC,
    LETTER,
    action,
    asked,
    fired,
)
from tests.support.consuming import FakeConsumer
from tests.support.samples import sample
from tests.support.scene import Reader, Scene, event
from tests.support.waiting import until


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for records takes no time."""
    monkeypatch.setattr(partitions, "AHEAD_MS", 10**9)
    monkeypatch.setattr(partitions, "POLL_MS", 5)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def scene(reader: Reader) -> Scene:
    return Scene(read=reader)


def timer(number: int) -> str:
    return f"letters.deadlines/{LETTER}/{number}"


async def test_it_is_read_once_and_neither_handled_nor_committed_before_its_turn(
    scene: Scene, reader: Reader
) -> None:
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2), fired(1))
        await until(lambda: len(reader.read) == 3)
        scene.bus.put(asked(3))
        await until(lambda: len(reader.read) == 4)
        assert (scene.hand.attempts, scene.bus.commits) == (1, {})
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 3)
    assert scene.hand.attempts == 2, "all of it is one batch"
    assert scene.hand.ids[0] == event(1)
    assert sorted(scene.hand.ids[1:]) == [timer(1), event(2), event(3)]
    assert Counter(reader.read).most_common(1)[0][1] == 1


async def test_records_count_as_consumed_in_their_turn(scene: Scene, reader: Reader) -> None:
    def consumed() -> float:
        name = "mailbox_consumer_records_total"
        return sample(name, topic="letters.submitted", outcome="read")

    before = consumed()
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2))
        await until(lambda: len(reader.read) == 2)
        assert consumed() == before + 1
        scene.hand.may_go.set()
        await until(lambda: consumed() == before + 2)


async def test_no_more_is_fetched_than_the_next_batch_may_have(
    scene: Scene, reader: Reader
) -> None:
    async with scene.in_hand(asked(1)):
        scene.bus.put(*(asked(2 + n) for n in range(MOST_RECORDS + 20)))
        await until(lambda: len(reader.read) > MOST_RECORDS)
        await scene.idle_in_hand()
        assert len(reader.read) == 1 + MOST_RECORDS
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == MOST_RECORDS + 21)
    assert scene.hand.attempts == 3
    assert scene.hand.ids == [event(1 + n) for n in range(MOST_RECORDS + 21)]


async def test_nor_more_bytes_but_for_the_last_record(
    scene: Scene, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few very large records would need more memory than the process may take."""
    monkeypatch.setattr(fetch_buffer, "MOST_BYTES", 3 * fetch_buffer._size(asked(1)) - 1)
    async with scene.in_hand(asked(1)):
        scene.bus.put(*(asked(2 + n) for n in range(9)))
        await until(lambda: len(reader.read) >= 4)
        await scene.idle_in_hand()
        assert len(reader.read) == 4
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 10)
    assert scene.hand.ids == [event(1 + n) for n in range(10)]


async def test_no_fetch_is_cancelled(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client would count the fetch as running for ever, and a partition could never change
    hands."""
    poll, cancelled = FakeConsumer.getmany, []

    async def getmany(member: FakeConsumer, *only: TopicPartition, **of: int) -> object:
        try:
            return await poll(member, *only, **of)
        except asyncio.CancelledError:
            cancelled.append(of)
            raise

    monkeypatch.setattr(FakeConsumer, "getmany", getmany)
    async with scene.in_hand(asked(1)):
        await scene.idle_in_hand()
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 1)
        await scene.idle()
        scene.bus.put(asked(2))
        await until(lambda: scene.committed(asked(1)) == 2)
        assert not cancelled


async def test_what_comes_in_the_last_moment_is_of_the_same_batch(
    scene: Scene, reader: Reader
) -> None:
    """Small batches would make each other smaller."""
    late = [asked(3), fired(1)]
    scene.hand.watch = lambda: scene.bus.put(*(late.pop() for _ in late[:]))
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2))
        await until(lambda: len(reader.read) == 2)
        scene.hand.may_go.set()
        await until(lambda: len(scene.hand.taken) == 4)
    assert scene.hand.attempts == 2


async def test_what_cannot_be_read_ahead_is_read_in_its_turn(scene: Scene, reader: Reader) -> None:
    """The key may arrive in between, and the next records are not at fault."""
    reader.faults[event(2)] = BadEnvelope("unknown_key")
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2), asked(3))
        await until(lambda: len(reader.read) == 3)
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 3)
    assert scene.hand.ids == [event(1), event(2), event(3)]
    assert reader.read == [event(1), event(2), event(3), event(2)]
    assert scene.parked.kept == {}


async def test_where_reading_fails_it_is_tried_again_in_its_turn(
    scene: Scene, reader: Reader
) -> None:
    reader.faults[event(2)] = RuntimeError()
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2), asked(3))
        await until(lambda: len(reader.read) == 2)
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 3)
    assert scene.hand.ids == [event(1), event(2), event(3)]
    assert reader.read == [event(1), event(2), event(2), event(3)]


async def test_what_stays_unreadable_is_parked_in_its_turn(scene: Scene, reader: Reader) -> None:
    async with scene.in_hand(asked(1)):
        scene.bus.put(replace(asked(2), value=b"{"), asked(3))
        await until(lambda: len(reader.read) == 3)
        assert scene.parked.kept == {}
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 3)
    assert list(scene.parked.kept) == [event(2)]
    assert scene.hand.ids == [event(1), event(3)]


async def test_while_a_batch_fails_again_and_again_what_was_fetched_is_kept(
    scene: Scene, reader: Reader
) -> None:
    scene.hand.failures = 10
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2), fired(1))
        await until(lambda: len(reader.read) == 3)
        scene.hand.may_go.set()
        await until(lambda: scene.hand.attempts > 5)
        scene.bus.put(asked(3))
        await until(lambda: scene.committed(asked(1)) == 3)
    assert scene.hand.ids[0] == event(1)
    assert sorted(scene.hand.ids[1:]) == [timer(1), event(2), event(3)]


# --- where its turn doesn't come -----------------------------------------------------------------


async def test_of_a_topic_that_is_held_back_it_waits(scene: Scene, reader: Reader) -> None:
    scene.hand.refused = Counter({ACTIONS_TOPIC: 10**6})
    many = REFUSALS_AT_ONCE + 10
    async with scene.in_hand(*(action(str(n)) for n in range(many))):
        scene.bus.put(action("waits"), action("too"))
        scene.bus.put(action("goes", topic=FOREIGN_ACTIONS_TOPIC), fired(1))
        await until(lambda: len(reader.read) == many + 4)
        scene.hand.may_go.set()
        await until(lambda: len(scene.hand.taken) == many + 2)
        await scene.idle()
        assert PAUSED_PARTITIONS._value.get() == 3
        assert scene.committed(action("waits")) == many
        assert len(scene.hand.taken) == many + 2
        scene.bus.put(action("last"))
        scene.hand.refused.clear()
        scene.clock.pass_by(seconds=60)
        await until(lambda: scene.committed(action("waits")) == many + 3)
    assert [one.raw.offset for one in scene.hand.taken[many + 2 :]] == [many, many + 1, many + 2]
    assert len(reader.read) == many + 7, "what was read of it is not kept for ever"


async def test_it_waits_too_when_the_client_fails_elsewhere(scene: Scene, reader: Reader) -> None:
    scene.hand.refused = Counter({ACTIONS_TOPIC: 10**6})
    many = REFUSALS_AT_ONCE + 10
    poison = action("poison", topic=FOREIGN_ACTIONS_TOPIC)
    async with scene.in_hand(*(action(str(n)) for n in range(many))):
        scene.bus.put(action("waits"))
        await until(lambda: len(reader.read) == many + 1)
        scene.bus.undecodable.add(scene.bus.home_of(poison))
        scene.hand.may_go.set()
        await until(lambda: PAUSED_PARTITIONS._value.get() == 3)
        scene.bus.put(poison)
        await until(lambda: PAUSED_PARTITIONS._value.get() == 4)
        scene.hand.refused.clear()
        scene.clock.pass_by(seconds=60)
        await until(lambda: scene.committed(action("waits")) == many + 1)
    assert len(scene.hand.taken) == many + 1


async def test_after_what_stops_its_topic_it_is_not_taken(scene: Scene, reader: Reader) -> None:
    await scene.fill(100)
    scene.hand.unfit = frozenset({event(2)})
    async with scene.in_hand(asked(1), asked(2), asked(3)):
        scene.bus.put(asked(4))
        await until(lambda: len(reader.read) == 4)
        scene.hand.may_go.set()
        await until(lambda: STOPPED_PARTITIONS._value.get() == 6)
        await scene.idle()
        assert scene.hand.ids == [event(1), event(3)], "a part of the batch that was cut"
        assert scene.committed(asked(1)) == 1
        scene.hand.unfit = frozenset()
        scene.clock.pass_by(seconds=31)
        await until(lambda: scene.committed(asked(1)) == 4)
    assert scene.hand.ids[2:] == [event(2), event(3), event(4)]


async def test_of_a_partition_that_went_to_another_it_is_dropped(
    scene: Scene, reader: Reader
) -> None:
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2))
        await until(lambda: len(reader.read) == 2)
        await scene.bus.consumers[-1].rebalance([])
        scene.hand.may_go.set()
        await scene.idle()
        assert scene.hand.ids == [event(1)]
        await scene.bus.consumers[-1].rebalance([scene.bus.home_of(asked(1))])
        await until(lambda: scene.committed(asked(1)) == 2)
    assert scene.hand.ids == [event(1), event(1), event(2)]


async def test_of_a_partition_that_comes_back_at_once_it_is_fetched_again(
    scene: Scene, reader: Reader
) -> None:
    """The position is queried again, because another member may have committed meanwhile."""
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2))
        await until(lambda: len(reader.read) == 2)
        await scene.bus.consumers[-1].rebalance()
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 2)
        await scene.idle()
    assert scene.hand.ids == [event(1), event(2)]


async def test_at_the_stop_it_is_left_to_the_next(scene: Scene, reader: Reader) -> None:
    async with scene.in_hand(asked(1)) as consumer:
        scene.bus.put(asked(2))
        await until(lambda: len(reader.read) == 2)
        consumer.stop()
        scene.hand.may_go.set()
    assert scene.committed(asked(1)) == 1
    assert scene.hand.ids == [event(1)]
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 2)
    assert scene.hand.ids == [event(1), event(2)]


# --- where the client can't ----------------------------------------------------------------------


async def test_what_cannot_be_decoded_ahead_loses_nothing_and_repeats_nothing(
    scene: Scene, reader: Reader
) -> None:
    poison = action("poison", topic=FOREIGN_ACTIONS_TOPIC)
    async with scene.in_hand(asked(1)):
        scene.bus.put(asked(2))
        await until(lambda: len(reader.read) == 2)
        scene.bus.undecodable.add(scene.bus.home_of(poison))
        scene.bus.put(poison, asked(3), action("fine"), fired(1))
        await scene.idle_in_hand()
        scene.hand.may_go.set()
        await until(lambda: len(scene.hand.taken) == 5)
        await scene.idle()
        assert PAUSED_PARTITIONS._value.get() == 1
        scene.bus.undecodable.clear()
        scene.clock.pass_by(seconds=31)
        await until(lambda: scene.committed(poison) == 1)
        await scene.idle()
    assert sorted(Counter(scene.hand.ids).values()) == [1] * 6


async def test_what_the_client_could_not_decode_for_a_moment_is_not_passed_over(
    scene: Scene, reader: Reader
) -> None:
    poison = action("poison", topic=FOREIGN_ACTIONS_TOPIC)
    async with scene.in_hand(asked(1)):
        scene.bus.undecodable.add(scene.bus.home_of(poison))
        scene.bus.put(action("passed"), poison)
        await scene.idle_in_hand()
        scene.bus.undecodable.clear()
        scene.hand.may_go.set()
        await until(lambda: len(scene.hand.taken) == 3)
        await scene.idle()
    assert sorted(Counter(scene.hand.ids).values()) == [1] * 3


async def test_a_reader_that_takes_long_is_stopped_with_the_batch(
    scene: Scene, reader: Reader
) -> None:
    """Fetched records that were not decrypted in time are decrypted in their turn."""
    async with scene.in_hand(asked(1)):
        scene.bus.put(*(asked(2 + n) for n in range(200)))
        await until(lambda: len(reader.read) > 1)
        assert len(reader.read) < 201
        scene.hand.may_go.set()
        await until(lambda: scene.committed(asked(1)) == 201)
    assert scene.hand.ids == [event(1 + n) for n in range(201)]
    assert len(reader.read) == 201
