"""Files that nobody uses are erased, and none that somebody still uploads, sends or reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from services.intake.domain.erasure import EraseLetterParts
from services.intake.jobs import FileOrphans
from services.intake.metrics import FILES_ERASED, FILES_LOST
from services.intake.store import OrphanRecords
from shared.platform.letters.service_decider import IdempotentCommand
from tests.intake.file_world import letter_with, uploaded
from tests.intake.front import Front
from tests.intake.story import withdrawn


@dataclass
class Broom:
    """The job, with what it has erased."""

    desk: Front
    job: FileOrphans

    async def after(self, *, hours: float) -> set[str]:
        """Let time pass and run the job; returns the files that still have a record."""
        self.desk.shelf.now.pass_by(seconds=hours * 3_600)
        await self.job.look()
        await self.job.sweep()
        return {each["_id"] for each in await self.desk.files.find({})}

    def stored(self) -> set[str]:
        """Files that have bytes."""
        return {
            found["path"].partition("/")[0] for page in self.desk.objects.list() for found in page
        }


@pytest.fixture
def broom(desk: Front) -> Broom:
    records, chunks = OrphanRecords(desk.files), desk.file_desk._chunks
    state_of, now = desk.shelf.letters.state, desk.shelf.now
    return Broom(
        desk, FileOrphans(desk.file_desk, records, chunks=chunks, state_of=state_of, now=now)
    )


def erased(why: str) -> float:
    return float(FILES_ERASED.labels(why)._value.get())


async def test_a_file_that_no_letter_names_is_erased_after_a_day(broom: Broom) -> None:
    file, before = await uploaded(broom.desk), erased("unused")
    assert await broom.after(hours=23.9) == {file}
    assert await broom.after(hours=0.2) == set()
    assert broom.stored() == set()
    assert erased("unused") == before + 1


async def test_a_file_of_a_letter_stays(broom: Broom) -> None:
    file = await uploaded(broom.desk)
    await letter_with(broom.desk, file)
    for _ in range(3):
        assert await broom.after(hours=30) == {file}


async def test_a_file_that_still_waits_for_the_scanner_stays_with_its_letter(broom: Broom) -> None:
    """A scanner that is away for days must cost nobody a photo."""
    file = await uploaded(broom.desk)
    await letter_with(broom.desk, file, found=None)
    for _ in range(3):
        assert await broom.after(hours=30) == {file}


async def test_files_whose_letter_number_was_never_stored_are_erased(broom: Broom) -> None:
    """The process ended between binding the files and storing the letter."""
    file, before = await uploaded(broom.desk), erased("no_letter")
    owner = (await broom.desk.files.find({}))[0]["owner"]
    await broom.desk.file_desk.attachments(owner, [file], letter="GD-7K2M-9QXT-4HBN-W3RD-5")
    assert await broom.after(hours=23) == {file}
    assert await broom.after(hours=2) == set()
    assert erased("no_letter") == before + 1


async def test_a_file_is_given_back_if_its_letter_is_stored_in_between(
    broom: Broom, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await uploaded(broom.desk)
    number = await letter_with(broom.desk, file, found=None)
    state_of, answers = broom.desk.shelf.letters.state, [None]

    async def late(letter: str) -> Any:
        return answers.pop() if answers else await state_of(letter)

    monkeypatch.setattr(broom.job, "_state_of", late)
    assert await broom.after(hours=25) == {file}
    record = await broom.desk.file_desk.record(file)
    assert record is not None
    assert (record.state, record.letter) == ("waiting", number)


async def test_a_letter_that_cannot_be_loaded_keeps_its_files(
    broom: Broom, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await uploaded(broom.desk)
    await letter_with(broom.desk, file, found=None)

    async def broken(_: str) -> Any:
        raise ValueError("can't be opened")

    monkeypatch.setattr(broom.job, "_state_of", broken)
    assert await broom.after(hours=48) == {file}


async def test_an_upload_under_way_is_left_alone_and_one_that_broke_off_is_erased(
    broom: Broom,
) -> None:
    files, before = broom.desk.file_desk, erased("incomplete")
    await files.records.begin("f" + "a" * 32, "somebody", name=None)
    broom.desk.objects.put(f"f{'a' * 32}/raw/0", b"+half")
    assert await broom.after(hours=0.9) == {"f" + "a" * 32}
    assert broom.stored() == {"f" + "a" * 32}
    assert await broom.after(hours=0.2) == set()
    assert broom.stored() == set()
    assert erased("incomplete") == before + 1


async def test_bytes_without_a_record_are_erased_a_day_after_they_were_found(broom: Broom) -> None:
    broom.desk.objects.put("fdeadbeef/clean/0", b".x")
    before = erased("no_record")
    await broom.after(hours=0)
    assert broom.stored() == {"fdeadbeef"}
    await broom.after(hours=24)
    assert broom.stored() == set()
    assert erased("no_record") == before + 1


async def test_a_letters_file_without_bytes_is_counted_and_kept(broom: Broom) -> None:
    """A storage that is mounted wrongly must not make us forget every file."""
    file = await uploaded(broom.desk)
    await letter_with(broom.desk, file)
    assert await broom.after(hours=1) == {file}
    assert FILES_LOST._value.get() == 0
    broom.desk.objects.delete(f"{file}/clean/0")
    assert await broom.after(hours=30) == {file}
    assert FILES_LOST._value.get() == 1


async def test_files_that_their_letter_lost_by_erasure_are_erased(broom: Broom) -> None:
    """The process ended between `letter.erased` and the erasure of the bytes."""
    file = await uploaded(broom.desk)
    number = await letter_with(broom.desk, file)
    await broom.desk.progress(number, withdrawn())
    erase = EraseLetterParts(("attachments",), "attachments.two_years")
    await broom.desk.shelf.commands.execute(IdempotentCommand(number, erase, "erase-1"))
    assert await broom.after(hours=1) == set()
    assert broom.stored() == set()


async def test_without_the_storage_the_job_waits(
    broom: Broom, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await uploaded(broom.desk)

    def away(*_: Any) -> Any:
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr("services.intake.files.sealed_chunks._delete", away)
        patched.setattr("obstore.list", away)
        assert await broom.after(hours=30) == {file}
    assert await broom.after(hours=2) == set()
