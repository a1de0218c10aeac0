"""Recreated topics get the whole log again, byte for byte, and count as known only afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from typing_extensions import override

from shared.contracts.topics import TOPICS
from shared.platform.kafka.bus import BusFault, Outbound
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.incarnations import (
    CHUNK,
    Incarnations,
    TopicsMissing,
    incarnation_ids,
    resend_log,
)
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    READS,
    SUBMITTED_TOPIC,
    WRITES,
    asked,
    told,
)
from tests.support.doubles import Memory, MemoryBus, inbound_of
from tests.support.replicas import World
from tests.support.topics import EVERY, bootstrapped, created


def incarnations(bus: MemoryBus, collection: Memory) -> Incarnations:
    return Incarnations(bus, collection, reads=READS, writes=WRITES)


async def completed(kept: Memory, topics: Iterable[str], ids: Mapping[str, str]) -> None:
    """The whole log was sent to these topics under these ids."""
    found = incarnations(MemoryBus(), kept)
    await found.complete(await found.checkpoint(topics, ids))


# --- which are they ------------------------------------------------------------------------------


async def test_the_newest_id_of_each_topic_counts() -> None:
    bus = bootstrapped(bootstrapped(MemoryBus(), "i-1"), "i-2")
    assert await incarnations(bus, Memory()).current() == dict.fromkeys(EVERY, "i-2")


async def test_a_topic_without_an_id_is_missing() -> None:
    bus = bootstrapped(MemoryBus())
    bus.topics[TOPICS.name] = [
        one for one in bus.topics[TOPICS.name] if one.key != b"letters.progress"
    ]
    with pytest.raises(TopicsMissing, match=r"letters\.progress"):
        await incarnations(bus, Memory()).current()


async def test_a_topic_that_is_not_there_is_missing() -> None:
    bus = bootstrapped(MemoryBus())
    del bus.topics[SUBMITTED_TOPIC]
    with pytest.raises(TopicsMissing, match="0 partitions, not 6"):
        await incarnations(bus, Memory()).current()


async def test_a_topic_with_other_partitions_is_missing() -> None:
    class Four(MemoryBus):
        @override
        async def partitions(self, topics: Iterable[str]) -> dict[str, int]:
            return dict.fromkeys(topics, 4)

    with pytest.raises(TopicsMissing, match="4 partitions, not"):
        await incarnations(bootstrapped(Four()), Memory()).current()


def test_unreadable_and_strange_records_of_the_topic_are_passed_over() -> None:
    good = inbound_of(created(PROGRESS_TOPIC, "i-1"))
    assert incarnation_ids([good, replace(good, value=b"{"), asked(1)]) == {PROGRESS_TOPIC: "i-1"}


# --- which were made anew ------------------------------------------------------------------------


async def test_none_stored_counts_as_another() -> None:
    found = incarnations(MemoryBus(), Memory())
    assert await found.remade(dict.fromkeys(EVERY, "i-1")) == set(WRITES)


async def test_only_topics_with_another_id_were_made_anew() -> None:
    kept = Memory()
    ids = dict.fromkeys(EVERY, "i-1")
    await completed(kept, WRITES, ids)
    assert await incarnations(MemoryBus(), kept).remade(ids) == set()
    assert await incarnations(MemoryBus(), kept).remade(ids | {BUREAU_TOPIC: "i-2"}) == {
        BUREAU_TOPIC
    }


async def test_an_id_is_remembered_for_the_topics_that_were_resent_alone() -> None:
    kept = Memory()
    ids = dict.fromkeys(EVERY, "i-1")
    await completed(kept, [BUREAU_TOPIC], ids)
    await completed(kept, [BUREAU_TOPIC], ids | {BUREAU_TOPIC: "i-2"})
    ids[BUREAU_TOPIC] = "i-2"
    assert await incarnations(MemoryBus(), kept).remade(ids) == set(WRITES) - {BUREAU_TOPIC}


async def test_a_topic_that_was_forgotten_counts_as_made_anew() -> None:
    kept = Memory()
    ids = dict.fromkeys(EVERY, "i-1")
    await completed(kept, WRITES, ids)
    await incarnations(MemoryBus(), kept).forget([BUREAU_TOPIC])
    assert await incarnations(MemoryBus(), kept).remade(ids) == {BUREAU_TOPIC}


@pytest.mark.parametrize("failures", [["before"], [None, "before"], ["after"], ["partly"]])
async def test_a_failed_remembering_leaves_it_to_be_done_again(failures: list[str]) -> None:
    kept = Memory()
    kept.failures += failures  # type: ignore[arg-type]  # of the literals
    ids = dict.fromkeys(EVERY, "i-1")
    with pytest.raises(DatabaseFault):
        await completed(kept, WRITES, ids)
    assert await incarnations(MemoryBus(), kept).remade(ids) == set(WRITES)


# --- the log, again ------------------------------------------------------------------------------


async def filled(world: World, letters: int = 3) -> dict[str, list[Outbound]]:
    """Some letters with events on two topics; the topics' content by topic and letter."""
    for number in range(letters):
        letter = f"GD-TEST-{number:04}"
        await world.replica().hear(
            *(asked(sequence, f"both-{sequence}", letter=letter) for sequence in (1, 2, 3))
        )
        await world.replica().told(told("x", letter=letter))
    return by_letter(world)


