"""Events missing for a minute are requested, not too often, until they come."""

import asyncio
from datetime import timedelta

import pytest

from shared.contracts.fields import MOST
from shared.platform.kafka.bus import BusFault
from shared.platform.letters import reorder_buffer
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair import gap_recovery, sequence_gaps
from shared.platform.repair.gap_recovery import MOST_ASKED, OLDEST_FIRST
from shared.platform.repair.sequence_gaps import LONGEST_PAUSE
from shared.platform.runtime.shell_metrics import ANSWERED, ASKED_AGAIN
from tests.support.asking import Reading, Writer, arrived, gaps_of, home, request, requests
from tests.support.builders import (
    ACTIONS_TOPIC,
    DEADLINES_TOPIC,
    LETTER,
    SUBMITTED_TOPIC,
    asked,
    fired,
)
from tests.support.replicas import World
from tests.support.waiting import until


@pytest.fixture
def counted() -> dict[str, float]:
    """Requests and answers that the test itself caused."""
    return {"asked": -_asked(), "answered": -_answered()}


def _asked() -> float:
    return float(ASKED_AGAIN._value.get())


def _answered() -> float:
    return float(ANSWERED._value.get())


async def missing(world: World, *sequences: int, letter: str = LETTER) -> None:
    """A letter that received these early, more than a minute ago."""
    await world.replica().hear(*(asked(one, letter=letter) for one in sequences))
    world.clock.pass_by(seconds=61)


def wanted(world: World) -> list[tuple[str, str, int, int]]:
    """Topic, subject and range of all that was asked for."""
    return [
        (one.topic, one.subject, one.from_sequence, one.to_sequence) for one in requests(world.bus)
    ]


# --- what is asked for ---------------------------------------------------------------------------


async def test_a_gap_is_asked_for_after_a_minute_and_not_before(world: World) -> None:
    await world.replica().hear(asked(3))
    asker = gaps_of(world, Reading())
    world.clock.pass_by(seconds=59)
    assert await asker.ask() == 0
    world.clock.pass_by(seconds=1)
    assert await asker.ask() == 1
    assert wanted(world) == [(SUBMITTED_TOPIC, LETTER, 1, 2)]
    assert requests(world.bus)[0].reader == "router"


def test_one_event_that_was_heard_and_not_kept_is_a_gap() -> None:
    """The buffer of early events was full when it came."""
    document = {"_id": LETTER, "seen": {"submitted": 1}, "heard": {"submitted": 2}}
    (gap,) = sequence_gaps.gaps_of(document, {"submitted": SUBMITTED_TOPIC})
    assert (gap.first, gap.last) == (2, 2)
    document["seen"] = {"submitted": 2}
    assert list(sequence_gaps.gaps_of(document, {"submitted": SUBMITTED_TOPIC})) == []


async def test_it_goes_up_to_what_waits_already(world: World) -> None:
    await world.replica().hear(asked(1))
    await missing(world, 5, 6, 9)
    await gaps_of(world, Reading()).ask()
    assert wanted(world) == [(SUBMITTED_TOPIC, LETTER, 2, 4)]


async def test_what_found_no_room_is_asked_for_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reorder_buffer, "MOST_EVENTS", 0)
    await missing(world, 4, 9)
    await gaps_of(world, Reading()).ask()
    assert wanted(world) == [(SUBMITTED_TOPIC, LETTER, 1, 9)]


async def test_each_topic_of_a_letter_is_asked_for_apart(world: World) -> None:
    await world.replica().hear(asked(2), fired(3))
    world.clock.pass_by(seconds=61)
    assert await gaps_of(world, Reading()).ask() == 2
    assert sorted(wanted(world)) == [
        (DEADLINES_TOPIC, LETTER, 1, 2),
        (SUBMITTED_TOPIC, LETTER, 1, 1),
    ]
    ids = world.bus.ids("letters.resends")
    assert len(set(ids)) == 2, "two requests never share an id"


async def test_a_request_changes_no_mark(world: World) -> None:
    await missing(world, 3)
    before = dict(world.document())
    await gaps_of(world, Reading()).ask()
    assert world.document() == before


async def test_only_what_this_process_reads_is_asked_for(world: World) -> None:
    await missing(world, 3)
    others = Reading(assigned=frozenset(Reading().assigned - {home()}))
    assert await gaps_of(world, others).ask() == 0
    assert await gaps_of(world, None).ask() == 0
    assert await gaps_of(world, Reading(assigned=frozenset({home()}))).ask() == 1


async def test_a_letter_behind_a_parked_event_asks_for_nothing(world: World) -> None:
    await missing(world, 3)
    parked = gaps_of(world, Reading(), parked=[f"{SUBMITTED_TOPIC}/{LETTER}/1"])
    assert await parked.ask() == 0
    behind = gaps_of(world, Reading(), parked=[f"{SUBMITTED_TOPIC}/{LETTER}/2"])
    assert await behind.ask() == 1, "what is missing before the parked one is asked for"


# --- not too often -------------------------------------------------------------------------------


async def test_it_is_asked_again_only_when_the_reader_has_passed_the_end_of_then(
    world: World,
) -> None:
    await missing(world, 3)
    reading = Reading(ends={home(): 100}, positions={home(): 40})
    asker = gaps_of(world, reading)
    assert await asker.ask() == 1
    world.clock.pass_by(hours=5)
    reading.positions[home()] = 99
    assert await asker.ask() == 0
    reading.positions[home()] = 100
    assert await asker.ask() == 1


