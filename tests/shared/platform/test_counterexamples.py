"""The counterexamples of the protocol's model (docs/protocol.md), each played with the real shell.

Each test fails when the clause that it is named after is taken out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiokafka.structs import OffsetAndMetadata
from typing_extensions import override

from shared.platform import consumer as consumer_module
from shared.platform import early, history
from shared.platform import service as service_module
from shared.platform.bus import Inbound
from shared.platform.database import (
    Database,
    DatabaseFault,
    Document,
    Operation,
    Written,
)
from shared.platform.letters import clear_unsent
from shared.platform.parking import NotParked
from shared.platform.service import Service
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    SUBMITTED_TOPIC,
    action,
    asked,
    told,
)
from tests.support.doubles import Hook, Memory
from tests.support.household import House
from tests.support.parked import Stage
from tests.support.replicas import World
from tests.support.scene import IDS, Scene
from tests.support.topics import bootstrapped
from tests.support.waiting import until

OTHER = "GD-TEST-0002"
MOST_STEPS = 60


def progress(*numbers: int) -> list[str]:
    """Ids of what is said on `letters.progress`."""
    return [f"{PROGRESS_TOPIC}/{LETTER}/{number}" for number in numbers]


@dataclass
class Meddled(Memory):
    """A collection in which others do something just after a write, or just before a read."""

    after_write: list[Hook] = field(default_factory=list)
    before_find: list[Hook] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @override
    async def write(self, operations: Sequence[Operation]) -> Written:
        written = await super().write(operations)
        if operations and self.after_write:
            await self.after_write.pop(0)()
        return written

    @override
    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        if self.before_find:
            await self.before_find.pop(0)()
        return await super().find(where, fields=fields, sort=sort, limit=limit)


@pytest.fixture
def world() -> World:
    return World(documents=Meddled(), moved=Meddled())


async def sweep(world: World) -> None:
    """What stays unsent for long is sent by a process that knows nothing of it."""
    world.clock.pass_by(seconds=6)
    await world.replica().sweeper.sweep()


async def die_after_keeping(world: World, *raw: Inbound) -> None:
    """A process keeps what these cause, and is gone before it sends any of it."""
    dying = world.replica()
    await dying.letters.keep(dying.read(*raw))


# --- unsent --------------------------------------------------------------------------------------


async def test_f01_a_writer_clears_only_what_it_sent(world: World) -> None:
    """The first keeps and dies; the second keeps more, sends its own, and leaves the mark."""
    await world.replica().letters.keep([told("first")])
    await world.replica().told(told("second"))
    assert world.document()["unsent"] == {"progress": 1}
    await sweep(world)
    assert sorted(set(world.bus.ids(PROGRESS_TOPIC))) == progress(1, 2)
    assert "unsent" not in world.document()


async def test_f01_what_is_written_while_the_sweeper_sends_keeps_its_mark(world: World) -> None:
    await world.replica().letters.keep([told("first")])

    async def keep_and_die() -> None:
        await world.replica().letters.keep([told("second")])

    world.bus.before_send.append(keep_and_die)
    await sweep(world)
    assert world.document()["unsent"] == {"progress": 2}
    await sweep(world)
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1, 2)


async def test_f01_who_sent_the_later_part_leaves_the_earlier(world: World) -> None:
    await world.replica().letters.keep([told("first")])
    await world.replica().letters.keep([told("second")])
    await clear_unsent(world.documents, {LETTER: {"progress": (2, 2)}})
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
    """There is room for one that comes before its turn."""
    monkeypatch.setattr(early, "MOST_EVENTS", 1)


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
    """What comes before it causes nothing, and its own offset was committed long ago."""
    await world.replica().hear(asked(2))
    await die_after_keeping(world, asked(1, "nothing-1"))
    await world.replica().hear(asked(1, "nothing-1"))
    await sweep(world)
    assert world.bus.ids(PROGRESS_TOPIC) == progress(1)


# --- parked records ------------------------------------------------------------------------------


async def test_f05_a_parked_record_stays_until_what_it_caused_is_sent() -> None:
    """A zombie with newer code applied it and died; the operator's process dies at every step."""
    stage = Stage()
    await stage.park(asked(1))
    await die_after_keeping(stage.world, asked(1))
    for dies_at in count(1):
        assert dies_at < MOST_STEPS
        try:
            done = await stage.tried("replay", 1, dies_at=dies_at)
        except NotParked:
            break
        assert stage.parked.kept or stage.said() == progress(1)
        if done:
            break
    assert stage.said() == progress(1)
    assert stage.is_settled()


