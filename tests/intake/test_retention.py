"""Letters lose their parts when the table says, never before, and never while somebody waits."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import bson
import pytest
from pymongo.errors import AutoReconnect

from services.intake import store, wiring
from services.intake.domain import IntakeState, evolve
from services.intake.domain.diversion import DivertedContent, ResolveDiversion, SeeDiversion
from services.intake.domain.letter import IntakeLetter, TimelineStep
from services.intake.domain.retention import StillKept, check_request, due_parts
from services.intake.domain.writer_requests import SubmitAddition
from services.intake.files.sealed_chunks import StorageAway
from services.intake.jobs import LetterEraser, RetentionLoop
from shared.contracts.progress_v1 import (
    CommitmentMade,
    DisclosureMarked,
    LetterAddedTo,
    LetterReopened,
    PetitionMarked,
)
from shared.contracts.submitted_v1 import LetterErased
from shared.contracts.topics import SUBMITTED
from shared.contracts.values import Attachment, Place
from shared.contracts.vocabulary import Erasable
from shared.contracts.words import Note, WriterText
from shared.kernel.errors import OutOfOrder
from shared.kernel.letter_number import new_diversion_number
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.key_rotation import kids_in
from shared.platform.runtime import data_files
from tests.intake.diversions import DIVERSION, divert
from tests.intake.story import (
    CONTACT,
    IDENTITY,
    LETTER,
    NOON,
    OTHER,
    OWNER,
    closed,
    fact,
    given,
    note,
    received,
    replied,
    routed,
    submit,
    withdrawn,
)
from tests.support.doubles import Clock, Memory
from tests.support.sealed_shell import BLIND, SealedShell, name_of, sealed_shell, seals

TABLE = data_files.retention()
FILE = Attachment(id="file-1", type="image/png", size=9, sha256="5" * 64)
DAY = timedelta(days=1)
WORDS: tuple[Erasable, ...] = ("words",)
ALL: tuple[Erasable, ...] = ("identity", "words", "attachments")
ENDED = (received(), routed(), replied(), closed())
IDENTITY_DAYS, WORDS_DAYS = 1095, 3652


def ended(*more: Any, at: datetime = NOON, **over: Any) -> Any:
    """A letter with a file, answered and closed, and what more was said before that."""
    facts = (note(one, at=at) for one in (*ENDED[:3], *more, ENDED[3]))
    return given().when(submit(attachments=(FILE,), **over), *facts).state


def due(state: IntakeState) -> dict[str, int]:
    """The days after noon on which each part is due."""
    return {one.part: (one.at - NOON).days for one in due_parts(state, TABLE)}


# --- when ----------------------------------------------------------------------------------------


def test_each_part_has_its_own_time_after_the_end_and_none_before() -> None:
    assert due(ended()) == {
        "identity": IDENTITY_DAYS,
        "attachments": IDENTITY_DAYS,
        "words": WORDS_DAYS,
    }
    running = given().when(submit(), *(note(one) for one in ENDED[:3])).state
    assert due(running) == {}
    assert due(given().when(submit(), note(withdrawn())).state)["identity"] == IDENTITY_DAYS


@pytest.mark.parametrize(
    ("mark", "identity", "words"),
    [(PetitionMarked, 3652, 10957), (DisclosureMarked, 3652, 3652)],
)
def test_petitions_and_disclosures_are_kept_longer(mark: Any, identity: int, words: int) -> None:
    marked = fact(mark, reason="by_content")
    found = due(ended(marked))
    assert (found["identity"], found["words"]) == (identity, words)
    old = replace(ended(), history=(TimelineStep(NOON, name_of(mark.type)),), ended_at=None)
    assert due(old)["words"] == words, "older documents show it by their steps"


def test_a_reopened_letter_is_not_due_and_begins_again_with_its_next_end() -> None:
    again = fact(LetterReopened, time=1, why="writer")
    story = given.state(ended()).when(note(again, at=NOON + 40 * DAY))
    assert due(story.state) == {}
    last = story.when(note(closed(), at=NOON + 50 * DAY)).state
    assert due(last)["identity"] == IDENTITY_DAYS + 50


def test_new_words_postpone_it_and_open_requests_stop_it() -> None:
    late = NOON + IDENTITY_DAYS * DAY
    said = given.state(ended()).when(SubmitAddition(OWNER, "r-1", WriterText(text="还有")))
    assert due(said.state) == {}, "the router has still to take it"
    added = fact(LetterAddedTo, state="closed", late=False)
    heard = said.when(note(added, at=late)).state
    assert due(heard)["identity"] == IDENTITY_DAYS + 30


def test_a_commitment_that_runs_stops_it() -> None:
    made = fact(CommitmentMade, commitment=1, due_on=date(2027, 1, 2), words=Note(text="换灯"))
    assert due(ended(made)) == {}


def test_what_is_gone_is_not_due() -> None:
    story = given.state(ended())
    erased = LetterErased(what=("identity", "attachments"), rule="letters.identity")
    assert due(evolve(story.state, erased)) == {"words": WORDS_DAYS}


def test_a_diversion_is_due_once_the_desk_is_done_and_it_became_no_letter() -> None:
    story = given().when(divert(NOON))
    assert due(story.state) == {}
    done = story.when(ResolveDiversion("d-1", NOON, "handed_to_110", "110-1"))
    assert due(done.state) == {"words": IDENTITY_DAYS}
    false = story.when(ResolveDiversion("d-1", NOON, "false_alarm"))
    assert due(false.state) == {}, "it is still to become a letter"


# --- a writer's request --------------------------------------------------------------------------


def test_a_writer_may_ask_thirty_days_after_the_end() -> None:
    letter = ended()
    with pytest.raises(StillKept) as no:
        check_request(letter, WORDS, table=TABLE, now=NOON + 29 * DAY)
    assert no.value.members == {"rule": "letters.words", "until": "2026-12-24"}
    check_request(letter, ALL, table=TABLE, now=NOON + 30 * DAY)


def test_the_law_keeps_a_petition_for_its_time() -> None:
    letter = ended(fact(PetitionMarked, reason="by_content"))
    with pytest.raises(StillKept) as no:
        check_request(letter, WORDS, table=TABLE, now=NOON + 4000 * DAY)
    assert no.value.members["rule"] == "petitions.words"
    check_request(letter, ALL[:1], table=TABLE, now=NOON + 3652 * DAY)


def test_nobody_may_ask_while_it_runs_or_waits() -> None:
    running = given().when(submit()).state
    waiting = given.state(ended()).when(SubmitAddition(OWNER, "r-1", WriterText(text="还有")))
    for state in (running, waiting.state):
        assert isinstance(state, IntakeLetter)
        with pytest.raises(OutOfOrder):
            check_request(state, WORDS, table=TABLE, now=NOON + 9000 * DAY)


# --- the loop ------------------------------------------------------------------------------------


@dataclass
class Room:
    """Intake with an ended letter and its diversion, and everything that erases."""

    shelf: SealedShell[Any, IntakeState]
    entries: Memory = field(default_factory=Memory)
    files: list[str] = field(default_factory=list)
    fate: Callable[[str], None] = lambda _: None
    """Called before each step with its name; may raise."""

    async def erase(self, ids: Any) -> None:
        """Stands for the storage of attachments."""
        self.fate("files")
        self.files += ids

    async def tell(self, command: IdempotentCommand[Any]) -> IntakeState:
        """Execute a command."""
        self.fate(f"tell {command.letter[:2]}")
        state = await self.shelf.commands.execute(command)
        self.fate(f"told {command.letter[:2]}")
        return state

    @property
    def loop(self) -> RetentionLoop:
        """A process that has just started."""
        shelf, ledger = self.shelf, store.ErasureLedger(self.entries)
        eraser = LetterEraser(
            shelf.documents, shelf.letters.state, tell=self.tell, ledger=ledger,
            files=self, now=shelf.now,
        )  # fmt: skip
        return RetentionLoop(
            shelf.letters, shelf.documents, eraser=eraser, ledger=ledger, table=TABLE,
            now=shelf.now,
        )  # fmt: skip

    async def do(self, letter: str, *commands: Any) -> None:
        """Execute these."""
        for number, command in enumerate(commands):
            name = f"{type(command).__name__}-{number}"
            await self.shelf.commands.execute(IdempotentCommand(letter, command, name))

    def said(self) -> list[tuple[str, ...]]:
        """The parts of each erasure on the topic."""
        said = self.shelf.said(SUBMITTED.name)
        return [one.data.what for one in said if isinstance(one.data, LetterErased)]

    def kept(self) -> list[str]:
        """Keys under which anything is sealed in any state."""
        return [kid for one in self.shelf.documents.kept.values() for kid in kids_in(one["state"])]


@asynccontextmanager
async def room() -> AsyncIterator[Room]:
    async with sealed_shell(
        wiring.rules(seals("intake"), BLIND), seals("intake"), now=Clock(NOON)
    ) as at:
        made = Room(at)
        await made.do(LETTER, submit(attachments=(FILE,)), *(note(one) for one in ENDED))
        caught = DivertedContent("zh", Place(), said=WriterText(text="救命"), contact=CONTACT)
        found = replace(divert(NOON, letter=LETTER), caught=caught)
        resolve = ResolveDiversion("d-1", NOON, "handed_to_110", "110-1")
        await made.do(DIVERSION, found, SeeDiversion("d-1", NOON), resolve)
        yield made


async def test_nothing_is_erased_before_its_time() -> None:
    async with room() as at:
        at.shelf.now.pass_by(days=IDENTITY_DAYS - 1)
        assert await at.loop.step() == 0
        assert (at.said(), at.entries.kept, at.files) == ([], {}, [])


async def test_the_loop_erases_identity_first_then_words_and_files_of_each_its_time() -> None:
    async with room() as at:
        at.shelf.now.pass_by(days=IDENTITY_DAYS)
        assert await at.loop.step() == 2, "the letter and the diversion"
        await at.shelf.quiet()
        assert at.said() == [("identity",), ("attachments",)]
        assert at.files == ["file-1"]
        assert await at.loop.step() == 0, "once"
        at.shelf.now.pass_by(days=WORDS_DAYS)
        await at.loop.step()
        await at.shelf.quiet()
        assert at.said()[2:] == [("words",)]
        assert at.kept() == []
        rules = [one["rule"] for one in at.entries.kept.values()]
        assert sorted(rules) == [
            "diversions.content", "letters.attachments", "letters.identity", "letters.words",
        ]  # fmt: skip
        content = b"".join(bson.encode(one) for one in at.entries.kept.values())
        assert b"waits_since" not in content


STEPS = ("files", f"tell {LETTER[:2]}", f"told {LETTER[:2]}", f"tell {DIVERSION[:2]}",
         f"told {DIVERSION[:2]}")  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leaves_nothing_half_done(step: str) -> None:
    async with room() as at:
        crashed: list[str] = []

        def crash(name: str) -> None:
            if name == step and not crashed:
                crashed.append(name)
                raise AutoReconnect

        at.shelf.now.pass_by(days=WORDS_DAYS)
        at.fate = crash
        eraser = at.loop._eraser
        with pytest.raises(AutoReconnect):
            await eraser.erase(LETTER, ALL, rule="writer.request", by="writer")
        assert crashed
        await _finished(at)


@pytest.mark.parametrize("failing", range(4))
async def test_a_database_that_fails_at_any_write_leaves_nothing_half_done(failing: int) -> None:
    async with room() as at:
        at.shelf.now.pass_by(days=WORDS_DAYS)
        failures = at.entries.failures if failing < 2 else at.shelf.documents.failures
        failures.extend([None] * (failing % 2) + ["after" if failing % 2 else "before"])
        eraser = at.loop._eraser
        with suppress(AutoReconnect):
            await eraser.erase(LETTER, ALL, rule="writer.request", by="writer")
        await _finished(at)


async def _finished(at: Room) -> None:
    """After two more passes everything is gone, said once, and recorded as done."""
    at.shelf.now.pass_by(seconds=61)
    await at.loop.step()
    await at.loop.step()
    await at.shelf.quiet()
    assert at.kept() == []
    assert set(at.files) == {"file-1"}
    said = [part for what in at.said() for part in what]
    assert sorted(said) == ["attachments", "identity", "words"], "each once"
    assert all("waits_since" not in one for one in at.entries.kept.values())


async def test_storage_that_is_away_keeps_the_event_back_until_the_files_are_gone() -> None:
    async with room() as at:
        at.shelf.now.pass_by(days=WORDS_DAYS)
        away = [True, True]

        def fail(step: str) -> None:
            if step == "files" and away and away.pop():
                raise StorageAway

        at.fate = fail
        await at.loop.step()
        await at.shelf.quiet()
        assert ("attachments",) not in at.said(), "the files are still there"
        at.shelf.now.pass_by(seconds=61)
        await at.loop.step()
        await _finished(at)


async def test_an_erasure_that_was_begun_is_given_up_if_somebody_writes_meanwhile() -> None:
    async with room() as at:
        at.shelf.now.pass_by(days=40)

        def crash(name: str) -> None:
            raise AutoReconnect

        at.fate = crash
        with pytest.raises(AutoReconnect):
            await at.loop._eraser.erase(LETTER, ("words",), rule="writer.request", by="writer")
        at.fate = lambda _: None
        at.shelf.now.pass_by(seconds=61)
        await at.do(
            LETTER, note(fact(LetterAddedTo, state="closed", late=False), at=at.shelf.now())
        )
        await at.loop.step()
        (entry,) = at.entries.kept.values()
        assert (entry["refused"], "waits_since" in entry) == ("out_of_order", False)
        assert at.said() == []
        assert [one async for one in store.ErasureLedger(at.entries).done()] == []


async def test_a_diversion_of_the_letter_that_is_open_keeps_all_of_it() -> None:
    async with room() as at:
        other = new_diversion_number(bytes(range(40, 50)))
        await at.do(other, divert(NOON, number=other, letter=LETTER))
        at.shelf.now.pass_by(days=WORDS_DAYS)
        with pytest.raises(OutOfOrder):
            await at.loop._eraser.erase(LETTER, ALL, rule="writer.request", by="writer")
        assert (at.said(), at.files, at.entries.kept) == ([], [], {})


async def test_documents_of_older_versions_are_dated_and_then_erased() -> None:
    async with room() as at:
        for document in at.shelf.documents.kept.values():
            for name in ("erase_due", "erase_rule", "dated_by"):
                document.pop(name, None)
            for name in ("archive", "ended_at", "last_fact_at"):
                document["state"].pop(name, None)
        at.shelf.now.pass_by(days=IDENTITY_DAYS)
        await at.loop.step()
        await at.shelf.quiet()
        assert ("identity",) in at.said()


async def test_the_operator_sees_what_is_due_by_rule_and_what_comes_next() -> None:
    async with room() as at:
        nothing = await at.loop.overview()
        assert list(nothing.due) == []
        assert nothing.next_due == NOON + IDENTITY_DAYS * DAY
        at.shelf.now.pass_by(days=IDENTITY_DAYS + 9)
        seen = await at.loop.overview()
        assert {one.rule: one.letters for one in seen.due} == {
            "diversions.content": 1,
            "letters.identity": 1,
        }
        await at.loop.measure()


async def test_other_letters_are_left_alone() -> None:
    async with room() as at:
        await at.do(OTHER, submit("somebody-else"))
        at.shelf.now.pass_by(days=WORDS_DAYS)
        await at.loop.step()
        state = await at.shelf.letters.state(OTHER)
        assert isinstance(state, IntakeLetter)
        assert (state.identity, state.words is None) == (IDENTITY, False)
