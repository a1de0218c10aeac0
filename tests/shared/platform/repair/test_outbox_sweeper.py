"""Events unacknowledged for five seconds are sent again, and cleared once acknowledged."""

import asyncio

import pytest

from shared.platform.kafka.bus import BusFault
from shared.platform.mongo.database import DatabaseFault
from shared.platform.repair import outbox_sweeper
from tests.support.builders import BUREAU_TOPIC, LETTER, PROGRESS_TOPIC, asked, told
from tests.support.replicas import World, ids
from tests.support.waiting import until

OTHER = "GD-TEST-0002"


async def died(world: World, *names: str, letter: str = LETTER) -> None:
    """Processes that kept a command each, and died before sending."""
    for name in names:
        await world.replica().letters.decide_and_store([told(name, letter=letter)])


async def sweep(world: World) -> int:
    """What a process that starts now finds."""
    return await world.replica().sweeper.sweep()


async def test_what_is_left_for_five_seconds_is_sent_and_cleared(world: World) -> None:
    await died(world, "both-x")
    world.clock.pass_by(seconds=4.9)
    assert await sweep(world) == 0
    assert world.bus.sends == []
    world.clock.pass_by(seconds=0.1)
    assert await sweep(world) == 1
    assert ids(world.bus.sends[0]) == [f"{PROGRESS_TOPIC}/{LETTER}/1", f"{BUREAU_TOPIC}/{LETTER}/1"]
    assert "unsent" not in world.document()
    assert "unsent_since" not in world.document()
    assert await sweep(world) == 0


async def test_only_what_is_unsent_is_sent(world: World) -> None:
    await world.replica().hear(asked(1, "both-1"), asked(2))
    await died(world, "x", "both-y")
    world.clock.pass_by(seconds=6)
    await sweep(world)
    assert ids(world.bus.sends[-1]) == [
        f"{PROGRESS_TOPIC}/{LETTER}/3",
        f"{PROGRESS_TOPIC}/{LETTER}/4",
        f"{BUREAU_TOPIC}/{LETTER}/2",
    ]


async def test_letters_are_swept_together(world: World) -> None:
    await died(world, "x")
    await died(world, "y", letter=OTHER)
    world.clock.pass_by(seconds=6)
    assert await sweep(world) == 2
    assert len(world.bus.sends) == 1
    assert "unsent" not in world.document(OTHER)


async def test_an_acknowledgement_of_the_last_minute_does_not_damp_it(world: World) -> None:
    """The database may have forgotten what this process remembers of a rolled-back past."""
    replica = world.replica()
    world.documents.failures += [None, "before"]
    with pytest.raises(DatabaseFault):
        await replica.told(told("x"))
    world.clock.pass_by(seconds=6)
    await replica.sweeper.sweep()
    assert world.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/1"] * 2
    assert "unsent" not in world.document()


@pytest.mark.parametrize("fate", ["refused", "lost"])
async def test_what_is_not_acknowledged_is_not_cleared(world: World, fate: str) -> None:
    await died(world, "both-x")
    before = world.document()
    world.clock.pass_by(seconds=6)
    world.bus.fates += ["sent", fate]  # type: ignore[list-item]  # one of the literals
    with pytest.raises(BusFault):
        await sweep(world)
    assert world.document() == before
    assert await sweep(world) == 1
    assert "unsent" not in world.document()


async def test_f1_the_sweeper_sends_what_both_writers_left(world: World) -> None:
    await died(world, "both-first")
    await world.replica().told(told("both-second"))
    world.clock.pass_by(seconds=6)
    await sweep(world)
    assert set(world.bus.ids(PROGRESS_TOPIC)) == {
        f"{PROGRESS_TOPIC}/{LETTER}/{number}" for number in (1, 2)
    }
    assert set(world.bus.ids(BUREAU_TOPIC)) == {
        f"{BUREAU_TOPIC}/{LETTER}/{number}" for number in (1, 2)
    }
    assert "unsent" not in world.document()


async def test_f1_topics_that_came_in_any_order_are_cleared(world: World) -> None:
    await died(world, "first", "bureau-second")
    assert list(world.document()["unsent"]) == ["progress", "bureau_guangzhou"]
    world.clock.pass_by(seconds=6)
    await sweep(world)
    assert "unsent" not in world.document()


async def test_what_is_kept_while_the_sweeper_sends_stays_marked(world: World) -> None:
    await died(world, "x")
    world.clock.pass_by(seconds=6)

    async def keep_more() -> None:
        await died(world, "y")

    world.bus.before_send.append(keep_more)
    await sweep(world)
    assert world.document()["unsent"] == {"progress": 2}
    await sweep(world)
    assert set(world.bus.ids(PROGRESS_TOPIC)) == {
        f"{PROGRESS_TOPIC}/{LETTER}/{number}" for number in (1, 2)
    }
    assert "unsent" not in world.document()


async def test_what_is_kept_for_another_topic_while_it_sends_stays_marked(world: World) -> None:
    await died(world, "x")
    world.clock.pass_by(seconds=6)

    async def keep_more() -> None:
        await died(world, "bureau-y")

    world.bus.before_send.append(keep_more)
    await sweep(world)
    assert world.document()["unsent"]["bureau_guangzhou"] == 1
    await sweep(world)
    assert world.bus.ids(BUREAU_TOPIC) == [f"{BUREAU_TOPIC}/{LETTER}/1"]
    assert "unsent" not in world.document()


async def test_two_sweepers_at_once_do_no_harm(world: World) -> None:
    await died(world, "both-x")
    world.clock.pass_by(seconds=6)
    await asyncio.gather(sweep(world), sweep(world))
    assert len(set(world.bus.records(PROGRESS_TOPIC))) == 1
    assert "unsent" not in world.document()


async def test_it_goes_on_after_faults(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_sweeper, "PAUSE_S", 0.001)
    await died(world, "x")
    world.clock.pass_by(seconds=61)
    world.documents.unread.append(True)
    world.bus.fates.append("refused")
    running = asyncio.create_task(world.replica().sweeper.run())
    await until(lambda: "unsent" not in world.document())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_record_that_the_broker_refuses_holds_up_no_other(world: World) -> None:
    replica = world.replica()
    await died(world, "x")
    await died(world, "y", letter=OTHER)
    world.clock.pass_by(seconds=6)
    world.bus.fates.extend(["refused", "sent"])
    assert await replica.sweeper.sweep() == 1
    assert "unsent" in world.document()
    assert "unsent" not in world.document(OTHER)
    assert await replica.sweeper.sweep() == 0, "it waits a minute"
    world.clock.pass_by(seconds=61)
    assert await replica.sweeper.sweep() == 1
    assert "unsent" not in world.document()


async def test_refused_letters_leave_room_for_a_hundred_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_sweeper, "MOST_AT_ONCE", 2)
    replica = world.replica()
    await died(world, "a", letter="GD-TEST-0003")
    world.clock.pass_by(seconds=1)
    await died(world, "b", letter="GD-TEST-0004")
    world.clock.pass_by(seconds=1)
    await died(world, "c", letter=OTHER)
    await died(world, "d")
    world.clock.pass_by(seconds=6)
    world.bus.fates.extend(["refused", "sent"])
    assert await replica.sweeper.sweep() == 1
    assert await replica.sweeper.sweep() == 2
    unsent = [name for name, one in world.documents.kept.items() if "unsent" in one]
    assert unsent == ["GD-TEST-0003"]