# --- topics made anew, and what they lose --------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures are tried again, and incarnations looked at, at once."""
    monkeypatch.setattr(consumer_module, "LONGEST_PAUSE_S", 0.002)
    monkeypatch.setattr(service_module, "LONGEST_PAUSE_S", 0.002)
    monkeypatch.setattr(service_module, "CHECK_S", 0.005)


@asynccontextmanager
async def consuming(house: House) -> AsyncIterator[Service]:
    """The service is up and has joined its group."""
    async with house.consuming() as service:
        await until(lambda: service.ready.parts["consuming"])
        yield service


@pytest.mark.usefixtures("quick")
async def test_f06_topics_made_anew_under_a_running_service_are_filled(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.bus.put(asked(1))
    async with consuming(house):
        await until(lambda: house.bus.commits)
        house.bus.topics.clear()
        house.bus.partitioned.clear()
        bootstrapped(house.bus, "i-2")
        await until(lambda: house.bus.ids(PROGRESS_TOPIC) == progress(1))


@pytest.mark.usefixtures("quick")
async def test_f07_an_offset_of_an_earlier_topic_counts_for_nothing() -> None:
    """The new topic begins with what overtook; where the old one ended says nothing of it."""
    scene = Scene()
    scene.bus.put(asked(2), asked(1))
    scene.bus.commits[scene.bus.home_of(asked(1))] = OffsetAndMetadata(1, "i-1")
    async with scene.consuming(dict.fromkeys(IDS, "i-2")):
        await until(lambda: len(scene.hand.ids) == 2)
    assert scene.hand.ids == [f"{SUBMITTED_TOPIC}/{LETTER}/{number}" for number in (2, 1)]


@pytest.mark.usefixtures("quick")
async def test_f08_what_retention_took_before_its_commit_is_made_good(tmp_path: Path) -> None:
    """The second record's effect was kept and never sent, and its record is gone."""
    house = House(tmp_path)
    house.bus.put(asked(1), asked(2))
    place = house.bus.home_of(asked(1))
    async with consuming(house) as service:
        await until(lambda: house.bus.commits)
        seals = service.shell.seals
        await service.shell.letters.keep([seals.read(asked(3))])
    house.bus.put(asked(3))
    house.bus.removed[place] = 3
    async with consuming(house):
        await until(lambda: progress(3)[0] in house.bus.ids(PROGRESS_TOPIC))


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
    """A command loads version 1; that is rolled back, and another writes a version 1 of its own."""
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
    monkeypatch.setattr(history, "MOST_ENTRIES", 3)
    monkeypatch.setattr(history, "LEFT_ENTRIES", 2)
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
    """Another replica takes from the document what it still has."""

    async def move() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(history, "MOST_ENTRIES", 0)
            patch.setattr(history, "LEFT_ENTRIES", 0)
            await world.replica().history.trim([LETTER])

    return move


async def test_f12_two_that_move_the_same_at_once_count_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.replica().hear(*(asked(number) for number in range(1, 6)))
    monkeypatch.setattr(history, "MOST_ENTRIES", 3)
    monkeypatch.setattr(history, "LEFT_ENTRIES", 2)
    await asyncio.gather(*(world.replica().history.trim([LETTER]) for _ in range(2)))
    assert world.document()["logged"]["count"] == len(world.document()["log"]) == 2
    assert world.document()["moved"] == len(world.moved.kept) == 3
