"""Decide, keep, send: races, lost answers and replicas end as if none had happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from shared.kernel.errors import OutOfOrder
from shared.platform import letters
from shared.platform.bus import BusFault, Inbound
from shared.platform.database import DatabaseFault, Insert, Update
from shared.platform.letters import TooManyRaces
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    action,
    asked,
    fired,
    id_of,
    told,
)
from tests.support.doubles import Failure, Fate, header
from tests.support.replicas import Replica, World, ids

OTHER = "GD-TEST-0002"


def progress(*numbers: int, letter: str = LETTER) -> list[str]:
    return [f"{PROGRESS_TOPIC}/{letter}/{number}" for number in numbers]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def replica(world: World) -> Replica:
    return world.replica()


# --- one write for a batch -----------------------------------------------------------------------


async def test_a_batch_is_one_read_one_write_and_one_flush(world: World, replica: Replica) -> None:
    await replica.hear(asked(1), asked(1, letter=OTHER), asked(2), asked(2, letter=OTHER))
    assert len(world.documents.writes) == 1
    assert len(world.documents.writes[0]) == 2
    assert len(world.bus.sends) == 1
    assert world.bus.ids(PROGRESS_TOPIC, LETTER) == progress(1, 2)


async def test_the_first_write_is_an_insert_and_later_ones_compare_and_set(
    world: World, replica: Replica
) -> None:
    await replica.hear(asked(1))
    first_writer = world.document()["by"]
    await replica.hear(asked(2))
    first, second = (operations[0] for operations in world.documents.writes)
    assert isinstance(first, Insert)
    assert isinstance(second, Update)
    assert second.where == {"_id": LETTER, "version": 1, "by": first_writer}
    assert world.document()["version"] == 2
    assert world.document()["by"] != first_writer


async def test_nothing_is_written_for_what_changes_nothing(world: World, replica: Replica) -> None:
    await replica.hear(asked(1))
    await replica.hear(asked(1))
    assert len(world.documents.writes) == 1


async def test_states_are_of_letters_that_the_service_has(replica: Replica) -> None:
    await replica.hear(asked(1))
    assert await replica.letters.state(OTHER) is None
    assert list(await replica.letters.states([LETTER, OTHER])) == [LETTER]
    state = await replica.letters.state(LETTER)
    assert state is not None
    assert state.notes == ("ask-1",)


async def test_an_empty_batch_is_nothing(world: World, replica: Replica) -> None:
    assert await replica.hear() == []
    assert world.bus.sends == []


# --- nothing is sent before it is kept -------------------------------------------------------------


async def test_nothing_is_sent_before_the_write_is_acknowledged(
    world: World, replica: Replica
) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(len(world.documents.kept))
        assert world.log(LETTER)

    world.bus.before_send.append(look)
    await replica.hear(asked(1))
    assert seen == [1]


@pytest.mark.parametrize("failure", ["before", "after", "partly"])
async def test_nothing_is_sent_when_the_write_fails(
    world: World, replica: Replica, failure: Failure
) -> None:
    world.documents.failures.append(failure)
    with pytest.raises(DatabaseFault):
        await replica.hear(asked(1), asked(1, letter=OTHER))
    assert world.bus.sends == []


@pytest.mark.parametrize("failure", ["before", "after", "partly"])
async def test_a_failed_write_tried_again_ends_with_one_effect(
    world: World, replica: Replica, failure: Failure
) -> None:
    world.documents.failures.append(failure)
    batch = asked(1), asked(1, letter=OTHER), action("x", letter=OTHER)
    with pytest.raises(DatabaseFault):
        await replica.hear(*batch)
    await replica.hear(*batch)
    assert world.bus.ids(PROGRESS_TOPIC, LETTER) == progress(1)
    assert world.bus.ids(PROGRESS_TOPIC, OTHER) == progress(1, 2, letter=OTHER)
    assert world.state(OTHER).notes == ("ask-1", "x")


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_a_failed_send_tried_again_ends_with_the_same_event(
    world: World, replica: Replica, fate: Fate
) -> None:
    world.bus.fates.append(fate)
    with pytest.raises(BusFault):
        await replica.hear(asked(1), asked(2))
    version = world.document()["version"]
    await replica.hear(asked(1), asked(2))
    assert set(world.bus.ids(PROGRESS_TOPIC)) == set(progress(1, 2))
    assert len(set(world.bus.records(PROGRESS_TOPIC))) == 2, "one content for each id"
    assert world.document()["version"] == version
    assert world.bus.ids(PROGRESS_TOPIC).count(progress(2)[0]) == 1, "acknowledged, so damped"


async def test_a_read_that_fails_is_tried_again_by_whoever_asked(
    world: World, replica: Replica
) -> None:
    world.documents.unread.append(True)
    with pytest.raises(DatabaseFault):
        await replica.hear(asked(1))
    await replica.hear(asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1)


# --- races -----------------------------------------------------------------------------------------


def meanwhile(world: World, *raw: Inbound) -> Callable[[], Awaitable[object]]:
    """What another replica hears, and sends, between this one's read and write."""
    return partial(world.replica().hear, *raw)


