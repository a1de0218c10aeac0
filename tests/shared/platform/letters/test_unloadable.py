"""A letter whose document can't be loaded loses nothing, and no other letter waits for it."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.platform.consumer import consumer as module
from shared.platform.consumer.dead_letter_policy import Handled, handled
from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.letters.service_decider import Record
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    LETTER,
    action,
    asked,
    id_of,
    progress,
    told,
)
from tests.support.parked import Stage, event
from tests.support.replicas import World
from tests.support.samples import sample
from tests.support.scene import Scene
from tests.support.waiting import until

OTHER = "GD-TEST-0002"
ACTION = f"{ACTIONS_TOPIC}/{LETTER}/{id_of('x')}"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are tried again at once."""
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.002)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def damage(world: World) -> Any:
    """Damage the letter's document; return what `repair` needs."""
    kept = world.documents.kept[LETTER]
    good, kept["state"] = kept["state"], {"kind": "novel"}
    return good


def repair(world: World, good: Any) -> None:
    world.documents.kept[LETTER]["state"] = good


async def wrecked(stage: Stage) -> Any:
    """A letter with a history, damaged."""
    await stage.hear(asked(1), asked(1, letter=OTHER))
    return damage(stage.world)


async def heard(stage: Stage, *raws: Any) -> None:
    """Process these and park the rest, as the consumer does."""
    left = handled(await stage.world.replica().hear(*raws))
    await stage.parking.park(left.unfit)


# --- records of our own topics -------------------------------------------------------------------


async def test_its_records_are_left_to_be_parked_and_other_letters_go_on(stage: Stage) -> None:
    good = await wrecked(stage)
    failures = sample("mailbox_shell_load_failures_total")
    left = handled(
        await stage.world.replica().hear(asked(2), asked(2, letter=OTHER), asked(3))
    ).unfit
    assert [(one.code, one.detail) for one in left] == [("unloadable", "ValidationError")] * 2
    assert stage.world.state(OTHER).notes == ("ask-1", "ask-2")
    assert sample("mailbox_shell_load_failures_total") == failures + 1
    repair(stage.world, good)
    assert stage.world.state().notes == ("ask-1",)


async def test_the_consumer_parks_them_and_its_partitions_go_on() -> None:
    scene, stage = Scene(), Stage()
    await wrecked(stage)

    async def handle(records: Sequence[Record]) -> Handled:
        return handled(await stage.world.replica().letters.process_batch(records))

    scene.hand = handle  # type: ignore[assignment]  # the shell in the hand's place
    scene.bus.put(asked(2), action("x"), action("y", letter=OTHER), asked(2, letter=OTHER))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(2)) and scene.committed(action("x")) == 2)
        await until(lambda: scene.committed(asked(2, letter=OTHER)))
    assert set(scene.parked.kept) == {event(2), ACTION}
    assert {one["code"] for one in scene.parked.kept.values()} == {"unloadable"}
    assert scene.told == []
    assert set(stage.world.state(OTHER).notes) == {"ask-1", "y", "ask-2"}


async def test_once_it_is_repaired_a_replay_applies_them_in_order(stage: Stage) -> None:
    good = await wrecked(stage)
    await heard(stage, asked(2), asked(3))
    assert await stage.tried("replay", 2) == "unfit"
    repair(stage.world, good)
    assert [await stage.tried("replay", number) for number in (2, 3)] == ["done", "done"]
    assert stage.world.state().notes == ("ask-1", "ask-2", "ask-3")
    assert set(stage.said()) >= set(progress(1, 2, 3))
    assert stage.is_settled()


# --- what bureaus ask ----------------------------------------------------------------------------


async def test_an_action_is_parked_once_however_often_it_is_sent(stage: Stage) -> None:
    await wrecked(stage)
    await heard(stage, action("x"), action("x"))
    await heard(stage, action("x"), action("x", letter=OTHER, name="other"))
    assert list(stage.parked.kept) == [ACTION]
    assert len(stage.world.bus.records(BUREAU_TOPIC)) == 1, "the other letter's was answered"


async def test_an_action_is_decided_and_answered_once_its_letter_is_repaired(stage: Stage) -> None:
    good = await wrecked(stage)
    await heard(stage, action("x"))
    assert await stage.operator().replay(ACTION) == "unfit"
    repair(stage.world, good)
    assert await stage.operator().replay(ACTION) == "done"
    assert stage.parked.kept == {}
    assert stage.world.state().notes == ("ask-1", "x")
    assert len(stage.world.bus.records(BUREAU_TOPIC)) == 1


async def test_an_action_that_was_decided_before_its_replay_is_decided_once(stage: Stage) -> None:
    """Its bureau sends it again until it is answered."""
    good = await wrecked(stage)
    await heard(stage, action("x"))
    repair(stage.world, good)
    await heard(stage, action("x"))
    assert await stage.operator().replay(ACTION) == "done"
    assert stage.world.state().notes == ("ask-1", "x")
    assert len(set(stage.world.bus.records(BUREAU_TOPIC))) == 1


# --- who asks over HTTP --------------------------------------------------------------------------


async def test_a_command_on_it_fails_alone(stage: Stage) -> None:
    await wrecked(stage)
    folds = await stage.world.replica().told(told("a"), told("a", letter=OTHER))
    refused = {fold.letter: [*fold.refusals] for fold in folds}
    assert refused == {LETTER: [("a", "")], OTHER: []}
    assert stage.world.state(OTHER).notes == ("ask-1", "a")


async def test_a_look_at_it_fails_and_a_list_leaves_it_out(stage: Stage) -> None:
    await wrecked(stage)
    letters = stage.world.replica().letters
    with pytest.raises(ValueError, match="kind"):
        await letters.state(LETTER)
    assert list(await letters.states([LETTER, OTHER])) == [OTHER]


async def test_a_wrong_ring_is_a_fault_of_each_document(stage: Stage) -> None:
    """Then the budget for parking stops the topic, rather than all of it being parked."""
    await stage.hear(asked(1))
    stage.world.documents.kept[LETTER]["state"] = {"kind": "diary", "notes": [], "words": "k.A.x"}
    (left,) = handled(await stage.world.replica().hear(asked(2))).unfit
    assert left.detail == CannotOpen.__name__
