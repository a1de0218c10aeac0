"""Events that can't be applied change nothing, delay nothing, and are never lost."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from shared.contracts.envelope import Unreadable
from shared.contracts.submitted_v1 import WithdrawalRequested
from shared.kernel.errors import Refused
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import Outgoing, Record, Resend, Unfit
from shared.platform.mongo.database import Document
from tests.support.builders import (
    BUREAU_TOPIC,
    FOREIGN_ACTIONS_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    SECRETS,
    Diary,
    Noted,
    action,
    asked,
    outgoing,
    told,
    written,
)
from tests.support.folding import SEALS, after, ends, fold
from tests.support.replicas import World, ids

OTHER = "GD-TEST-0002"


def test_a_record_that_cannot_be_applied_is_left_for_parking_and_what_follows_waits() -> None:
    broken = asked(2, "broken-2")
    done = fold(asked(1), broken, asked(3))
    assert done.unfit == [Unfit(broken, "unfit", "LookupError")]
    assert done.state.notes == ("ask-1",)
    assert done.seen == {"submitted": 1}
    assert done.heard == {"submitted": 3}
    assert done.has_gap
    assert done.early.get("submitted", 3) is not None
    assert [entry.sequence for entry in done.log] == [1]
    assert SECRETS[1] not in repr(done.unfit)


def test_half_of_what_it_said_is_unsaid() -> None:
    """The first event of a record is emitted, then sealing the second fails."""
    done = fold(asked(1, "both-1"), written(2), outgoing=_twice)
    assert [one.fault for one in done.unfit] == ["Unsendable"]
    assert done.sent == {"progress": 1, "bureau_guangzhou": 1}
    assert len(done.log) == 2
    assert done.state.words is None


def _twice(event: Noted, state: Diary) -> Iterable[Outgoing | Resend]:
    """The diary's events, and for words one more that no reader would accept."""
    yield from outgoing(event, state)
    if event.words is not None:
        yield Outgoing(PROGRESS_TOPIC, WithdrawalRequested(request_id="x", reason="not_said"))


def test_one_that_waited_and_cannot_be_applied_no_longer_waits_among_the_early() -> None:
    broken = asked(2, "broken-2")
    done = fold(broken, asked(3), asked(1))
    assert done.unfit == [Unfit(broken, "unfit", "LookupError")]
    assert done.state.notes == ("ask-1",)
    assert done.early.get("submitted", 2) is None
    assert done.early.get("submitted", 3) is not None
    assert done.has_gap


def test_one_that_waited_and_cannot_be_read_any_more_is_left_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = fold(asked(2))
    kept = after(waiting)
    read = Seals.read

    def failing(self: Seals, raw: object) -> Record:
        if raw == asked(2):
            raise Unreadable("bad_value")
        return read(self, raw)  # type: ignore[arg-type]  # an Inbound

    record = SEALS.read(asked(1))
    monkeypatch.setattr(Seals, "read", failing)
    done = fold(kept=kept)
    done.apply_record(record)
    assert [one.fault for one in done.unfit] == ["Unreadable"]
    assert done.seen == {"submitted": 1}
    assert done.has_gap


def test_an_action_that_cannot_be_applied_is_refused() -> None:
    done = fold(action("broken-x"))
    assert done.state.notes == ()
    assert len(done.log) == 1
    assert done.log[0].record.topic == BUREAU_TOPIC
    assert ends(done) == {"refused": 1}
    assert done.unfit == []
    assert not fold(action("broken-x"), kept=after(done)).has_changed


def test_a_command_that_cannot_be_applied_fails_alone() -> None:
    done = fold(told("x"), told("broken-y"), told("z"))
    assert done.state.notes == ("x", "z")
    fault = done.refusals["broken-y", ""]
    assert isinstance(fault, LookupError)
    assert not isinstance(fault, Refused)
    assert "broken-y" not in done.asked, "it may be told again"


def test_two_bureaus_never_share_the_name_of_an_action() -> None:
    done = fold(action("x", name="n"), action("y", name="n", topic=FOREIGN_ACTIONS_TOPIC))
    assert done.state.notes == ("x", "y")
    assert len(done.asked) == 2


# --- tried again ---------------------------------------------------------------------------------


def test_what_is_tried_again_has_no_record_behind_it() -> None:
    record = replace(SEALS.read(asked(1)), stands=False)
    done = fold()
    done.apply_record(record)
    assert done.unsent == {"progress": 1}
    assert fold(asked(1)).unsent == {}


def test_what_is_skipped_counts_as_seen_and_what_waited_follows() -> None:
    skipped = replace(SEALS.read(asked(1)), stands=False, is_skipped=True)
    done = fold(asked(2))
    done.apply_record(skipped)
    assert done.state.notes == ("ask-2",)
    assert done.seen == {"submitted": 2}
    assert not done.has_gap
    assert done.unsent == {"progress": 1}


def test_what_is_not_next_is_not_skipped() -> None:
    done = fold()
    done.apply_record(replace(SEALS.read(asked(2)), is_skipped=True))
    assert not done.has_changed
    assert not done.has_gap


# --- asked for again -----------------------------------------------------------------------------


async def test_what_is_asked_for_again_is_sent_from_there_on(world: World) -> None:
    replica = world.replica()
    await replica.told(*(told(f"bureau-{number}") for number in range(1, 5)))
    before = len(world.bus.records(BUREAU_TOPIC))
    await replica.hear(action("again-3"))
    sent = ids(world.bus.records(BUREAU_TOPIC)[before:])
    assert sent == [f"{BUREAU_TOPIC}/{LETTER}/{number}" for number in (3, 4, 5)]
    assert "unsent" not in world.document()


async def test_a_crash_before_it_is_sent_again_forgets_nothing(world: World) -> None:
    replica = world.replica()
    await replica.told(*(told(f"bureau-{number}") for number in range(1, 5)))
    await replica.letters.decide_and_store(replica.read(action("again-2")))
    assert world.document()["unsent"]["bureau_guangzhou"] == 2
    world.clock.pass_by(seconds=6)
    before = len(world.bus.records(BUREAU_TOPIC))
    await world.replica().sweeper.sweep()
    sent = ids(world.bus.records(BUREAU_TOPIC)[before:])
    assert sent == [f"{BUREAU_TOPIC}/{LETTER}/{number}" for number in (2, 3, 4, 5)]
    assert "unsent" not in world.document()


async def test_what_was_never_sent_is_not_sent_again(world: World) -> None:
    await world.replica().hear(action("again-7"))
    document: Document = world.document()
    assert document["sent"] == {"progress": 1, "bureau_guangzhou": 1}
    assert "unsent" not in document


# --- through the shell ---------------------------------------------------------------------------


async def test_others_in_the_batch_go_on(world: World) -> None:
    folds = await world.replica().hear(asked(1, "broken-1"), asked(1, letter=OTHER))
    assert {one.letter: len(one.unfit) for one in folds} == {LETTER: 1, OTHER: 0}
    assert world.state(OTHER).notes == ("ask-1",)
    assert LETTER not in world.documents.kept
    assert world.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{OTHER}/1"]


async def test_a_skipped_record_lets_the_rest_through(world: World) -> None:
    replica = world.replica()
    await replica.hear(asked(2), asked(3))
    skipped = replace(SEALS.read(asked(1)), stands=False, is_skipped=True)
    await replica.letters.send(await replica.letters.decide_and_store([skipped]))
    assert world.state().notes == ("ask-2", "ask-3")
    assert len(world.bus.records(PROGRESS_TOPIC)) == 2
    assert "unsent" not in world.document()
    assert "gap_since" not in world.document()
