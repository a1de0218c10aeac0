"""A batch in parts: deciding while others are stored gives the same result as one by one."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.submitted_v1 import WithdrawalRequested
from shared.platform.kafka.bus import BusFault
from shared.platform.letters import letters
from shared.platform.letters.precompute import precompute
from shared.platform.letters.service_decider import Arrival
from shared.platform.mongo.database import DatabaseFault
from tests.support.builders import (
    PROGRESS_TOPIC,
    SECRETS,
    Note,
    asked,
    rules,
    told,
)
from tests.support.replicas import Replica, World
from tests.support.waiting import until

NUMBERS = [f"GD-TEST-{number:04d}" for number in range(1, 8)]


@pytest.fixture
def replica(world: World, monkeypatch: pytest.MonkeyPatch) -> Replica:
    monkeypatch.setattr(letters, "TOGETHER", 3)
    return world.replica()


# --- parts -------------------------------------------------------------------------------------


async def test_a_batch_is_kept_in_parts_and_each_letter_wholly_in_one(
    world: World, replica: Replica
) -> None:
    await replica.hear(*(asked(at, letter=one) for at in (1, 2) for one in NUMBERS))
    assert [len(operations) for operations in world.documents.writes] == [3, 3, 1]
    for one in NUMBERS:
        assert world.state(one).notes == ("ask-1", "ask-2")
        assert world.bus.ids(PROGRESS_TOPIC, one) == [
            f"{PROGRESS_TOPIC}/{one}/{number}" for number in (1, 2)
        ]


async def test_parts_are_decided_while_others_are_kept(world: World, replica: Replica) -> None:
    async def wait_for_the_others() -> None:
        await until(lambda: {NUMBERS[3], NUMBERS[6]} <= world.documents.kept.keys())

    world.documents.before_write.append(wait_for_the_others)
    await replica.hear(*(asked(1, letter=one) for one in NUMBERS))
    assert world.documents.kept.keys() == {*NUMBERS}


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_part_that_fails_leaves_nothing_under_way_and_is_completed_later(
    part: int, world: World, replica: Replica
) -> None:
    batch = [asked(1, letter=one) for one in NUMBERS]
    world.documents.failures.extend([None] * part + ["before"])
    with pytest.raises(DatabaseFault):
        await replica.hear(*batch)
    kept, sent = {*world.documents.kept}, len(world.bus.sends)
    assert len(kept) in (4, 6)
    assert sent == 2, "the other parts were kept and sent"
    await asyncio.sleep(0.01)
    assert ({*world.documents.kept}, len(world.bus.sends)) == (kept, sent), "nothing goes on"
    await replica.hear(*batch)
    assert all(len(world.bus.ids(PROGRESS_TOPIC, one)) == 1 for one in NUMBERS)


async def test_the_first_fault_is_what_is_raised(world: World, replica: Replica) -> None:
    world.documents.failures.extend([None, "before", None])
    world.bus.fates.append("refused")
    with pytest.raises(BusFault):
        await replica.hear(*(asked(1, letter=one) for one in NUMBERS))


# --- read ahead --------------------------------------------------------------------------------


def foreseeing(world: World, ahead: Any = None) -> tuple[Replica, list[Sequence[str]]]:
    """A replica whose rules record what was precomputed and what was decided."""
    seen: list[Sequence[str]] = []

    def read(events: Sequence[Event]) -> Sequence[Any]:
        seen.append([one.request_id for one in events if isinstance(one, WithdrawalRequested)])
        if isinstance(ahead, Exception):
            raise ahead
        return [f"ahead-{one.request_id}" for one in events]  # type: ignore[attr-defined]  # as above

    def on_asked(event: Envelope[WithdrawalRequested], arrival: Arrival) -> Note:
        return Note(arrival.ahead or event.data.request_id)

    given = replace(rules(), read_ahead=read, handlers={WithdrawalRequested: on_asked})
    return world.replica(given), seen


async def test_of_new_letters_the_first_record_is_read_ahead_together(world: World) -> None:
    await world.replica().hear(asked(1, letter=NUMBERS[2]))
    replica, seen = foreseeing(world)
    await replica.hear(
        asked(1, "a", letter=NUMBERS[0]),
        asked(2, "b", letter=NUMBERS[0]),
        asked(1, "c", letter=NUMBERS[1]),
        asked(2, "d", letter=NUMBERS[2]),
    )
    assert seen == [["a", "c"]]
    assert world.state(NUMBERS[0]).notes == ("ahead-a", "b")
    assert world.state(NUMBERS[1]).notes == ("ahead-c",)
    assert world.state(NUMBERS[2]).notes == ("ask-1", "d")


async def test_what_overtook_is_read_by_itself_in_its_turn(world: World) -> None:
    replica, _ = foreseeing(world)
    await replica.hear(asked(2, "late"))
    await replica.hear(asked(1, "soon"))
    assert world.state().notes == ("soon", "late")


async def test_commands_have_nothing_to_be_read_ahead(world: World) -> None:
    replica, seen = foreseeing(world)
    await replica.told(told("both-1"))
    assert seen == [[]]
    assert world.state().notes == ("both-1",)


async def test_where_reading_ahead_fails_each_is_read_by_itself(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    replica, _ = foreseeing(world, ValueError(SECRETS[1]))
    with caplog.at_level(logging.WARNING):
        await replica.hear(*(asked(1, letter=one) for one in NUMBERS[:2]))
    assert [world.state(one).notes for one in NUMBERS[:2]] == [("ask-1",), ("ask-1",)]
    assert [record.message for record in caplog.records] == ["nothing read ahead"]
    assert SECRETS[1] not in caplog.text


def test_services_that_read_nothing_ahead_make_nothing_of_it(world: World) -> None:
    replica = world.replica()
    assert precompute(replica.read(asked(1)), rules()) == {}
