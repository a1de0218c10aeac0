"""Too many unusable records, or one that can't be decoded, hold back their topic alone."""

from collections import Counter

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, UnsupportedCodecError

from shared.platform.consumer.dead_letter_limit import REFUSALS_A_SECOND, REFUSALS_AT_ONCE
from shared.platform.consumer.fetch_buffer import MOST_RECORDS
from shared.platform.runtime.shell_metrics import PAUSED_PARTITIONS, STOPPED_PARTITIONS
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
from tests.support.scene import Scene, broken, event, junk
from tests.support.waiting import until

OTHER = "GD-TEST-0002"


# --- too much of it ------------------------------------------------------------------------------


async def test_over_its_budget_a_topic_stops_there_and_no_other(scene: Scene) -> None:
    await scene.fill(100)
    elsewhere = fired(1)
    scene.bus.put(asked(1), broken(2), asked(3), elsewhere)
    async with scene.consuming():
        await until(lambda: len(scene.hand.taken) == 2)
        scene.bus.put(asked(4), asked(1, letter=OTHER), fired(2))
        await until(lambda: len(scene.hand.taken) == 3)
        await scene.idle()
        assert STOPPED_PARTITIONS._value.get() == 6, "all of the topic"
    assert sorted(scene.hand.ids) == [
        f"letters.deadlines/{LETTER}/1",
        f"letters.deadlines/{LETTER}/2",
        event(1),
    ]
    assert scene.committed(asked(1)) == 1, "nothing after it is committed"
    assert scene.committed(elsewhere) == 2
    assert len(scene.parked.kept) == 100


async def test_it_is_tried_again_each_half_minute_and_goes_on_when_there_is_room(
    scene: Scene,
) -> None:
    await scene.fill(100)
    scene.bus.put(broken(1), asked(2))
    async with scene.consuming():
        await until(lambda: STOPPED_PARTITIONS._value.get() == 6)
        scene.clock.pass_by(seconds=31)
        await scene.idle()
        assert STOPPED_PARTITIONS._value.get() == 6, "nobody has dealt with anything"
        assert scene.committed(asked(1)) == 0
        await scene.parking.forget(event(1000))
        await scene.idle()
        assert scene.committed(asked(1)) == 0, "not before the half minute has passed"
        scene.clock.pass_by(seconds=31)
        await until(lambda: scene.committed(asked(1)) == 2)
        assert STOPPED_PARTITIONS._value.get() == 0
    assert scene.hand.ids == [event(2)]
    assert event(1) in scene.parked.kept


async def test_over_its_budget_what_cannot_be_applied_stops_its_topic_too(scene: Scene) -> None:
    await scene.fill(100)
    scene.hand.unfit = frozenset({event(2)})
    scene.bus.put(asked(1), asked(2), asked(3))
    async with scene.consuming():
        await until(lambda: STOPPED_PARTITIONS._value.get() == 6)
        await scene.idle()
    assert scene.committed(asked(1)) == 1
    assert event(2) not in scene.parked.kept


async def test_a_failing_batch_does_not_wake_what_is_held_back(scene: Scene) -> None:
    await scene.fill(100)
    scene.bus.put(broken(1), fired(1))
    scene.hand.failures = 2
    async with scene.consuming():
        await until(lambda: scene.hand.taken)
        scene.bus.put(asked(2), fired(2))
        await until(lambda: len(scene.hand.taken) == 2)
        await scene.idle()
    assert event(2) not in scene.hand.ids
    assert scene.committed(asked(1)) == 0


async def test_an_assignment_looks_at_what_is_held_back_again(scene: Scene) -> None:
    await scene.fill(100)
    place = scene.bus.home_of(asked(1))
    scene.bus.put(broken(1), asked(2), fired(1))
    async with scene.consuming():
        await until(lambda: scene.hand.taken)
        scene.bus.partitioned[place][0] = asked(1)
        await scene.bus.consumers[-1].rebalance()
        await until(lambda: scene.committed(asked(1)) == 2)


async def test_counting_what_is_parked_is_tried_again_like_all_else(scene: Scene) -> None:
    scene.parked.unread += [True, True]
    scene.bus.put(broken(1))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 1)
    assert list(scene.parked.kept) == [event(1)]


async def test_a_bureau_over_its_budget_is_paused_alone(scene: Scene) -> None:
    scene.bus.put(*(junk(str(n)) for n in range(300)), action("after"))
    scene.bus.put(action("other", topic=FOREIGN_ACTIONS_TOPIC), fired(1))
    async with scene.consuming():
        await until(lambda: len(scene.told) == 200)
        await scene.idle()
        assert PAUSED_PARTITIONS._value.get() == 3
        scene.bus.put(action("more", topic=FOREIGN_ACTIONS_TOPIC), fired(2), action("waits"))
        await until(lambda: len(scene.hand.taken) == 4)
        await scene.idle()
        assert scene.committed(action("after")) == 200
        assert {one.raw.topic for one in scene.hand.taken} == {
            FOREIGN_ACTIONS_TOPIC,
            "letters.deadlines",
        }


