"""A parked record is replayed or dropped once, despite deaths and concurrent operators."""

from dataclasses import replace

import bson
import pytest

from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.crypto.key_ring import A256GCM, CannotOpen, KeyRing
from shared.platform.letters.dead_letters import Faulty, NotParked
from tests.support.builders import (
    BUREAU_TOPIC,
    progress,
)
from tests.support.parked import Stage, both, choking_on, event


@pytest.fixture
def stage() -> Stage:
    return Stage()


# --- replay --------------------------------------------------------------------------------------


async def test_what_waited_behind_a_parked_record_follows_it_in_order(stage: Stage) -> None:
    await stage.hear(both(1))
    await stage.park(both(2))
    await stage.hear(both(4), both(3))
    assert stage.said() == progress(1)
    assert await stage.tried("replay", 2) == "done"
    assert stage.world.state().notes == ("both-1", "both-2", "both-3", "both-4")
    assert stage.said() == progress(1, 2, 3, 4)
    assert len(stage.said(BUREAU_TOPIC)) == 4
    assert stage.is_settled()


async def test_one_that_is_still_unreadable_stays(stage: Stage) -> None:
    await stage.park(replace(both(1), value=b"{"))
    assert await stage.tried("replay", 1) == "unreadable"
    assert list(stage.parked.kept) == [event(1)]
    assert stage.world.documents.kept == {}


async def test_one_that_this_version_cannot_apply_stays_and_leaves_the_letter_as_it_was(
    stage: Stage,
) -> None:
    await stage.hear(both(1))
    await stage.park(both(2))
    before = dict(stage.world.document())
    assert await stage.operator(choking_on("both-2")).replay(event(2)) == "unfit"
    assert list(stage.parked.kept) == [event(2)]
    assert stage.world.document() == before


async def test_what_waited_and_cannot_be_applied_is_parked_in_its_turn(stage: Stage) -> None:
    await stage.park(both(1))
    await stage.hear(both(2), both(3))
    assert await stage.operator(choking_on("both-2")).replay(event(1)) == "done"
    assert list(stage.parked.kept) == [event(2)]
    assert await stage.tried("replay", 2) == "done"
    assert stage.world.state().notes == ("both-1", "both-2", "both-3")
    assert stage.is_settled()


async def test_replayed_before_its_turn_it_waits_beside_its_letter(stage: Stage) -> None:
    await stage.park(both(1), both(2))
    assert await stage.tried("replay", 2) == "done"
    assert await stage.tried("replay", 1) == "done"
    assert stage.world.state().notes == ("both-1", "both-2")
    assert stage.is_settled()


async def test_where_there_is_no_room_to_wait_it_stays_parked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.platform.letters.reorder_buffer.MOST_EVENTS", 1)
    await stage.hear(both(3))
    await stage.park(both(1), both(2))
    assert await stage.tried("replay", 2) == "waits"
    assert len(stage.parked.kept) == 2
    for number in (1, 2):
        assert await stage.tried("replay", number) == "done"
    assert stage.world.state().notes == ("both-1", "both-2", "both-3")
    assert stage.is_settled()


async def test_what_another_process_had_applied_is_sent_from_the_log(stage: Stage) -> None:
    """A zombie with newer code applied it and died before sending; nothing else would send it."""
    await stage.park(both(1))
    zombie = stage.world.replica()
    await zombie.letters.decide_and_store(zombie.read(both(1)))
    assert stage.said() == []
    assert await stage.tried("replay", 1) == "done"
    assert stage.said() == progress(1)
    assert stage.world.state().notes == ("both-1",)
    assert stage.is_settled()


async def test_its_effects_are_acknowledged_before_it_is_deleted(stage: Stage) -> None:
    await stage.park(both(1))
    stage.world.bus.fates.append("refused")
    with pytest.raises(Exception, match="KafkaTimeoutError"):
        await stage.operator().replay(event(1))
    assert list(stage.parked.kept) == [event(1)]
    assert await stage.tried("replay", 1) == "done"
    assert stage.said() == progress(1)
    await stage.sweep()
    assert stage.is_settled()


@pytest.mark.parametrize("what", ["replay", "drop"])
async def test_what_is_not_parked_is_said_to_be_so(stage: Stage, what: str) -> None:
    with pytest.raises(NotParked):
        await stage.tried(what, 1)


async def test_what_another_ring_sealed_can_be_dropped_and_not_replayed(stage: Stage) -> None:
    ring = KeyRing("other-1", {"other-1": A256GCM(b"o" * 32)})
    lost = DeadLetterStore(stage.parked, ring, now=stage.world.clock)
    await lost.park([Faulty(both(1), "unreadable")])
    with pytest.raises(CannotOpen):
        await stage.tried("replay", 1)
    assert await stage.tried("drop", 1) == "done"


# --- drop ----------------------------------------------------------------------------------------


