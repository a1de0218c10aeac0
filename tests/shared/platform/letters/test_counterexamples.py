"""The counterexamples of the protocol's model (docs/protocol.md), each played with the real shell.

Each test fails when the clause that it is named after is taken out.
"""

import asyncio

import pytest

from shared.platform.letters import log_archive, reorder_buffer
from shared.platform.letters.mark_published import mark_published
from shared.platform.mongo.database import (
    Database,
    DatabaseFault,
)
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    action,
    asked,
    progress,
    told,
)
from tests.support.doubles import Hook
from tests.support.meddling import Meddled, die_after_keeping, sweep
from tests.support.replicas import World

OTHER = "GD-TEST-0002"


@pytest.fixture
def world() -> World:
    return World(documents=Meddled(), moved=Meddled())


# --- unsent --------------------------------------------------------------------------------------


async def test_f01_a_writer_clears_only_what_it_sent(world: World) -> None:
    """The first keeps and dies; the second keeps more, sends its own, and leaves the mark."""
    await world.replica().letters.decide_and_store([told("first")])
    await world.replica().told(told("second"))
    assert world.document()["unsent"] == {"progress": 1}
    await sweep(world)
    assert sorted(set(world.bus.ids(PROGRESS_TOPIC))) == progress(1, 2)
    assert "unsent" not in world.document()


async def test_f01_what_is_written_while_the_sweeper_sends_keeps_its_mark(world: World) -> None:
    await world.replica().letters.decide_and_store([told("first")])

    async def keep_and_die() -> None:
        await world.replica().letters.decide_and_store([told("second")])

    world.bus.before_send.append(keep_and_die)
    await sweep(world)
    assert world.document()["unsent"] == {"progress": 2}
    await sweep(world)
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1, 2)


async def test_f01_who_sent_the_later_part_leaves_the_earlier(world: World) -> None:
    await world.replica().letters.decide_and_store([told("first")])
    await world.replica().letters.decide_and_store([told("second")])
    await mark_published(world.documents, {LETTER: {"progress": (2, 2)}})
    assert world.document()["unsent"] == {"progress": 1}


# --- commands ------------------------------------------------------------------------------------


async def test_f02_a_command_that_had_won_is_not_decided_again(world: World) -> None:
    """Its bulk matched fewer than it held; before it is read back another writes its letter."""
    await world.replica().hear(asked(1), asked(1, letter=OTHER))
    documents = world.documents
    assert isinstance(documents, Meddled)

    async def win_the_other_letter() -> None:
        documents.after_write.insert(0, nothing_more)
        await world.replica().hear(asked(2, letter=OTHER))

    async def nothing_more() -> None:
        return None

    async def write_on_top() -> None:
        await world.replica().told(told("rival"))

    documents.before_write.append(win_the_other_letter)
    documents.after_write.append(write_on_top)
    await world.replica().told(told("mine"), told("yours", letter=OTHER))
    assert world.state().notes == ("ask-1", "mine", "rival")
    assert world.state(OTHER).notes == ("ask-1", "ask-2", "yours")


# --- overtakers ----------------------------------------------------------------------------------


@pytest.fixture
def one_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for one early event."""
    monkeypatch.setattr(reorder_buffer, "MOST_EVENTS", 1)


@pytest.mark.usefixtures("one_waits")
async def test_f03_what_found_no_room_to_wait_is_still_missed(world: World) -> None:
    replica = world.replica()
    for number in (2, 3, 1):
        await replica.hear(asked(number))
    document = world.document()
    assert (document["seen"], document["heard"]) == ({"submitted": 2}, {"submitted": 3})
    assert "gap_since" in document
    await replica.hear(asked(3))
    assert "gap_since" not in world.document()


@pytest.mark.usefixtures("one_waits")
async def test_f04_what_another_heard_of_is_unsent_when_a_zombie_applies_it(world: World) -> None:
    """The owner had no room for the third and committed it; the zombie still has it in hand."""
    for number in (2, 3, 1):
        await world.replica().hear(asked(number))
    await die_after_keeping(world, asked(3))
    assert world.document()["seen"] == {"submitted": 3}
    await sweep(world)
    assert progress(3)[0] in world.bus.ids(PROGRESS_TOPIC)


async def test_p06_what_waited_is_unsent_when_it_is_applied(world: World) -> None:
    """The event before it has no effects, and its own offset was committed long ago."""
    await world.replica().hear(asked(2))
    await die_after_keeping(world, asked(1, "nothing-1"))
    await world.replica().hear(asked(1, "nothing-1"))
    await sweep(world)
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1)


# --- outsiders ---


async def test_f09_an_action_is_unsent_since_nobody_sends_it_again(world: World) -> None:
    """Its topic may be lost before its offset is committed; so may its answer's cause."""
    await die_after_keeping(world, action("act"))
    assert world.document()["unsent"] == {"progress": 1, "bureau_guangzhou": 1}
    await sweep(world)
    assert {one.record for one in world.log()} == {
        record for records in world.bus.topics.values() for record in records
    }


