"""A consumer notes lost records and continues, where retention or a broker removed some."""

import asyncio
from dataclasses import replace

import pytest
from aiokafka.structs import OffsetAndMetadata

from shared.contracts.topics import RESENDS
from shared.platform.consumer.positions import Positions
from shared.platform.kafka.bus import Inbound
from tests.support.builders import ACTIONS_TOPIC, LETTER, SUBMITTED_TOPIC, action, asked, fired
from tests.support.scene import IDS, Hand, Scene, event
from tests.support.waiting import until


def committed(scene: Scene, raw: Inbound, offset: int, incarnation: str = "i-1") -> None:
    scene.bus.commits[scene.bus.home_of(raw)] = OffsetAndMetadata(offset, incarnation)


# --- what retention took -------------------------------------------------------------------------


async def test_a_commit_below_the_first_offset_is_a_loss(scene: Scene) -> None:
    scene.bus.put(*(asked(n) for n in range(1, 6)))
    committed(scene, asked(1), 1)
    scene.bus.removed[scene.bus.home_of(asked(1))] = 3
    async with scene.consuming() as consumer:
        await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
        assert consumer.lost == {SUBMITTED_TOPIC}
        await until(lambda: scene.committed(asked(1)) == 5)
    assert scene.hand.ids == [event(4), event(5)]


@pytest.mark.parametrize(
    ("offset", "incarnation", "lost"),
    [(3, "i-1", False), (4, "i-1", False), (4, "i-0", True)],
    ids=["at the first", "past it", "of another incarnation"],
)
async def test_only_a_commit_of_this_incarnation_at_the_first_offset_or_past_it_lost_nothing(
    scene: Scene, offset: int, incarnation: str, *, lost: bool
) -> None:
    scene.bus.put(*(asked(n) for n in range(1, 6)))
    committed(scene, asked(1), offset, incarnation)
    scene.bus.removed[scene.bus.home_of(asked(1))] = 3
    async with scene.consuming() as consumer:
        await until(lambda: scene.committed(asked(1)) == 5)
        assert consumer.lost == (frozenset({SUBMITTED_TOPIC}) if lost else frozenset())
    first = 4 if lost else offset + 1
    assert scene.hand.ids == [event(number) for number in range(first, 6)]


async def test_a_group_that_never_committed_lost_what_is_gone_all_the_same(scene: Scene) -> None:
    """The topic was recreated, and its records expired before it was read."""
    scene.bus.put(asked(1), asked(2))
    scene.bus.removed[scene.bus.home_of(asked(1))] = 1
    async with scene.consuming() as consumer:
        await until(lambda: scene.committed(asked(1)) == 2)
        assert consumer.lost == {SUBMITTED_TOPIC}


async def test_a_loss_is_told_until_somebody_has_settled_it(scene: Scene) -> None:
    """Also after a restart in between, and also when much was committed since."""
    scene.bus.put(*(asked(n) for n in range(1, 6)))
    committed(scene, asked(1), 1)
    scene.bus.removed[scene.bus.home_of(asked(1))] = 3
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 5)
    async with scene.consuming() as consumer:
        await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
        assert consumer.lost == {SUBMITTED_TOPIC}
        await Positions(scene.notes).settled(consumer.lost)
    async with scene.consuming() as consumer:
        await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
        assert consumer.lost == frozenset()


async def test_a_settled_loss_is_not_found_again_when_nothing_came_since(scene: Scene) -> None:
    scene.bus.put(asked(1), asked(2))
    committed(scene, asked(1), 0)
    scene.bus.removed[scene.bus.home_of(asked(1))] = 2
    for lost in (frozenset({SUBMITTED_TOPIC}), frozenset()):
        async with scene.consuming() as consumer:
            await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
            assert consumer.lost == lost
            await Positions(scene.notes).settled(consumer.lost)


async def test_a_loss_is_noted_before_anything_else_is_taken(scene: Scene) -> None:
    scene.bus.put(*(asked(n) for n in range(1, 6)))
    committed(scene, asked(1), 1)
    scene.bus.removed[scene.bus.home_of(asked(1))] = 3
    scene.notes.failures += ["before", "before", "after"]
    scene.hand.watch = lambda: None if noted(scene) else pytest.fail("taken too early")
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 5)
    assert noted(scene)