async def test_dropping_lets_its_turn_pass_and_what_waited_go_on(stage: Stage) -> None:
    await stage.hear(both(1))
    await stage.park(replace(both(2), value=b"{"))
    await stage.hear(both(3))
    assert await stage.tried("drop", 2) == "done"
    assert stage.world.state().notes == ("both-1", "both-3")
    assert stage.world.document()["seen"] == {"submitted": 3}
    assert stage.said() == progress(1, 2)
    assert stage.is_settled()


async def test_one_is_dropped_only_in_its_turn(stage: Stage) -> None:
    await stage.park(both(1), both(2))
    await stage.hear(both(3))
    assert await stage.tried("drop", 2) == "waits"
    assert len(stage.parked.kept) == 2
    assert await stage.tried("drop", 1) == "done"
    assert await stage.tried("drop", 2) == "done"
    assert stage.world.state().notes == ("both-3",)
    assert stage.is_settled()


async def test_a_dropped_record_that_was_applied_elsewhere_is_sent_all_the_same(
    stage: Stage,
) -> None:
    await stage.park(both(1))
    zombie = stage.world.replica()
    await zombie.letters.decide_and_store(zombie.read(both(1)))
    assert await stage.tried("drop", 1) == "done"
    assert stage.said() == progress(1)
    assert stage.world.state().notes == ("both-1",)


async def test_dropping_the_first_event_of_a_letter_makes_room_for_the_second(
    stage: Stage,
) -> None:
    await stage.park(both(1))
    assert await stage.tried("drop", 1) == "done"
    await stage.hear(both(2))
    assert stage.world.state().notes == ("both-2",)


async def test_of_one_whose_turn_nobody_knows_only_the_copy_goes(stage: Stage) -> None:
    await stage.hear(both(1))
    before = dict(stage.world.document())
    await stage.park(replace(both(2), headers=()))
    (name,) = stage.parked.kept
    assert await stage.operator().drop(name) == "done"
    assert stage.parked.kept == {}
    assert stage.world.document() == before


# --- drop by force -------------------------------------------------------------------------------


async def test_records_behind_an_event_that_never_comes_are_dropped_by_force(stage: Stage) -> None:
    """No command could end that: the letter waited for ever, and the alert with it."""
    await stage.hear(both(1))
    await stage.park(*(replace(both(number), value=b"{") for number in (3, 4)))
    await stage.hear(both(5))
    for number in (3, 4):
        assert await stage.tried("drop", number) == "waits"
    operator = stage.operator()
    assert await operator.drop(event(3), reason="R", is_forced=True) == "done"
    assert await operator.drop(event(4)) == "done"
    assert stage.world.state().notes == ("both-1", "both-5")
    assert stage.is_settled()
    assert [(one.id, one.missing_from, one.reason) for one in await stage.drops.listed()] == [
        (event(3), 2, "R"),
        (event(4), None, ""),
    ]
    assert b"R" not in bson.encode(stage.dropped.kept[event(3)] | {"_id": "", "reason": b""})


async def test_what_waits_between_is_applied_and_not_given_up(stage: Stage) -> None:
    await stage.hear(both(1), both(3), both(4))
    await stage.park(replace(both(6), value=b"{"))
    await stage.hear(both(7))
    assert await stage.operator().drop(event(6), reason="R", is_forced=True) == "done"
    assert stage.world.state().notes == ("both-1", "both-3", "both-4", "both-7")
    assert stage.world.document()["seen"] == {"submitted": 7}
    assert stage.is_settled()


async def test_what_waits_between_and_cannot_be_applied_is_parked_and_comes_first(
    stage: Stage,
) -> None:
    await stage.hear(both(3))
    await stage.park(replace(both(4), value=b"{"))
    faulty = stage.operator(choking_on("both-3"))
    assert await faulty.drop(event(4), reason="R", is_forced=True) == "waits"
    assert sorted(stage.parked.kept) == [event(3), event(4)]
    assert stage.world.document()["seen"] == {"submitted": 2}
    assert await stage.tried("replay", 3) == "done"
    assert await stage.tried("drop", 4) == "done"
    assert stage.world.state().notes == ("both-3",)


async def test_earlier_parked_records_are_never_given_up_by_force(stage: Stage) -> None:
    await stage.park(both(2), replace(both(4), value=b"{"))
    assert await stage.operator().drop(event(4), reason="R", is_forced=True) == "waits"
    assert len(stage.parked.kept) == 2
    assert stage.dropped.kept == {}


async def test_what_was_given_up_and_comes_after_all_changes_nothing(stage: Stage) -> None:
    await stage.hear(both(1))
    await stage.park(replace(both(3), value=b"{"))
    await stage.operator().drop(event(3), reason="R", is_forced=True)
    await stage.hear(both(2))
    assert stage.world.state().notes == ("both-1",)
    assert stage.is_settled()