async def test_it_goes_on_at_the_rate_at_which_its_budget_comes_back(scene: Scene) -> None:
    scene.bus.put(*(junk(str(n)) for n in range(240)), action("after"))
    async with scene.consuming():
        await until(lambda: len(scene.told) == 200)
        for told in (220, 240):
            scene.clock.pass_by(seconds=10.1)
            await until(lambda told=told: len(scene.told) == told)  # type: ignore[misc]  # bound now
            await scene.idle()
            assert len(scene.told) == told
        scene.clock.pass_by(seconds=10.1)
        await until(lambda: scene.committed(action("after")) == 241)
        assert PAUSED_PARTITIONS._value.get() == 0


async def test_what_rules_refuse_counts_against_a_bureau_as_well(scene: Scene) -> None:
    scene.hand.refused = Counter({ACTIONS_TOPIC: 10**6})
    owed = MOST_RECORDS - REFUSALS_AT_ONCE
    scene.bus.put(*(action(str(n)) for n in range(MOST_RECORDS + 50)), fired(1))
    async with scene.consuming():
        await until(lambda: PAUSED_PARTITIONS._value.get() == 3)
        await scene.idle()
        assert scene.committed(action("0")) == MOST_RECORDS, "what was decided is committed"
        scene.clock.pass_by(seconds=owed / REFUSALS_A_SECOND + 11)
        await until(lambda: scene.committed(action("0")) == MOST_RECORDS + 50)


# --- what the client can't decode ----------------------------------------------------------------


async def test_a_batch_that_cannot_be_decoded_holds_its_partition_back_alone(
    scene: Scene,
) -> None:
    """Records of other partitions that the client had fetched when it raised are not lost."""
    poison = action("poison", topic=FOREIGN_ACTIONS_TOPIC)
    scene.bus.undecodable.add(scene.bus.home_of(poison))
    scene.bus.put(poison, fired(1), asked(1), action("fine"))
    async with scene.consuming():
        await until(lambda: len(scene.hand.taken) == 3)
        scene.bus.put(fired(2), asked(2))
        await until(lambda: len(scene.hand.taken) == 5)
        assert PAUSED_PARTITIONS._value.get() == 1
        scene.bus.undecodable.clear()
        scene.clock.pass_by(seconds=31)
        await until(lambda: scene.committed(poison) == 1)
    assert sorted(Counter(scene.hand.ids).values()) == [1] * 6


async def test_what_stands_before_it_in_its_partition_is_handled(scene: Scene) -> None:
    """And once only, however often what can't be decoded is tried again."""

    def undecodable() -> float:
        return sample("mailbox_consumer_undecodable_partitions", bureau="guangzhou")

    home = scene.bus.home_of(action("fine"))
    scene.bus.undecodable_at[home] = 2
    scene.bus.put(action("fine"), action("too"), action("poison"), fired(1))
    async with scene.consuming():
        await until(lambda: PAUSED_PARTITIONS._value.get() == 1)
        await until(lambda: scene.committed(action("fine")) == 2)
        scene.clock.pass_by(seconds=31)
        await scene.idle()
        assert (undecodable(), PAUSED_PARTITIONS._value.get()) == (1, 1)
        scene.bus.undecodable_at.clear()
        scene.clock.pass_by(seconds=31)
        await until(lambda: scene.committed(action("fine")) == 3)
        assert undecodable() == 0
    assert sorted(Counter(scene.hand.ids).values()) == [1] * 4


async def test_a_batch_that_cannot_be_decoded_while_another_fails_ends_nothing(
    scene: Scene,
) -> None:
    scene.hand.failures = 3
    scene.bus.put(fired(1))
    async with scene.consuming():
        await until(lambda: scene.hand.attempts)
        scene.bus.undecodable.add(scene.bus.home_of(action("poison")))
        scene.bus.put(action("poison"))
        await until(lambda: scene.committed(fired(1)) == 1)
        await scene.idle()


async def test_while_it_rests_what_the_client_cannot_decode_has_nothing_fetched_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, faults = FakeConsumer.getmany, [UnsupportedCodecError()]

    async def getmany(member: FakeConsumer, *only: TopicPartition, **of: int) -> object:
        if scene.hand.attempts and of["timeout_ms"] == 0 and faults:
            raise faults.pop()
        return await poll(member, *only, **of)

    monkeypatch.setattr(FakeConsumer, "getmany", getmany)
    scene.hand.failures = 3
    scene.bus.put(fired(1), asked(1))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 1)
        await scene.idle()
    assert not faults
    assert sorted(Counter(scene.hand.ids).values()) == [1, 1]


async def test_a_broker_that_refuses_to_be_read_is_no_partition_s_fault(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def getmany(*_: object, **__: object) -> object:
        raise KafkaConnectionError

    monkeypatch.setattr(FakeConsumer, "getmany", getmany)
    with pytest.raises(KafkaConnectionError):
        async with scene.consuming():
            await until(lambda: scene.bus.consumers[-1].is_stopped)


async def test_a_group_that_cannot_be_joined_is_a_fault_and_leaves_nothing_open(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(_: object) -> None:
        raise KafkaConnectionError

    monkeypatch.setattr(FakeConsumer, "start", start)
    with pytest.raises(KafkaConnectionError):
        async with scene.consuming():
            await until(lambda: scene.bus.consumers[-1].is_stopped)
    assert scene.bus.consumers[-1].is_stopped