async def test_of_lost_requests_nobody_need_be_told_and_of_lost_actions_somebody(
    scene: Scene,
) -> None:
    request = Inbound(RESENDS.name, 0, 0, scene.clock.at, LETTER.encode(), b"{", ())
    for raw in (request, action("x")):
        scene.bus.put(raw)
        committed(scene, raw, 0)
        scene.bus.removed[scene.bus.home_of(raw)] = 1
    async with scene.consuming(IDS | {RESENDS.name: "i-1"}) as consumer:
        await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
        assert consumer.lost == {ACTIONS_TOPIC}


async def test_what_retention_takes_under_a_running_consumer_is_a_loss_too(scene: Scene) -> None:
    """The topic was held back for longer than its retention."""
    scene.bus.put(asked(1), asked(2))
    async with scene.consuming() as consumer:
        await until(lambda: scene.committed(asked(1)) == 2)
        await scene.idle()
        consumer.was_reassigned.clear()
        scene.bus.removed[scene.bus.home_of(asked(1))] = 4
        scene.bus.put(asked(3), asked(4), asked(5))
        await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
        assert consumer.lost == {SUBMITTED_TOPIC}
        await until(lambda: scene.committed(asked(1)) == 5)


async def test_a_hole_in_a_bureau_s_topic_is_none_of_ours(scene: Scene) -> None:
    """A bureau may write in transactions, whose markers take offsets."""
    scene.bus.put(action("a"), action("marker"), action("b"))
    async with scene.consuming() as consumer:
        await until(lambda: scene.committed(action("a")) == 3)
        consumer.was_reassigned.clear()
        scene.bus.removed[scene.bus.home_of(action("a"))] = 4
        scene.bus.put(action("marker"), action("c"))
        await until(lambda: scene.committed(action("a")) == 5)
        assert consumer.lost == frozenset()
        assert not consumer.was_reassigned.is_set()


# --- past the end --------------------------------------------------------------------------------


async def test_a_position_past_the_end_begins_at_the_beginning(scene: Scene) -> None:
    """A broker that lost its tail under the same incarnation would be waited for in silence."""
    scene.bus.put(asked(1), asked(2))
    committed(scene, asked(1), 7)
    async with scene.consuming():
        await scene.idle()
        assert scene.hand.ids == [], "a fetch's idea of the end may be old"
        scene.clock.pass_by(seconds=11)
        await until(lambda: scene.committed(asked(1)) == 2)
    assert scene.hand.ids == [event(1), event(2)]


async def test_an_end_that_is_late_for_a_moment_changes_nothing(scene: Scene) -> None:
    scene.bus.put(asked(1), asked(2))
    place = scene.bus.home_of(asked(1))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 2)
        for _ in range(3):
            scene.bus.highwaters[place] = 1
            await scene.idle()
            scene.clock.pass_by(seconds=9)
            scene.bus.highwaters.clear()
            await scene.idle()
    assert scene.hand.ids == [event(1), event(2)]


# --- what it tells -------------------------------------------------------------------------------


async def test_it_tells_its_position_and_where_the_topic_ends(scene: Scene) -> None:
    place = scene.bus.home_of(asked(1))
    scene.bus.put(asked(1), asked(2))
    async with scene.consuming() as consumer:
        await until(lambda: consumer.position(place) == 2)
        assert consumer.end(place) == 2
        scene.hand.may_go.clear()
        scene.bus.put(asked(3))
        await until(lambda: scene.hand.attempts == 2)
        assert (consumer.position(place), consumer.end(place)) == (2, 3), "not dealt with yet"
        scene.hand.may_go.set()
        await until(lambda: consumer.position(place) == 3)
        await scene.bus.consumers[-1].rebalance([scene.bus.home_of(fired(1))])
        await until(lambda: place not in consumer.assigned and consumer.assigned)
        assert (consumer.position(place), consumer.end(place)) == (None, None)


async def test_before_it_knows_where_to_begin_it_tells_nothing(scene: Scene) -> None:
    place = scene.bus.home_of(asked(1))
    scene.notes.unread += [True] * 10**4
    async with scene.consuming() as consumer:
        await until(lambda: len(scene.notes.unread) < 10**4)
        assert consumer.assigned == frozenset()
        assert (consumer.position(place), consumer.end(place)) == (None, None)
        scene.notes.unread.clear()
        await until(lambda: consumer.position(place) == 0)


async def test_a_process_after_it_starts_with_a_new_hand(scene: Scene) -> None:
    scene.bus.put(asked(1))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 1)
    scene.hand = Hand()
    scene.bus.put(replace(asked(2)))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 2)
    assert scene.hand.ids == [event(2)]


def noted(scene: Scene) -> bool:
    return f"lost/{SUBMITTED_TOPIC}" in scene.notes.kept