async def test_a_first_write_that_collides_is_decided_again(world: World, replica: Replica) -> None:
    world.documents.before_write.append(meanwhile(world, action("x")))
    await replica.hear(asked(1))
    assert world.state().notes == ("x", "ask-1")
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1, 2)
    assert world.document()["version"] == 2


async def test_a_lost_race_is_decided_again_on_the_new_state(
    world: World, replica: Replica
) -> None:
    await replica.hear(asked(1))
    world.documents.before_write.append(meanwhile(world, action("x")))
    await replica.hear(asked(2))
    assert world.state().notes == ("ask-1", "x", "ask-2")
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1, 2, 3)


async def test_only_the_losers_are_decided_again(world: World, replica: Replica) -> None:
    await replica.hear(asked(1), asked(1, letter=OTHER))
    world.documents.before_write.append(meanwhile(world, action("x")))
    folds = await replica.hear(asked(2), asked(2, letter=OTHER))
    assert [fold.letter for fold in folds] == [OTHER, LETTER]
    assert [len(operations) for operations in world.documents.writes[-2:]] == [2, 1]
    assert world.document(OTHER)["version"] == 2


async def test_the_loser_of_a_race_for_the_same_record_sends_the_winners_effect(
    world: World, replica: Replica
) -> None:
    """Before it commits the offset: the winner may have died between keeping and sending."""
    dying = world.replica()

    async def keep_and_die() -> None:
        await dying.letters.keep(dying.read(asked(1)))

    world.documents.before_write.append(keep_and_die)
    await replica.hear(asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1)
    assert world.state().notes == ("ask-1",)


async def test_a_command_that_won_and_was_overwritten_is_not_applied_twice(
    world: World, replica: Replica
) -> None:
    """F2: `by` is another's when it is read back, and yet the command had been kept."""
    await replica.hear(asked(1), asked(1, letter=OTHER))
    rival = world.replica()

    async def overtake_the_other_letter() -> None:
        await rival.hear(asked(2, letter=OTHER))

    async def overwrite_after_the_write() -> None:
        await rival.told(told("rival"))

    world.documents.before_write.append(overtake_the_other_letter)
    bulk = world.documents.write

    async def write_then_overwrite(operations: letters.Sequence[Insert | Update]) -> object:
        written = await bulk(operations)
        if len(operations) == 2:
            await overwrite_after_the_write()
        return written

    world.documents.write = write_then_overwrite  # type: ignore[method-assign,assignment]  # a race in one place
    await replica.told(told("mine"), told("yours", letter=OTHER))
    assert world.state().notes == ("ask-1", "mine", "rival")
    assert world.state(OTHER).notes == ("ask-1", "ask-2", "yours")
    assert [entry.cause for entry in world.log()][1:] == ["mine", "rival"]


