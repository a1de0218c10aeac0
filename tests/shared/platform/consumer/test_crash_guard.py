"""A record that kills its process is found after a few deaths and parked, and stops no other."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.platform.consumer import consumer as module
from shared.platform.consumer import partitions
from shared.platform.consumer.dead_letter_policy import Handled
from shared.platform.consumer.fetch_buffer import MOST_RECORDS
from shared.platform.kafka.bus import Inbound
from shared.platform.letters import bad_actions
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import Record
from tests.support.builders import LETTER, action, asked, fired
from tests.support.samples import sample
from tests.support.scene import IDS, Reader, Scene, event
from tests.support.waiting import until

MOST_DEATHS = 3
POISON = "mailbox_consumer_last_poison_timestamp_seconds"


class Died(BaseException):
    """The process is gone, and cleans nothing up."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.002)
    monkeypatch.setattr(partitions, "POLL_MS", 5)


def fatal(scene: Scene, *poison: Inbound) -> None:
    """A process that handles one of these dies."""
    hand, ids = scene.hand, {dict(one.headers)["ce_id"].decode() for one in poison}

    async def handle(records: Sequence[Record]) -> Handled:
        if ids.intersection(one.envelope.id for one in records):
            raise Died
        return await hand(records)

    scene.handle = handle


async def dies(scene: Scene, ids: dict[str, str] = IDS) -> bool:
    """Whether a process that starts now dies before it has handled all records."""
    consumer = scene.process(ids)
    running = asyncio.create_task(consumer.run())
    await until(lambda: running.done() or scene.is_all_committed())
    if not running.done():
        consumer.stop()
    try:
        await asyncio.wait_for(running, 5)
    except Died:
        return True
    return False


async def killed(scene: Scene) -> None:
    """A process starts, does what there is to do, and is killed while idle."""
    running = asyncio.create_task(scene.process().run())
    await until(scene.is_all_committed)
    await scene.idle()
    running.cancel()
    await asyncio.wait({running})


async def deaths(scene: Scene, most: int = MOST_DEATHS) -> int:
    """The number of processes that die until one has handled all records."""
    for count in range(most + 1):
        if not await dies(scene):
            return count
    raise AssertionError(f"more than {most} deaths")


# --- the one that kills --------------------------------------------------------------------------


async def test_it_is_parked_and_all_others_are_handled(scene: Scene) -> None:
    """Or a record that makes the service exit stops it for good."""
    many = [asked(1 + n) for n in range(20)]
    fatal(scene, asked(13))
    scene.bus.put(*many, fired(1))
    assert await deaths(scene) <= MOST_DEATHS
    assert list(scene.parked.kept) == [event(13)]
    assert scene.parked.kept[event(13)]["code"] == "poison"
    assert [one for one in scene.hand.ids if one.startswith("letters.submitted")] == [
        event(1 + n) for n in range(20) if n != 12
    ]
    assert sample(POISON, topic="letters.submitted") > 0


async def test_also_where_records_were_handled_before_it_came(scene: Scene) -> None:
    scene.bus.put(asked(1), asked(2))
    async with scene.consuming():
        await until(scene.is_all_committed)
        fatal(scene, asked(4))
    scene.bus.put(asked(3), asked(4), asked(5))
    assert await deaths(scene) <= MOST_DEATHS
    assert list(scene.parked.kept) == [event(4)]
    assert scene.hand.ids == [event(1), event(2), event(3), event(5)]


async def test_several_cost_one_death_more_each(scene: Scene) -> None:
    fatal(scene, asked(2), asked(3), asked(5))
    scene.bus.put(*(asked(1 + n) for n in range(6)))
    assert await deaths(scene, most=MOST_DEATHS + 2) <= MOST_DEATHS + 2
    assert sorted(scene.parked.kept) == [event(2), event(3), event(5)]


async def test_a_bureau_s_is_refused(scene: Scene) -> None:
    poison = action("poison")
    fatal(scene, poison)
    scene.bus.put(action("before"), poison, action("after"))
    assert await deaths(scene) <= MOST_DEATHS
    assert [one.code for one in scene.told] == ["poison"]
    assert [one.raw.offset for one in scene.told] == [1]
    assert len(scene.hand.taken) == 2
    assert scene.parked.kept == {}


async def test_one_that_kills_who_reads_it_ahead_is_found_too(scene: Scene) -> None:
    class Killing(Reader):
        def __call__(self, raw: Inbound) -> Record:
            if dict(raw.headers)["ce_id"].decode() == event(3):
                raise Died
            return super().__call__(raw)

    scene.read = Killing()
    scene.bus.put(*(asked(1 + n) for n in range(MOST_RECORDS + 10)))
    assert await deaths(scene) <= MOST_DEATHS
    assert list(scene.parked.kept) == [event(3)]
    assert len(scene.hand.taken) == MOST_RECORDS + 9


# --- what else may happen ------------------------------------------------------------------------


