"""What is sent again, what is damped, and what stays `unsent` until acknowledged."""

import pytest

from shared.platform.kafka.bus import BusFault
from tests.support.builders import (
    BUREAU_TOPIC,
    PROGRESS_TOPIC,
    action,
    asked,
    id_of,
    progress,
    told,
)
from tests.support.doubles import Fate, header
from tests.support.replicas import Replica, World, ids

OTHER = "GD-TEST-0002"


# --- duplicates and damping ----------------------------------------------------------------------


async def test_a_seen_record_has_its_effects_sent_again_from_the_log(world: World) -> None:
    await world.replica().hear(asked(1, "both-1"), asked(2))
    sent = world.bus.sends[0]
    await world.replica().hear(asked(1, "both-1"))
    assert world.bus.sends[1] == sent[:2], "byte for byte"


async def test_also_when_another_replica_applied_it_and_died(world: World) -> None:
    dying = world.replica()
    await dying.letters.decide_and_store(dying.read(asked(1)))
    assert world.bus.sends == []
    await world.replica().hear(asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1)


async def test_what_was_just_acknowledged_is_damped_for_a_minute(
    world: World, replica: Replica
) -> None:
    await replica.hear(asked(1))
    world.clock.pass_by(seconds=59)
    await replica.hear(asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1)
    world.clock.pass_by(seconds=2)
    await replica.hear(asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1, 1)


async def test_a_duplicate_in_one_batch_sends_its_effects_once_and_in_order(
    world: World, replica: Replica
) -> None:
    await replica.hear(asked(1), asked(2), asked(2), asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1, 2)


async def test_effects_of_the_past_come_before_new_ones(world: World) -> None:
    await world.replica().hear(asked(1))
    await world.replica().hear(asked(1), asked(2))
    assert ids(world.bus.sends[-1]) == progress(1, 2)


# --- unsent --------------------------------------------------------------------------------------


async def test_effects_of_a_record_that_stands_carry_no_mark(
    world: World, replica: Replica
) -> None:
    await replica.letters.decide_and_store(replica.read(asked(1), asked(2)))
    assert "unsent" not in world.document()
    assert "unsent_since" not in world.document()


async def test_a_command_carries_unsent_until_it_is_acknowledged(
    world: World, replica: Replica
) -> None:
    folds = await replica.letters.decide_and_store([told("both-x")])
    assert world.document()["unsent"] == {"progress": 1, "bureau_guangzhou": 1}
    assert world.document()["unsent_since"] == world.clock()
    await replica.letters.send(folds)
    assert "unsent" not in world.document()
    assert "unsent_since" not in world.document()


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_a_mark_stays_while_anything_is_not_acknowledged(
    world: World, replica: Replica, fate: Fate
) -> None:
    await replica.hear(asked(1))
    folds = await replica.letters.decide_and_store([told("both-x")])
    world.bus.fates += ["sent", fate]
    with pytest.raises(BusFault):
        await replica.letters.send(folds)
    assert world.document()["unsent"] == {"progress": 2, "bureau_guangzhou": 1}


async def test_an_action_is_unsent_until_acknowledged(world: World, replica: Replica) -> None:
    world.bus.fates.append("refused")
    with pytest.raises(BusFault):
        await replica.hear(action("x"))
    assert world.document()["unsent"] == {"bureau_guangzhou": 1, "progress": 1}
    await world.replica().hear(asked(1))
    assert "unsent" in world.document()


async def test_a_record_from_early_is_unsent_until_acknowledged(
    world: World, replica: Replica
) -> None:
    await replica.hear(asked(2))
    world.bus.fates.append("refused")
    with pytest.raises(BusFault):
        await replica.hear(asked(1))
    assert world.document()["unsent"] == {"progress": 1}


async def test_f1_a_writer_that_sent_only_its_own_part_leaves_the_others_mark(
    world: World, replica: Replica
) -> None:
    """The first has kept and not sent; the second keeps more, sends its own, and must not clear."""
    await replica.letters.decide_and_store([told("both-first")])
    await world.replica().told(told("both-second"))
    assert world.document()["unsent"] == {"progress": 1, "bureau_guangzhou": 1}


async def test_f1_also_when_the_other_wrote_to_a_topic_of_its_own(
    world: World, replica: Replica
) -> None:
    """The first clears what it knows of; the other's topic was added to `unsent` meanwhile."""
    first = await replica.letters.decide_and_store([told("first")])
    await world.replica().letters.decide_and_store([told("bureau-second")])
    await replica.letters.send(first)
    assert world.document()["unsent"]["bureau_guangzhou"] == 1
    assert "unsent_since" in world.document()


async def test_where_sent_has_moved_on_the_mark_is_raised(world: World, replica: Replica) -> None:
    first = await replica.letters.decide_and_store([told("both-first")])
    await world.replica().letters.decide_and_store([told("second")])
    await replica.letters.send(first)
    assert world.document()["unsent"] == {"bureau_guangzhou": 1, "progress": 2}


async def test_marks_are_cleared_whatever_version_the_letter_has(
    world: World, replica: Replica
) -> None:
    folds = await replica.letters.decide_and_store([told("first")])
    await world.replica().letters.decide_and_store([told("nothing")])
    assert world.document()["version"] == 2
    await replica.letters.send(folds)
    assert "unsent" not in world.document()


async def test_a_later_mark_does_not_move_the_first_instant(world: World, replica: Replica) -> None:
    await replica.letters.decide_and_store([told("first")])
    began = world.clock()
    world.clock.pass_by(seconds=3)
    await replica.letters.decide_and_store([told("second")])
    assert world.document()["unsent_since"] == began


# --- actions -------------------------------------------------------------------------------------


async def test_an_action_again_gets_the_same_answer_again(world: World) -> None:
    await world.replica().hear(action("x"))
    await world.replica().hear(action("x"))
    first, second = world.bus.sends
    assert sorted(ids(first)) == sorted(ids(second))
    assert {one.value for one in first} == {one.value for one in second}
    assert world.document()["version"] == 1


async def test_an_action_with_other_content_adds_one_answer_and_no_more(world: World) -> None:
    await world.replica().hear(action("x", name="n"))
    for _ in range(3):
        await world.replica().hear(action("y", name="n"))
    assert len(world.log()) == 3
    assert b"id_reused" in world.bus.records(BUREAU_TOPIC)[-1].value
    assert world.state().notes == ("x",)


async def test_the_answer_names_the_action_as_its_cause(world: World, replica: Replica) -> None:
    await replica.hear(action("x"))
    assert {header(one, "ce_cause") for one in world.bus.sends[0]} == {str(id_of("x"))}