async def test_the_pause_doubles_up_to_a_limit(world: World) -> None:
    await missing(world, 3)
    asker = gaps_of(world, Reading())
    pauses: list[int] = []
    for _ in range(8):
        assert await asker.ask() == 1
        for seconds in range(0, 3_600, 30):
            if seconds:
                world.clock.pass_by(seconds=30)
            if gaps_is_due(asker, world):
                pauses.append(seconds)
                break
    assert pauses == [60, 120, 240, 480, 960, 1920, 1920, 1920]
    assert timedelta(seconds=pauses[-1]) == LONGEST_PAUSE


def gaps_is_due(asker: gap_recovery.GapRecovery, world: World) -> bool:
    """Whether the one gap there is may be asked for now."""
    (memory,) = asker._asked.values()
    return memory.again_at <= world.clock()


async def test_what_came_halfway_begins_with_the_shortest_pause_again(
    world: World, counted: dict[str, float]
) -> None:
    await missing(world, 5)
    asker = gaps_of(world, Reading())
    await asker.ask()
    world.clock.pass_by(minutes=1)
    await asker.ask()
    await world.replica().hear(asked(1))
    world.clock.pass_by(minutes=2)
    assert await asker.ask() == 1
    assert wanted(world)[-1] == (SUBMITTED_TOPIC, LETTER, 2, 4)
    world.clock.pass_by(minutes=1)
    assert await asker.ask() == 1
    assert counted["answered"] + _answered() == 1
    assert counted["asked"] + _asked() == 4


async def test_a_gap_that_closed_is_counted_and_forgotten(
    world: World, counted: dict[str, float]
) -> None:
    await missing(world, 2)
    asker = gaps_of(world, Reading())
    await asker.ask()
    await world.replica().hear(asked(1))
    assert await asker.ask() == 0
    assert counted["answered"] + _answered() == 1
    assert not asker._asked
    await missing(world, 4)
    assert await asker.ask() == 1, "another gap of the same letter is a new one"


async def test_a_pass_asks_for_so_many_and_the_next_ones_for_the_rest(world: World) -> None:
    names = [f"GD-TEST-{number:04}" for number in range(OLDEST_FIRST.most + 30)]
    for letter in names:
        await world.replica().hear(asked(2, letter=letter))
    world.clock.pass_by(seconds=61)
    asker = gaps_of(world, Reading())
    passes = [await asker.ask() for _ in range(30)]
    assert max(passes) == MOST_ASKED
    assert sorted(one.subject for one in requests(world.bus)) == names


async def test_what_is_remembered_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gap_recovery, "MOST_REMEMBERED", 1)
    await missing(world, 3)
    asker = gaps_of(world, Reading())
    assert await asker.ask() == 1
    await missing(world, 3, letter="GD-TEST-0002")
    world.clock.pass_by(minutes=5)
    assert await asker.ask() == 1
    assert {one.subject for one in requests(world.bus)} == {LETTER}


# --- when something fails ------------------------------------------------------------------------


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_a_request_that_was_not_acknowledged_is_made_again(world: World, fate: str) -> None:
    await missing(world, 3)
    asker = gaps_of(world, Reading())
    world.bus.fates.append(fate)  # type: ignore[arg-type]  # one of the literals
    with pytest.raises(BusFault):
        await asker.ask()
    assert await asker.ask() == 1


@pytest.mark.parametrize("read", [0, 1, 2])
async def test_a_database_that_fails_costs_nothing(world: World, read: int) -> None:
    await missing(world, 3)
    asker = gaps_of(world, Reading())
    world.documents.unread += [False] * read + [True]
    with pytest.raises(DatabaseFault):
        await asker.ask()
    assert await asker.ask() == 1


async def test_the_loop_goes_on_after_a_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gap_recovery, "PAUSE_S", 0.001)
    await missing(world, 3)
    world.documents.unread.append(True)
    world.bus.fates.append("refused")
    loop = asyncio.ensure_future(gaps_of(world, Reading()).run())
    await until(lambda: requests(world.bus))
    assert not loop.done()
    loop.cancel()


async def test_a_new_start_asks_once_more(world: World) -> None:
    await missing(world, 3)
    assert await gaps_of(world, Reading()).ask() == 1
    assert await gaps_of(world, Reading()).ask() == 1


# --- the answer ----------------------------------------------------------------------------------


async def test_the_answer_closes_the_gap_even_where_early_had_no_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reorder_buffer, "MOST_EVENTS", 1)
    writer, reader = Writer(world), world.replica()
    said = arrived(*await writer.say(*"abcdefg"))
    await reader.hear(said[0], said[3], said[6])
    world.clock.pass_by(seconds=61)
    asker = gaps_of(world, Reading())
    for _ in range(3):
        await asker.ask()
        before = len(world.bus.records(SUBMITTED_TOPIC))
        await writer.answer(*world.bus.records("letters.resends")[-1:])
        await reader.hear(*arrived(*world.bus.records(SUBMITTED_TOPIC)[before:]))
        world.clock.pass_by(minutes=5)
    assert world.state().notes == tuple("abcdefg")
    assert "gap_since" not in world.document()
    assert await asker.ask() == 0


async def test_a_whole_topic_is_asked_for_where_somebody_can_answer(world: World) -> None:
    await gaps_of(world, None).ask_for_all([SUBMITTED_TOPIC, ACTIONS_TOPIC, "letters.resends"])
    assert wanted(world) == [(SUBMITTED_TOPIC, "all", 1, MOST)]
    assert world.bus.records("letters.resends")[0].key == request(1, 1, subject="all").key
