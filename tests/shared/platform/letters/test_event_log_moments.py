"""While events move out of a document, readers and writers find each of them once."""

import bson
import pytest

from shared.platform.letters import letter_transaction, log_archive
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair.incarnations import resend_log
from tests.support.budget import budget
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    WRITES,
    Note,
    action,
    asked,
    told,
)
from tests.support.replicas import Replica, World, ids

MANY = budget(10_000, quick=4_000)
"""More than any limit of a letter, also after `MOST_ACTIONS` were taken."""


def notes(count: int, *, first: int = 1) -> list[IdempotentCommand[Note]]:
    return [told(f"both-{number}") for number in range(first, first + count)]


def all_of(world: World) -> set[int]:
    return {one.sequence for one in world.log() if one.record.topic == PROGRESS_TOPIC}


@pytest.mark.usefixtures("small")
async def test_a_reader_between_insert_and_cut_misses_nothing_and_finds_nothing_twice(
    world: World,
) -> None:
    """The cut waits until a reader that began before it has gone on to the collection."""
    replica = world.replica()
    await replica.told(*[told(f"note-{number}") for number in range(5)])
    seen: list[list[int]] = []

    async def look() -> None:
        log = (await world.replica().history.of([LETTER]))[LETTER]
        seen.append([one.sequence for one in log])

    world.moved.before_write.append(look)
    world.documents.before_write.extend([_nothing, look])
    await replica.told(told("note-5"))
    await look()
    assert seen == [[1, 2, 3, 4, 5, 6]] * 3
    assert len(world.moved.kept) == 3


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("where", ["moved", "asked", "cut"])
async def test_a_process_that_dies_while_it_moves_loses_nothing(world: World, where: str) -> None:
    replica = world.replica()
    await replica.told(*notes(2))
    world.documents.failures.extend([None, "before"] if where == "cut" else [])
    if where != "cut":
        getattr(world, where).failures.append("before")
    with pytest.raises(DatabaseFault):
        await replica.told(*notes(4, first=3))
    assert all_of(world) == set(range(1, 7))
    await world.replica().told(*notes(6), told("note-7"))
    assert world.state().notes == (*(f"both-{number}" for number in range(1, 7)), "note-7")
    assert all_of(world) == set(range(1, 8))
    assert len(world.document()["log"]) <= 5


async def _nothing() -> None:
    return None


@pytest.mark.usefixtures("small")
async def test_a_document_that_was_written_meanwhile_is_not_cut(world: World) -> None:
    replica = world.replica()
    await replica.told(*[told(f"note-{number}") for number in range(5)])

    async def another() -> None:
        await world.replica().letters.decide_and_store([told("meanwhile")])

    world.moved.before_write.append(another)
    await replica.told(told("note-5"))
    assert all_of(world) == set(range(1, 8))
    log = (await replica.history.of([LETTER]))[LETTER]
    assert [one.sequence for one in log] == list(range(1, 8))


@pytest.mark.usefixtures("small")
async def test_the_sweeper_sends_what_moved_unsent(world: World) -> None:
    replica = world.replica()
    await replica.letters.decide_and_store([told(f"note-{number}") for number in range(9)])
    assert len(world.document()["log"]) <= 5
    world.clock.pass_by(seconds=6)
    assert await world.replica().sweeper.sweep() == 1
    assert world.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/{n}" for n in range(1, 10)]
    assert "unsent" not in world.document()


@pytest.mark.usefixtures("small")
async def test_a_topic_made_anew_gets_what_moved(world: World) -> None:
    replica = world.replica()
    await replica.told(*notes(9))
    world.bus.topics.clear()
    assert await resend_log(replica.history, replica.sender, topics=set(WRITES)) == 18
    assert world.bus.ids(BUREAU_TOPIC) == [f"{BUREAU_TOPIC}/{LETTER}/{n}" for n in range(1, 10)]


# --- ten thousand --------------------------------------------------------------------------------


async def hear_in_batches(replica: Replica, count: int, *, by: str) -> None:
    for first in range(0, count, 200):
        numbers = range(first, min(first + 200, count))
        if by == "writer":
            await replica.hear(*(asked(number + 1, f"mute-{number}") for number in numbers))
        else:
            await replica.hear(*(action(f"mute-{number}") for number in numbers))


async def test_thousands_of_notes_leave_a_short_document_and_a_whole_log(world: World) -> None:
    await hear_in_batches(world.replica(), MANY, by="writer")
    assert all_of(world) == set(range(1, MANY + 1))
    document = world.document()
    assert document["sent"] == {"progress": MANY}
    assert document["moved"] == MANY - len(document["log"])
    assert len(bson.encode(document)) < 100_000
    assert len(world.bus.records(PROGRESS_TOPIC)) == MANY
    world.clock.pass_by(seconds=61)
    await world.replica().hear(asked(17, "mute-16"))
    assert ids(world.bus.sends[-1]) == [f"{PROGRESS_TOPIC}/{LETTER}/17"]


async def test_of_thousands_of_actions_a_letter_takes_some_and_refuses_the_rest(
    world: World,
) -> None:
    await hear_in_batches(world.replica(), MANY, by="bureau")
    document = world.document()
    assert (
        document["sent"]["progress"] == letter_transaction.MOST_ACTIONS == document["asked_count"]
    )
    assert len(bson.encode(document)) < 200_000
    assert len(document["asked"]) <= log_archive.MOST_ASKED
    answers = world.bus.records(BUREAU_TOPIC)
    assert len({dict(one.headers)["ce_id"] for one in answers}) == MANY, "each has an answer"
    beyond = MANY - letter_transaction.MOST_ACTIONS
    assert len(world.strangers.kept) == beyond, "and those beyond the limit one that is forgotten"
    before = world.document()["version"]
    await world.replica().hear(action("mute-3"), action(f"mute-{MANY - 1_000}"))
    assert world.document()["version"] == before


async def test_a_batch_that_would_make_a_document_too_large_is_kept_in_parts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_transaction, "MOST_LOG_ENTRIES", 3)
    folds = await world.replica().hear(*(asked(number) for number in range(1, 11)))
    assert len(folds) == 4
    assert world.state().notes == tuple(f"ask-{number}" for number in range(1, 11))
    assert len(world.bus.records(PROGRESS_TOPIC)) == 10
    assert "unsent" not in world.document()


@pytest.mark.usefixtures("small")
async def test_two_that_move_at_once_count_what_moved_once(world: World) -> None:
    replica, other = world.replica(), world.replica()
    await replica.letters.decide_and_store([told(f"note-{number}") for number in range(5)])

    async def meanwhile() -> None:
        await other.history.trim([LETTER])

    world.moved.before_write.append(meanwhile)
    await replica.told(told("note-5"))
    document = world.document()
    assert document["logged"]["count"] == len(document["log"]) == 3
    assert document["moved"] == len(world.moved.kept) == 3
    assert document["asked_count"] == 6
    assert document["asked_moved"] == 6 - len(document["asked"])
