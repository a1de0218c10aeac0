"""Offsets are committed only after the work is done, and count only under their incarnation."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka.errors import CommitFailedError, KafkaConnectionError
from aiokafka.structs import OffsetAndMetadata

from shared.platform.consumer.dead_letter_policy import Handled, handled
from shared.platform.letters.service_decider import Record
from shared.platform.runtime import shell_metrics
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    asked,
    fired,
)
from tests.support.replicas import World
from tests.support.samples import sample
from tests.support.scene import IDS, Hand, Scene, event
from tests.support.waiting import until

OTHER = "GD-TEST-0002"
FAILURES = "mailbox_consumer_batch_failures_total"
BATCHES = "mailbox_consumer_batch_seconds"
SUCCESS = "mailbox_consumer_last_success_timestamp_seconds"


# --- commits -------------------------------------------------------------------------------------


async def test_what_was_handled_is_committed_under_its_incarnation(scene: Scene) -> None:
    scene.bus.put(asked(1), asked(2), fired(1))
    async with scene.consuming():
        await until(lambda: len(scene.hand.taken) == 3 and len(scene.bus.commits) == 2)
    assert scene.bus.commits[scene.bus.home_of(asked(1))] == OffsetAndMetadata(2, "i-1")
    assert scene.bus.commits[scene.bus.home_of(fired(1))] == OffsetAndMetadata(1, "i-1")


async def test_nothing_is_committed_while_the_batch_is_under_way(scene: Scene) -> None:
    scene.bus.put(asked(1))
    scene.hand.may_go.clear()
    scene.hand.watch = lambda: pytest.fail("committed too early") if scene.bus.commits else None
    async with scene.consuming():
        await until(lambda: scene.hand.attempts)
        await asyncio.sleep(0.01)
        assert scene.bus.commits == {}
        scene.hand.may_go.set()
        await until(lambda: scene.bus.commits)


async def test_a_failing_batch_is_tried_again_until_it_succeeds(scene: Scene) -> None:
    scene.bus.put(asked(1))
    scene.hand.failures = 3
    async with scene.consuming():
        await until(lambda: scene.bus.commits)
    assert scene.hand.attempts >= 4
    assert scene.hand.ids == [event(1)]


async def test_the_shell_behind_it_sends_before_the_commit_and_once(scene: Scene) -> None:
    """The whole path: a send that fails, and the acknowledgement of another that gets lost."""
    world = World()
    world.bus.fates += ["refused", "lost"]

    async def handle(records: Sequence[Record]) -> Handled:
        assert not scene.bus.commits
        return handled(await replica.letters.process_batch(records))

    replica = world.replica()
    scene.hand = handle  # type: ignore[assignment]  # the shell in the hand's place
    scene.bus.put(asked(1))
    async with scene.consuming():
        await until(lambda: scene.bus.commits)
    assert set(world.bus.ids(PROGRESS_TOPIC)) == {f"{PROGRESS_TOPIC}/{LETTER}/1"}
    assert len(set(world.bus.records(PROGRESS_TOPIC))) == 1
    assert len(world.bus.sends) == 3


async def test_a_batch_in_hand_at_the_stop_is_finished_and_committed(scene: Scene) -> None:
    scene.bus.put(asked(1))
    scene.hand.may_go.clear()
    async with scene.consuming() as consumer:
        await until(lambda: scene.hand.attempts)
        consumer.stop()
        scene.hand.may_go.set()
    assert scene.committed(asked(1)) == 1
    assert scene.bus.consumers[-1].is_stopped


async def test_a_batch_that_fails_at_the_stop_is_dropped_and_not_committed(scene: Scene) -> None:
    scene.bus.put(asked(1))
    scene.hand.failures = 10**9
    async with scene.consuming():
        await until(lambda: scene.hand.attempts > 2)
    assert scene.bus.commits == {}
    assert scene.bus.consumers[-1].is_stopped


async def test_a_commit_that_fails_ends_nothing(scene: Scene) -> None:
    scene.bus.put(asked(1))
    scene.bus.commit_faults += [CommitFailedError(), KafkaConnectionError()]
    async with scene.consuming():
        await until(lambda: len(scene.bus.commit_faults) == 1)
        scene.bus.put(asked(2))
        await until(lambda: not scene.bus.commit_faults)
        scene.bus.put(asked(3))
        await until(lambda: scene.committed(asked(1)) == 3)
    assert scene.hand.ids == [event(1), event(2), event(3)]


@pytest.mark.parametrize("fault", [CommitFailedError(), KafkaConnectionError()])
async def test_a_commit_that_fails_counts_as_a_failure_and_not_as_success(
    scene: Scene, fault: Exception
) -> None:
    """An operator would read from the metrics that all is well while nothing is committed."""
    shell_metrics.LAST_SUCCESS.set(0)
    failures, batches = sample(FAILURES), sample(f"{BATCHES}_count")
    scene.bus.put(asked(1))
    scene.bus.commit_faults += [fault]
    async with scene.consuming():
        await until(lambda: not scene.bus.commit_faults)
        await scene.idle()
        assert sample(SUCCESS) == 0
        assert (sample(FAILURES), sample(f"{BATCHES}_count")) == (failures + 1, batches)
        scene.bus.put(asked(2))
        await until(lambda: sample(SUCCESS) > 0)
    assert (sample(FAILURES), sample(f"{BATCHES}_count")) == (failures + 1, batches + 1)


async def test_a_batch_whose_partitions_have_gone_counts_as_no_success(scene: Scene) -> None:
    shell_metrics.LAST_SUCCESS.set(0)
    scene.bus.put(asked(1))
    scene.hand.may_go.clear()
    async with scene.consuming():
        await until(lambda: scene.hand.attempts)
        await scene.bus.consumers[-1].rebalance([])
        scene.hand.may_go.set()
        await scene.idle()
    assert sample(SUCCESS) == 0


# --- where it begins -----------------------------------------------------------------------------


async def handled_by_the_next(scene: Scene, ids: dict[str, str] = IDS) -> list[str]:
    """The records that a process reads if it starts after another has committed two of three."""
    scene.bus.put(asked(1), asked(2))
    async with scene.consuming():
        await until(lambda: scene.committed(asked(1)) == 2)
        await scene.idle()
    scene.bus.put(asked(3))
    scene.hand = Hand()
    async with scene.consuming(ids):
        await until(lambda: event(3) in scene.hand.ids)
    return scene.hand.ids


async def test_it_goes_on_where_the_group_left_off(scene: Scene) -> None:
    assert await handled_by_the_next(scene) == [event(3)]


async def test_also_on_a_broker_that_keeps_no_metadata(scene: Scene) -> None:
    scene.bus.keeps_metadata = False
    assert await handled_by_the_next(scene) == [event(3)]


async def test_without_metadata_and_without_a_note_it_begins_at_the_beginning(
    scene: Scene,
) -> None:
    scene.bus.keeps_metadata = False
    scene.bus.put(asked(1))
    scene.bus.commits[scene.bus.home_of(asked(1))] = OffsetAndMetadata(1, "")
    async with scene.consuming():
        await until(lambda: scene.hand.ids == [event(1)])


@pytest.mark.parametrize("keeps_metadata", [True, False])
async def test_of_a_topic_made_anew_it_begins_at_the_beginning(
    scene: Scene, *, keeps_metadata: bool
) -> None:
    scene.bus.keeps_metadata = keeps_metadata
    found = await handled_by_the_next(scene, IDS | {"letters.submitted": "i-2"})
    assert found == [event(1), event(2), event(3)]
    assert scene.committed(asked(1)) == 3


async def test_where_to_begin_is_asked_again_when_broker_or_database_failed(
    scene: Scene,
) -> None:
    """The Kafka client swallows a listener's errors; nothing may be consumed after one."""
    scene.bus.put(asked(1), asked(2))
    scene.bus.commits[scene.bus.home_of(asked(1))] = OffsetAndMetadata(1, "i-0")
    scene.bus.faults += [KafkaConnectionError(), KafkaConnectionError()]
    scene.notes.unread += [True, True]
    async with scene.consuming() as consumer:
        await asyncio.wait_for(consumer.has_joined.wait(), 5)
        await until(lambda: len(scene.hand.taken) == 2)
    assert scene.hand.ids == [event(1), event(2)]
    assert not scene.bus.faults
    assert not scene.notes.unread