async def test_no_batch_costs_a_write(scene: Scene) -> None:
    scene.bus.put(asked(1), fired(1))
    async with scene.consuming():
        await until(scene.is_all_committed)
        await scene.idle()
        writes = len(scene.notes.writes)
        for number in range(2, 20):
            scene.bus.put(asked(number), fired(number))
            await until(scene.is_all_committed)
        assert len(scene.notes.writes) == writes


async def test_after_an_orderly_stop_nothing_is_suspected(scene: Scene) -> None:
    scene.bus.put(asked(1))
    for _ in range(2):
        async with scene.consuming():
            await until(scene.is_all_committed)
            await scene.idle()
    scene.bus.put(*(asked(2 + n) for n in range(10)))
    async with scene.consuming():
        await until(scene.is_all_committed)
    assert scene.hand.attempts == 2, "ten records are one batch"


async def test_who_is_killed_while_idle_has_nothing_suspected(scene: Scene) -> None:
    """Records after a crash can't have caused it."""
    scene.bus.put(asked(1))
    for _ in range(3):
        await killed(scene)
    async with scene.consuming():
        await scene.idle()
        scene.bus.put(*(asked(2 + n) for n in range(10)))
        await until(scene.is_all_committed)
    assert scene.hand.attempts == 2


async def test_deaths_while_idle_don_t_count(scene: Scene) -> None:
    """Or a quiet partition would collect them for months, until a record is parked for nothing."""
    scene.bus.put(asked(1))
    for _ in range(3):
        await killed(scene)
    fatal(scene, asked(2))
    running = asyncio.create_task(scene.process().run())
    await until(lambda: len(scene.bus.consumers) == 4)
    await scene.idle()
    scene.bus.put(asked(2))
    with pytest.raises(Died):
        await asyncio.wait_for(running, 5)
    assert await dies(scene)
    scene.handle = None
    assert not await dies(scene)
    assert scene.parked.kept == {}
    assert scene.hand.ids == [event(1), event(2)]


async def test_after_one_death_records_are_still_taken_together(scene: Scene) -> None:
    scene.bus.put(*(asked(1 + n) for n in range(5)))
    fatal(scene, asked(3))
    assert await dies(scene)
    scene.handle = None
    assert not await dies(scene)
    assert scene.hand.attempts == 1


async def test_two_deaths_of_another_cause_park_nothing(scene: Scene) -> None:
    scene.bus.put(*(asked(1 + n) for n in range(5)))
    fatal(scene, asked(3))
    assert await dies(scene)
    assert await dies(scene)
    scene.handle = None
    assert not await dies(scene)
    assert scene.parked.kept == {}
    assert scene.hand.ids == [event(1 + n) for n in range(5)]


async def test_who_gives_its_partitions_up_alive_is_no_suspicion(scene: Scene) -> None:
    """A suspect in hand whose partition goes to another process is handled by that one."""
    scene.bus.put(asked(1), asked(2))
    fatal(scene, asked(1))
    for _ in range(2):
        assert await dies(scene)
    scene.handle = None
    scene.hand.may_go.clear()
    slow = asyncio.create_task((first := scene.process()).run())
    await until(lambda: scene.hand.attempts)
    await scene.bus.consumers[-1].rebalance([])
    scene.hand.may_go.set()
    async with scene.consuming():
        await until(scene.is_all_committed)
    first.stop()
    await asyncio.wait_for(slow, 5)
    assert scene.parked.kept == {}
    assert set(scene.hand.ids) == {event(1), event(2)}


async def test_a_topic_made_anew_has_no_suspects(scene: Scene) -> None:
    scene.bus.put(asked(1))
    fatal(scene, asked(1))
    for _ in range(3):
        assert await dies(scene)
    scene.handle = None
    scene.bus.commits.clear()
    assert not await dies(scene, IDS | {"letters.submitted": "i-2"})
    assert scene.parked.kept == {}


@pytest.mark.parametrize("failure", ["before", "after"])
async def test_a_database_that_fails_delays_it_and_no_more(scene: Scene, failure: str) -> None:
    fatal(scene, asked(2))
    scene.bus.put(asked(1), asked(2), asked(3))
    for _ in range(MOST_DEATHS + 1):
        scene.notes.failures += [failure] * 2  # type: ignore[list-item]  # one of its literals
        await dies(scene)
    assert list(scene.parked.kept) == [event(2)]
    assert scene.hand.ids == [event(1), event(3)]


def test_an_action_that_killed_its_process_is_refused_without_being_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(_: bytes) -> None:
        raise Died

    raw = action("a-1")
    monkeypatch.setattr(bad_actions, "_object", dies)
    with pytest.raises(Died):
        bad_actions.record_of(Faulty(raw, "unreadable", "bad_json"), letter=LETTER)
    refused = bad_actions.record_of(Faulty(raw, "poison", "died"), letter=LETTER)
    assert refused.envelope.data.code == "unreadable"
