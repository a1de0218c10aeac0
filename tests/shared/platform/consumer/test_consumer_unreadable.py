"""Unusable records are parked, answered or skipped; too many of them hold their topic back."""

from dataclasses import replace

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.contracts.topics import RESENDS
from shared.platform.consumer.dead_letter_policy import handled
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from tests.support.builders import (
    ACTIONS_TOPIC,
    LETTER,
    action,
    asked,
    fired,
    unknown_action,
    written,
)
from tests.support.doubles import Failure
from tests.support.replicas import World
from tests.support.scene import IDS, Scene, broken, event, junk
from tests.support.waiting import until

OTHER = "GD-TEST-0002"


# --- parked --------------------------------------------------------------------------------------


async def test_an_unreadable_record_is_parked_and_its_partition_goes_on(scene: Scene) -> None:
    scene.bus.put(asked(1), broken(2), asked(3))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 3)
    assert scene.hand.ids == [event(1), event(3)]
    assert list(scene.parked.kept) == [event(2)]


async def test_it_is_parked_before_its_offset_is_committed(scene: Scene) -> None:
    scene.parked.failures += ["before", "after"]

    async def watch() -> None:
        assert not scene.bus.commits

    scene.parked.before_write += [watch, watch, watch]
    scene.hand.watch = lambda: None if scene.parked.kept else pytest.fail("handled too early")
    scene.bus.put(broken(1))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 1)
        assert not scene.parked.failures
    assert list(scene.parked.kept) == [event(1)]


@pytest.mark.parametrize("failure", ["before", "after", "partly"])
async def test_a_process_that_dies_while_parking_leaves_it_to_the_next(
    scene: Scene, failure: Failure
) -> None:
    scene.bus.put(broken(1), broken(2), asked(3))
    scene.parked.failures += [failure] * 10**4
    async with scene.consuming():
        await until(lambda: len(scene.parked.failures) < 10**4)
    assert scene.committed(asked(1)) == 0
    scene.parked.failures.clear()
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 3)
    assert list(scene.parked.kept) == [event(1), event(2)]
    assert scene.hand.ids == [event(3)]


async def test_words_that_cannot_be_opened_are_parked_too(scene: Scene) -> None:
    foreign = replace(written(1, letter=OTHER), value=written(1).value)
    scene.bus.put(foreign)
    async with scene.consuming():
        await until(lambda: scene.committed(foreign) == 1)
    (parked,) = await scene.parking.listed()
    assert (parked.code, parked.detail) == ("bad_envelope", "wrong_header")


async def test_what_this_version_cannot_apply_is_parked_before_its_commit(scene: Scene) -> None:
    scene.hand.unfit = frozenset({event(2)})
    scene.parked.failures += ["before"]
    scene.bus.put(asked(1), asked(2), asked(1, letter=OTHER))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) >= 2)
    (parked,) = await scene.parking.listed()
    assert (parked.id, parked.code, parked.detail) == (event(2), "unfit", "KeyError")


async def test_what_had_waited_beside_its_letter_is_parked_whatever_the_budget(
    scene: Scene,
) -> None:
    """It was committed long ago: no later fetch brings it again."""
    await scene.fill(100)
    waited = Faulty(replace(asked(9), offset=0, partition=5), "unfit", "KeyError")
    scene.bus.put(fired(1), fired(2))
    original = scene.hand.__call__

    async def handle(records: object) -> object:
        done = await original(records)  # type: ignore[arg-type]  # the records as they came
        return replace(done, unfit=[*done.unfit, waited])

    scene.hand = handle  # type: ignore[assignment]  # a hand that finds more
    async with scene.consuming():
        await until(lambda: scene.committed(fired(1)) == 2)
    assert event(9) in scene.parked.kept


async def test_later_events_of_the_letter_wait_and_other_letters_go_on(scene: Scene) -> None:
    """The whole path: consumer, letters, parking."""
    world = World()
    replica = world.replica()

    async def handle(records: object) -> object:
        return handled(await replica.letters.process_batch(records))  # type: ignore[arg-type]  # as above

    scene.hand = handle  # type: ignore[assignment]  # the shell in the hand's place
    scene.bus.put(asked(1), broken(2), asked(3), asked(1, letter=OTHER))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 3 and OTHER in world.documents.kept)
    assert world.state().notes == ("ask-1",)
    assert world.document()["heard"] == {"submitted": 3}
    assert world.state(OTHER).notes == ("ask-1",)


async def test_a_request_for_a_resend_that_cannot_be_read_is_passed_over(scene: Scene) -> None:
    rubbish = Inbound(RESENDS.name, 0, 0, scene.clock.at, LETTER.encode(), b"{", ())
    scene.bus.put(rubbish)
    async with scene.consuming(IDS | {RESENDS.name: "i-1"}):
        await until(lambda: scene.committed(rubbish) == 1)
    assert scene.parked.kept == {}
    assert scene.told == []


# --- outsiders -----------------------------------------------------------------------------------


async def test_a_bureau_is_told_and_its_partition_goes_on(scene: Scene) -> None:
    scene.bus.put(action("x"), unknown_action("a.$b"), action("y"))
    async with scene.consuming():
        await until(lambda: scene.committed(action("x")) == 3)
    assert len(scene.hand.taken) == 2
    assert [one.raw.topic for one in scene.told] == [ACTIONS_TOPIC]
    assert scene.parked.kept == {}


async def test_telling_a_bureau_is_tried_again_like_all_else(scene: Scene) -> None:
    """A broker that is away while a bureau's junk is answered must not end the process."""
    scene.tell_faults += [KafkaConnectionError(), KafkaConnectionError()]
    scene.bus.put(action("x"), junk("y"), action("z"))
    async with scene.consuming():
        await until(lambda: scene.committed(action("x")) == 3)
    assert [one.envelope.data.staff for one in scene.hand.taken] == ["x", "z"]
    assert len(scene.told) == 1
