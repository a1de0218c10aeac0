"""What cannot be read stops its partition and no other, or whoever sent it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from shared.contracts.envelope import Unreadable
from shared.platform import consumer as module
from shared.platform.bus import Inbound
from shared.platform.jwe import BadEnvelope
from tests.support.builders import (
    ACTIONS_TOPIC,
    LETTER,
    action,
    asked,
    fired,
    unknown_action,
    written,
)
from tests.support.consuming import ConsumingBus, FakeConsumer
from tests.support.scene import Scene
from tests.support.waiting import until

OTHER = "GD-TEST-0002"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are tried again at once."""
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.002)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def event(number: int, letter: str = LETTER) -> str:
    return f"letters.submitted/{letter}/{number}"


def broken(number: int, letter: str = LETTER) -> Inbound:
    return replace(asked(number, letter=letter), value=b"{")


# --- unreadable ----------------------------------------------------------------------------------


async def test_an_unreadable_record_stops_its_partition_and_no_other(scene: Scene) -> None:
    elsewhere = fired(1)
    scene.bus.put(asked(1), broken(2), asked(3), elsewhere)
    async with scene.consuming():
        await until(lambda: len(scene.hand.taken) == 2)
        scene.bus.put(asked(4), fired(2))
        await until(lambda: len(scene.hand.taken) == 3)
        await scene.idle()
    assert sorted(scene.hand.ids) == [
        f"letters.deadlines/{LETTER}/1",
        f"letters.deadlines/{LETTER}/2",
        event(1),
    ]
    assert scene.committed(asked(1)) == 1, "nothing after it is committed"
    assert scene.committed(elsewhere) == 2


async def test_words_that_cannot_be_opened_stop_their_partition_too(scene: Scene) -> None:
    faults: list[Unreadable | BadEnvelope] = []

    async def note(_: Inbound, fault: Unreadable | BadEnvelope) -> bool:
        faults.append(fault)
        return False

    scene.unreadable = note
    foreign = replace(written(1, letter=OTHER), value=written(1).value)
    scene.bus.put(foreign, fired(1))
    async with scene.consuming():
        await until(lambda: scene.hand.taken and faults)
        await scene.idle()
    assert isinstance(faults[0], BadEnvelope)
    assert scene.committed(foreign) == 0


async def test_a_failing_batch_does_not_wake_a_stopped_partition(scene: Scene) -> None:
    scene.bus.put(broken(1), fired(1))
    scene.hand.failures = 2
    async with scene.consuming():
        await until(lambda: scene.hand.taken)
        scene.bus.put(asked(2), fired(2))
        await until(lambda: len(scene.hand.taken) == 2)
        await scene.idle()
    assert event(2) not in scene.hand.ids
    assert scene.committed(asked(1)) == 0


async def test_an_assignment_looks_at_the_stopped_record_again(scene: Scene) -> None:
    place = scene.bus.place_of(asked(1))
    scene.bus.put(broken(1), asked(2), fired(1))
    async with scene.consuming():
        await until(lambda: scene.hand.taken)
        scene.bus.partitioned[place][0] = asked(1)
        await scene.bus.consumers[-1].rebalance()
        await until(lambda: scene.committed(asked(1)) == 2)


async def test_an_outsider_is_told_and_its_partition_goes_on(scene: Scene) -> None:
    said: list[Inbound] = []

    async def tell(raw: Inbound, _: object) -> bool:
        said.append(raw)
        return True

    scene.unreadable = tell
    scene.bus.put(action("x"), unknown_action("a.$b"), action("y"))
    async with scene.consuming():
        await until(lambda: scene.committed(action("x")) == 3)
    assert len(scene.hand.taken) == 2
    assert [one.topic for one in said] == [ACTIONS_TOPIC]


async def test_telling_an_outsider_is_tried_again_like_all_else(scene: Scene) -> None:
    """A broker that is away while a bureau's junk is answered must not end the process."""
    failures = [KafkaConnectionError(), KafkaConnectionError()]

    async def tell(_: Inbound, __: object) -> bool:
        if failures:
            raise failures.pop()
        return True

    scene.unreadable = tell
    scene.bus.put(action("x"), replace(action("y"), value=b"{"), action("z"))
    async with scene.consuming():
        await until(lambda: scene.committed(action("x")) == 3)
    assert [one.envelope.data.staff for one in scene.hand.taken] == ["x", "z"]


async def test_a_group_that_cannot_be_joined_is_a_fault_and_leaves_nothing_open(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start(_: object) -> None:
        raise KafkaConnectionError

    monkeypatch.setattr(FakeConsumer, "start", start)
    with pytest.raises(KafkaConnectionError):
        async with scene.consuming():
            await until(lambda: scene.bus.consumers)
    assert scene.bus.consumers[-1].is_stopped


def test_partitions_are_where_their_keys_belong() -> None:
    assert ConsumingBus.place_of(asked(1)) == ConsumingBus.place_of(asked(9))
    assert isinstance(ConsumingBus.place_of(asked(1)), TopicPartition)