async def test_what_is_handed_out_before_it_knows_where_to_begin_is_not_taken(
    scene: Scene,
) -> None:
    """A running poll returns records of the new assignment, from its committed offset."""
    scene.bus.put(asked(1), asked(2))
    scene.bus.commits[scene.bus.home_of(asked(1))] = OffsetAndMetadata(1, "i-0")
    scene.bus.faults += [KafkaConnectionError()] * 10**4
    async with scene.consuming():
        await until(lambda: len(scene.bus.faults) < 10**4)
        member = scene.bus.consumers[-1]
        poll, turns = member.getmany, [True]

        async def getmany(**of: int) -> object:
            if of["timeout_ms"] and turns:
                turns.clear()
                await member.rebalance()
            return await poll(**of)

        member.getmany = getmany  # type: ignore[method-assign,assignment]  # a rebalance just then
        scene.bus.faults.clear()
        await until(lambda: scene.committed(asked(1)) == 2)
    assert scene.hand.ids == [event(1), event(2)]


async def test_it_has_joined_only_when_it_knows_where_to_begin(scene: Scene) -> None:
    scene.bus.faults += [KafkaConnectionError()] * 1000
    async with scene.consuming() as consumer:
        await until(lambda: len(scene.bus.faults) < 995)
        assert not consumer.has_joined.is_set()
        scene.bus.faults.clear()
        await asyncio.wait_for(consumer.has_joined.wait(), 5)


