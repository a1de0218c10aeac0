"""A letter's document stays short, and nothing that was ever emitted for it is lost.

Every test that takes `shelf` runs over the double and over the real database.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from shared.platform.letters import log_archive
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.letters import Letters
from shared.platform.letters.sender import Sender
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Collection
from tests.support.builders import (
    BUREAU_TOPIC,
    LETTER,
    PROGRESS_TOPIC,
    WRITES,
    Diary,
    Note,
    rules,
    seals_of,
    told,
)
from tests.support.doubles import Clock, Memory, MemoryBus
from tests.support.replicas import ids

OTHER = "GD-TEST-0002"
NewCollection = Callable[[], Collection]
SEALS = seals_of()


@dataclass
class SealedShell:
    """Three collections, and a service that keeps its letters there."""

    letters: Collection
    moved: Collection
    asked: Collection
    bus: MemoryBus = field(default_factory=MemoryBus)
    clock: Clock = field(default_factory=Clock)

    @property
    def history(self) -> EventLog:
        return EventLog(self.letters, moved=self.moved, asked=self.asked)

    def service(self) -> Letters[Note, Diary]:
        sender = Sender(self.bus, clock=self.clock.seconds)
        return Letters(rules(), SEALS, history=self.history, sender=sender, now=self.clock)

    async def take(self, *commands: IdempotentCommand[Note]) -> None:
        service = self.service()
        await service.send(await service.decide_and_store(commands))

    async def log(self, letter: str = LETTER) -> list[LogEntry]:
        return (await self.history.of([letter]))[letter]


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.real)])
def shelf(request: pytest.FixtureRequest) -> SealedShell:
    if request.param == "memory":
        return SealedShell(Memory(), Memory(), Memory())
    new: NewCollection = request.getfixturevalue("new_collection")
    return SealedShell(new(), new(), new())


def notes(count: int, *, first: int = 1, letter: str = LETTER) -> list[IdempotentCommand[Note]]:
    return [told(f"both-{number}", letter=letter) for number in range(first, first + count)]


async def in_document(shelf: SealedShell, name: str) -> int:
    found = await shelf.letters.one({"_id": LETTER})
    assert found is not None
    return len(found[name])


# --- moving --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
async def test_old_events_move_and_the_log_stays_whole(shelf: SealedShell) -> None:
    for one in notes(9):
        await shelf.take(one)
    assert await in_document(shelf, "log") <= 5
    log = await shelf.log()
    for topic in (PROGRESS_TOPIC, BUREAU_TOPIC):
        assert [one.sequence for one in log if one.record.topic == topic] == list(range(1, 10))
    sent = [record for topic in WRITES for record in shelf.bus.records(topic)]
    assert {one.record for one in log} == set(sent)
    assert len(sent) == 18


@pytest.mark.usefixtures("small")
async def test_what_is_within_the_limits_stays(shelf: SealedShell) -> None:
    await shelf.take(*[told(f"note-{number}") for number in range(4)])
    assert await shelf.history.trim([LETTER, "GD-NONE-0000"]) == 0
    assert await in_document(shelf, "log") == 4
    assert await shelf.moved.find({"letter": LETTER}) == []


async def test_large_events_move_before_many_do(
    shelf: SealedShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_archive, "MOST_BYTES", 1_000)
    monkeypatch.setattr(log_archive, "LEFT_BYTES", 900)
    for number in range(4):
        await shelf.take(told(f"note-{number}"))
    assert 1 <= await in_document(shelf, "log") < 4
    assert [one.sequence for one in await shelf.log()] == [1, 2, 3, 4]


@pytest.mark.usefixtures("small")
async def test_the_counts_in_the_document_are_those_of_its_log(shelf: SealedShell) -> None:
    for one in notes(7):
        await shelf.take(one)
    found = await shelf.letters.one({"_id": LETTER})
    assert found is not None
    log = await shelf.log()
    inside = log[-len(found["log"]) :]
    assert found["logged"] == {"count": len(inside), "bytes": sum(one.bytes for one in inside)}
    assert found["moved"] == len(log) - len(inside)
    assert found["asked_count"] == 7
    assert found["asked_moved"] == 7 - len(found["asked"])


@pytest.mark.usefixtures("small")
async def test_what_moved_is_found_by_its_cause(shelf: SealedShell) -> None:
    for one in notes(9):
        await shelf.take(one)
    found = await shelf.history.caused_by({LETTER: ["both-1", "both-9", "never"], OTHER: []})
    assert sorted(ids(found)) == sorted(
        f"{topic}/{LETTER}/{number}"
        for topic in (PROGRESS_TOPIC, BUREAU_TOPIC)
        for number in (1, 9)
    )


@pytest.mark.usefixtures("small")
async def test_the_stream_of_all_letters_has_what_moved(shelf: SealedShell) -> None:
    await shelf.take(*notes(9), *notes(1, letter=OTHER))
    found = {letter: len(log) async for letter, log in shelf.history.stream({})}
    assert found == {LETTER: 18, OTHER: 2}


async def test_of_no_letters_there_is_no_history(shelf: SealedShell) -> None:
    assert await shelf.history.of([]) == {}
    assert await shelf.history.of(["GD-NONE-0000"]) == {}
    assert await shelf.history.trim([]) == 0
    assert await shelf.history.asked_before({}) == {}


@pytest.mark.usefixtures("small")
async def test_a_command_whose_name_moved_is_still_applied_once(shelf: SealedShell) -> None:
    for one in notes(9):
        await shelf.take(one)
    assert await in_document(shelf, "asked") <= 4
    shelf.clock.pass_by(seconds=61)
    before = len(shelf.bus.records(PROGRESS_TOPIC))
    await shelf.take(notes(1)[0])
    state = await shelf.service().state(LETTER)
    assert state is not None
    assert state.notes.count("both-1") == 1
    again = shelf.bus.records(PROGRESS_TOPIC)[before:]
    assert ids(again) == [f"{PROGRESS_TOPIC}/{LETTER}/1"], "its effects are sent again"


@pytest.mark.usefixtures("small")
async def test_a_moved_name_with_other_content_is_still_refused(shelf: SealedShell) -> None:
    await shelf.take(told("x", name="first", content="one"))
    for one in notes(9):
        await shelf.take(one)
    folds = await shelf.service().decide_and_store([told("y", name="first", content="two")])
    assert [no.__class__.__name__ for no in folds[0].refusals.values()] == ["IdReused"]