def by_letter(world: World) -> dict[str, list[Outbound]]:
    found: dict[str, list[Outbound]] = {}
    for topic, records in world.bus.topics.items():
        for record in records:
            found.setdefault(f"{topic} {record.key.decode()}", []).append(record)
    return found


async def test_the_log_is_sent_again_byte_for_byte_in_order_of_each_topic() -> None:
    world = World()
    before = await filled(world)
    marks = dict(world.documents.kept)
    world.bus.topics.clear()
    count = await resend_log(world.replica().history, world.replica().sender, topics=set(WRITES))
    assert by_letter(world) == before
    assert count == sum(len(records) for records in before.values())
    assert world.documents.kept == marks, "a resend changes no mark"


async def test_only_the_topics_made_anew_get_it() -> None:
    world = World()
    before = await filled(world)
    world.bus.topics.clear()
    await resend_log(world.replica().history, world.replica().sender, topics={BUREAU_TOPIC})
    assert by_letter(world) == {
        name: records for name, records in before.items() if name.startswith(BUREAU_TOPIC)
    }


async def test_what_was_just_acknowledged_is_sent_all_the_same_and_later_not_damped() -> None:
    world = World()
    replica = world.replica()
    await replica.hear(asked(1))
    world.bus.topics.clear()
    await resend_log(world.replica().history, replica.sender, topics=set(WRITES))
    assert world.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/1"]
    replica.sender.forget()
    await replica.hear(asked(1))
    assert len(world.bus.ids(PROGRESS_TOPIC)) == 2


async def test_what_the_old_topics_acknowledged_damps_nothing_on_the_new() -> None:
    world = World()
    replica = world.replica()
    await replica.hear(asked(1))
    world.bus.topics.clear()
    await resend_log(world.replica().history, replica.sender, topics={BUREAU_TOPIC})
    await replica.hear(asked(1))
    assert world.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/1"]


async def test_many_letters_are_sent_in_pieces() -> None:
    world = World()
    before = await filled(world, letters=80)
    world.bus.topics.clear()
    world.bus.sends.clear()
    await resend_log(world.replica().history, world.replica().sender, topics=set(WRITES))
    assert by_letter(world) == before
    assert len(world.bus.sends) == 2
    assert len(world.bus.sends[0]) >= CHUNK


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_a_resend_that_fails_is_a_fault(fate: str) -> None:
    world = World()
    before = await filled(world)
    world.bus.topics.clear()
    world.bus.fates += ["sent", fate]  # type: ignore[list-item]  # one of the literals
    with pytest.raises(BusFault):
        await resend_log(world.replica().history, world.replica().sender, topics=set(WRITES))
    await resend_log(world.replica().history, world.replica().sender, topics=set(WRITES))
    assert {name: set(records) for name, records in by_letter(world).items()} == {
        name: set(records) for name, records in before.items()
    }