# --- databases that fail over --------------------------------------------------------------------


def test_f10_writes_are_a_majority_s_and_so_are_reads() -> None:
    opened = Database("mongodb://127.0.0.1:9/?w=1&journal=false&readConcernLevel=local", "mailbox")
    native = opened.collection("letters")._motor
    assert native.write_concern.document == {"w": "majority", "j": True}
    assert native.read_concern.document == {"level": "majority"}
    opened.close()


async def test_f10_nothing_is_sent_of_a_write_that_is_not_acknowledged(world: World) -> None:
    world.documents.failures.append("after")
    with pytest.raises(DatabaseFault):
        await world.replica().hear(asked(1), asked(1, letter=OTHER))
    assert world.bus.sends == []


async def test_f11_a_version_that_comes_again_is_another_write(world: World) -> None:
    """A command loads version 1; that is rolled back, and another one writes its own version 1."""
    await world.replica().hear(asked(1, "lost-with-the-failover"))

    async def fail_over() -> None:
        world.documents.kept.clear()
        await world.replica().hear(asked(1, "written-since"))
        assert world.document()["version"] == 1

    world.documents.before_write.append(fail_over)
    await world.replica().told(told("mine"))
    assert world.state().notes == ("written-since", "mine")


# --- logs that move ------------------------------------------------------------------------------


async def test_f12_a_reader_misses_nothing_that_moves_while_it_reads(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks in one place, everything moves on, and it looks in the other."""
    monkeypatch.setattr(log_archive, "MOST_ENTRIES", 3)
    monkeypatch.setattr(log_archive, "LEFT_ENTRIES", 2)
    await world.replica().hear(*(asked(number) for number in range(1, 7)))
    assert await read_log(world) == list(range(1, 7))
    turns = [nothing, everything_moves(world)]

    async def take_turn() -> None:
        await turns.pop(0)()

    for place in (world.documents, world.moved):
        assert isinstance(place, Meddled)
        place.before_find.append(take_turn)
    assert await read_log(world) == list(range(1, 7))
    assert (len(world.document()["log"]), len(world.moved.kept)) == (0, 6)


async def read_log(world: World) -> list[int]:
    """The numbers of the letter's events, as a reader finds them."""
    found = await world.replica().history.of([LETTER])
    return [one.sequence for one in found[LETTER]]


async def nothing() -> None:
    """Nothing happens meanwhile."""


def everything_moves(world: World) -> Hook:
    """Another replica takes from the document what is still there."""

    async def move() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(log_archive, "MOST_ENTRIES", 0)
            patch.setattr(log_archive, "LEFT_ENTRIES", 0)
            await world.replica().history.trim([LETTER])

    return move


async def test_f12_two_that_move_the_same_at_once_count_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.replica().hear(*(asked(number) for number in range(1, 6)))
    monkeypatch.setattr(log_archive, "MOST_ENTRIES", 3)
    monkeypatch.setattr(log_archive, "LEFT_ENTRIES", 2)
    await asyncio.gather(*(world.replica().history.trim([LETTER]) for _ in range(2)))
    assert world.document()["logged"]["count"] == len(world.document()["log"]) == 2
    assert world.document()["moved"] == len(world.moved.kept) == 3
