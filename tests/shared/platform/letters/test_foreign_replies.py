"""Bureaus that don't hold a letter get one answer without a number, and no document grows."""

import asyncio

import pytest

from shared.platform.kafka.bus import BusFault
from shared.platform.mongo.database import DatabaseFault
from tests.support.builders import (
    ACTIONS_TOPIC,
    BUREAU_TOPIC,
    FOREIGN_ACTIONS_TOPIC,
    FOREIGN_BUREAU_TOPIC,
    LETTER,
    action,
    asked,
    id_of,
)
from tests.support.doubles import header
from tests.support.replicas import World


async def test_an_unknown_letter_gets_no_document(world: World) -> None:
    await world.replica().hear(action("foreign"))
    assert world.documents.kept == {}
    (answer,) = world.bus.records(BUREAU_TOPIC)
    assert b"not_held" in answer.value
    assert header(answer, "ce_sequence") == ""
    assert header(answer, "ce_id") == f"{BUREAU_TOPIC}/refused/{id_of('foreign')}"


async def test_a_foreign_letter_does_not_grow(world: World) -> None:
    await world.replica().hear(asked(1))
    before = world.document()
    for number in range(5):
        await world.replica().hear(action("foreign", name=f"f-{number}"))
    assert world.document() == before
    assert len(world.strangers.kept) == 5


async def test_the_answer_is_kept_before_it_is_sent_and_the_same_on_repeat(world: World) -> None:
    async def look() -> None:
        assert len(world.strangers.kept) == 1

    world.bus.before_send.append(look)
    await world.replica().hear(action("foreign"))
    world.clock.pass_by(hours=1)
    await world.replica().hear(action("foreign"))
    first, second = world.bus.records(BUREAU_TOPIC)
    assert first == second
    (kept,) = world.strangers.kept.values()
    assert kept["_id"] == f"bureau.guangzhou/{id_of('foreign')}"
    assert kept["at"] < world.clock()


async def test_the_same_also_when_the_letter_came_to_the_bureau_meanwhile(world: World) -> None:
    await world.replica().hear(action("foreign", name="n"))
    await world.replica().hear(action("x", name="n"))
    assert len(set(world.bus.records(BUREAU_TOPIC))) == 1
    assert world.documents.kept == {}


async def test_twice_in_one_batch_is_one_answer(world: World) -> None:
    await world.replica().hear(action("foreign"), action("foreign"))
    assert len(set(world.bus.records(BUREAU_TOPIC))) == 1
    assert len(world.strangers.kept) == 1


async def test_two_replicas_at_once_give_one_answer(world: World) -> None:
    async def later() -> None:
        world.clock.pass_by(seconds=1)
        await world.replica().hear(action("foreign"))

    world.strangers.before_write.append(later)
    await world.replica().hear(action("foreign"))
    assert len(world.bus.records(BUREAU_TOPIC)) == 2
    assert len(set(world.bus.records(BUREAU_TOPIC))) == 1, "one content for one id"


async def test_a_failed_send_is_made_good_by_the_same_answer(world: World) -> None:
    world.bus.fates.append("lost")
    with pytest.raises(BusFault):
        await world.replica().hear(action("foreign"))
    world.clock.pass_by(seconds=5)
    await world.replica().hear(action("foreign"))
    assert len(set(world.bus.records(BUREAU_TOPIC))) == 1


async def test_an_answer_that_could_not_be_kept_is_not_sent(world: World) -> None:
    world.strangers.failures.append("before")
    with pytest.raises(DatabaseFault):
        await world.replica().hear(action("foreign"))
    assert world.bus.sends == []


async def test_one_bureaus_answer_does_not_stand_in_for_anothers(world: World) -> None:
    """Copying an action id of another bureau must not silence that bureau's action."""
    await world.replica().hear(action("foreign", name="n", topic=FOREIGN_ACTIONS_TOPIC))
    batch = (
        action("foreign", name="n", topic=FOREIGN_ACTIONS_TOPIC),
        action("x", name="n", topic=ACTIONS_TOPIC),
    )
    await asyncio.wait_for(world.replica().hear(*batch), 5)
    assert world.state(LETTER).notes == ("x",)
    assert len(world.bus.records(FOREIGN_BUREAU_TOPIC)) == 2
    types = [header(one, "ce_type") for one in world.bus.records(BUREAU_TOPIC)]
    assert types == ["gd.mailbox.action.applied.v1"]