async def test_a_fold_that_changed_nothing_never_loses(world: World, replica: Replica) -> None:
    await replica.hear(asked(1))
    folds = await replica.told(told("refuse"))
    assert isinstance(folds[0].refusals["refuse", ""], OutOfOrder)


async def test_whoever_loses_every_race_gives_up_for_now(
    world: World, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "PAUSE_S", 0.0)
    await replica.hear(asked(1))
    for number in range(letters.MOST_ATTEMPTS):
        world.documents.before_write += [meanwhile(world, fired(number + 1)), quiet]
    with pytest.raises(TooManyRaces):
        await replica.hear(asked(2))
    await replica.hear(asked(2))
    assert world.document()["seen"]["submitted"] == 2


async def quiet() -> None:
    """Nothing happens meanwhile."""


async def test_two_replicas_at_once_apply_each_record_once(world: World) -> None:
    batch = [asked(number) for number in range(1, 6)]
    await asyncio.gather(*(world.replica().hear(*batch) for _ in range(4)))
    assert world.state().notes == tuple(f"ask-{number}" for number in range(1, 6))
    assert set(world.bus.ids(PROGRESS_TOPIC)) == set(progress(1, 2, 3, 4, 5))
    assert len(set(world.bus.records(PROGRESS_TOPIC))) == 5


# --- duplicates and damping --------------------------------------------------------------------------


async def test_a_seen_record_has_its_effects_sent_again_from_the_log(world: World) -> None:
    await world.replica().hear(asked(1, "both-1"), asked(2))
    sent = world.bus.sends[0]
    await world.replica().hear(asked(1, "both-1"))
    assert world.bus.sends[1] == sent[:2], "byte for byte"


async def test_also_when_another_replica_applied_it_and_died(world: World) -> None:
    dying = world.replica()
    await dying.letters.keep(dying.read(asked(1)))
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


# --- unsent ----------------------------------------------------------------------------------------


async def test_effects_of_a_record_that_stands_carry_no_mark(
    world: World, replica: Replica
) -> None:
    await replica.letters.keep(replica.read(asked(1), asked(2)))
    assert "unsent" not in world.document()
    assert "unsent_since" not in world.document()


async def test_a_command_carries_unsent_until_it_is_acknowledged(
    world: World, replica: Replica
) -> None:
    folds = await replica.letters.keep([told("both-x")])
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
    folds = await replica.letters.keep([told("both-x")])
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
    await replica.letters.keep([told("both-first")])
    await world.replica().told(told("both-second"))
    assert world.document()["unsent"] == {"progress": 1, "bureau_guangzhou": 1}


async def test_f1_also_when_the_other_wrote_to_a_topic_of_its_own(
    world: World, replica: Replica
) -> None:
    """The first clears by what it knows; the other's topic came into `unsent` meanwhile."""
    first = await replica.letters.keep([told("first")])
    await world.replica().letters.keep([told("bureau-second")])
    await replica.letters.send(first)
    assert world.document()["unsent"]["bureau_guangzhou"] == 1
    assert "unsent_since" in world.document()


async def test_where_sent_has_moved_on_the_mark_is_raised(world: World, replica: Replica) -> None:
    first = await replica.letters.keep([told("both-first")])
    await world.replica().letters.keep([told("second")])
    await replica.letters.send(first)
    assert world.document()["unsent"] == {"bureau_guangzhou": 1, "progress": 2}


async def test_marks_are_cleared_whatever_version_the_letter_has(
    world: World, replica: Replica
) -> None:
    folds = await replica.letters.keep([told("first")])
    await world.replica().letters.keep([told("nothing")])
    assert world.document()["version"] == 2
    await replica.letters.send(folds)
    assert "unsent" not in world.document()


async def test_a_later_mark_does_not_move_the_first_instant(world: World, replica: Replica) -> None:
    await replica.letters.keep([told("first")])
    began = world.clock()
    world.clock.pass_by(seconds=3)
    await replica.letters.keep([told("second")])
    assert world.document()["unsent_since"] == began


# --- actions ---------------------------------------------------------------------------------------


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