async def test_each_assignment_is_told_and_placed(scene: Scene) -> None:
    scene.bus.put(asked(1))
    async with scene.consuming() as consumer:
        await until(lambda: scene.committed(asked(1)) == 1)
        await scene.idle()
        consumer.was_reassigned.clear()
        await scene.bus.consumers[-1].rebalance([scene.bus.home_of(asked(1))])
        await asyncio.wait_for(consumer.was_reassigned.wait(), 5)
        scene.bus.put(asked(2))
        await until(lambda: scene.hand.ids == [event(1), event(2)])


async def test_a_rebalance_in_mid_batch_loses_nothing(scene: Scene) -> None:
    scene.bus.put(asked(1))
    scene.hand.may_go.clear()
    async with scene.consuming():
        await until(lambda: scene.hand.attempts)
        await scene.bus.consumers[-1].rebalance([])
        scene.hand.may_go.set()
        await scene.idle()
        assert scene.bus.commits == {}, "it is another's now"
        await scene.bus.consumers[-1].rebalance([scene.bus.home_of(asked(1))])
        await until(lambda: scene.committed(asked(1)) == 1)
    assert scene.hand.ids == [event(1), event(1)]


async def test_what_comes_by_a_rebalance_while_it_rests_is_not_lost(scene: Scene) -> None:
    """While a batch fails, a poll for the group's sake may hand out records of new partitions."""
    scene.bus.put(asked(1))
    scene.hand.failures = 1
    scene.hand.may_go.clear()
    late = fired(1)

    async with scene.consuming():
        await until(lambda: scene.bus.consumers)
        member = scene.bus.consumers[-1]
        poll, turns = member.getmany, [True]

        async def getmany(**of: int) -> object:
            if of["timeout_ms"] == 0 and turns:
                turns.clear()
                scene.bus.put(late)
                member.resume(*member.assignment())
            return await poll(**of)

        member.getmany = getmany  # type: ignore[method-assign,assignment]  # a rebalance just then
        scene.hand.may_go.set()
        await until(lambda: len(scene.hand.taken) == 2)
    assert scene.committed(late) == 1
