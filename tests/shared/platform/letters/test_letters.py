"""Decide, keep, send: races, lost answers and replicas end as if none had happened."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import pytest

from shared.kernel.errors import OutOfOrder
from shared.platform.kafka.bus import BusFault, Inbound
from shared.platform.letters import letters
from shared.platform.letters.letters import TooManyRaces
from shared.platform.mongo.database import DatabaseFault, Insert, Update
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    action,
    asked,
    fired,
    progress,
    told,
)
from tests.support.doubles import Failure, Fate
from tests.support.replicas import Replica, World

OTHER = "GD-TEST-0002"


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


# --- nothing is sent before it is kept -----------------------------------------------------------


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


# --- races ---------------------------------------------------------------------------------------


def meanwhile(world: World, *raw: Inbound) -> Callable[[], Awaitable[object]]:
    """What another replica receives and sends between this one's read and write."""
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
        await dying.letters.decide_and_store(dying.read(asked(1)))

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

    async def write_then_overwrite(operations: Sequence[Insert | Update]) -> object:
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
