"""Wherever a process dies between an upload and its letter, nothing is half done.

A fuse counts each call of the storage and of the database. At one of them the process dies: this
call fails, before or after its effect, and nothing happens after it.
"""

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256

import obstore
import pytest
from obstore.store import MemoryStore
from typing_extensions import override

from services.intake.domain.writer_requests import SubmitAddition
from services.intake.files.cleaning import CleanFile, FileCleaner
from services.intake.files.file_desk import FileDesk
from services.intake.files.file_types import FileType
from services.intake.files.scanning import NoScanner
from services.intake.files.sealed_chunks import Part, SealedChunks, StorageAway
from services.intake.jobs import FileScanning
from services.intake.store import FileRecords
from shared.contracts.words import WriterText
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import DatabaseAway, Operation, WriteResult
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.support.doubles import Memory
from tests.support.pictures import picture

OWNER = "owner-of-the-file"
RAW = b"%PDF-1.7 what the writer sent"
CLEAN = b"%PDF-1.7 what is left of it"
SMALL = b"a thumbnail"


class Died(BaseException):
    """The process is gone."""


@dataclass
class Fuse:
    """Burns through at the given call, counted from 1; 0: never."""

    at: int = 0
    is_after: bool = False
    calls: int = 0
    is_burnt: bool = False

    def begins(self) -> None:
        """A call begins. Raises: Died."""
        self.calls += 1
        if self.is_burnt or (self.calls == self.at and not self.is_after):
            self.is_burnt = True
            raise Died

    def ended(self) -> None:
        """The call had its effect. Raises: Died."""
        if self.calls == self.at and self.is_after:
            self.is_burnt = True
            raise Died


class FusedChunks(SealedChunks):
    """Storage behind a fuse."""

    def __init__(self, objects: MemoryStore, ring: KeyRing, fuse: Fuse) -> None:
        super().__init__(objects, ring)
        self._fuse = fuse

    @override
    async def erase(self, file: str, part: Part | None = None) -> None:
        self._fuse.begins()
        await super().erase(file, part)
        self._fuse.ended()

    @override
    async def _put(self, path: str, octets: bytes) -> None:
        self._fuse.begins()
        await super()._put(path, octets)
        self._fuse.ended()

    @override
    async def _get(self, path: str) -> bytes:
        self._fuse.begins()
        return await super()._get(path)


class FusedRecords(Memory):
    """The records' documents behind the same fuse."""

    def __init__(self, fuse: Fuse, shared: Memory) -> None:
        super().__init__()
        self.kept = shared.kept
        self._fuse = fuse

    @override
    async def write(self, operations: Sequence[Operation]) -> WriteResult:
        self._fuse.begins()
        written = await super().write(operations)
        self._fuse.ended()
        return written


class InstantCleaner(FileCleaner):
    """Cleans without a process."""

    @override
    @asynccontextmanager
    async def cleaned(self, raw: AsyncIterable[bytes], kind: FileType) -> AsyncIterator[CleanFile]:
        assert b"".join([piece async for piece in raw]) == RAW
        yield CleanFile("application/pdf", len(CLEAN), SMALL, pieces(CLEAN))


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content[:5]
    yield content[5:]


@dataclass
class Life:
    """One process after another over the same storage and documents."""

    desk: Front
    objects: MemoryStore = field(default_factory=MemoryStore)
    records: Memory = field(default_factory=Memory)

    def process(self, fuse: Fuse) -> tuple[FileDesk, FileScanning]:
        """A process that starts."""
        ring, now = self.desk.shelf.seals.ring, self.desk.shelf.now
        documents = FileRecords(FusedRecords(fuse, self.records), ring, now=now)
        desk = FileDesk(documents, FusedChunks(self.objects, ring, fuse), cleaner=InstantCleaner())
        tell = self.desk.shelf.commands.execute
        return desk, FileScanning(desk, NoScanner(), tell=tell, now=now)

    def files(self) -> set[str]:
        """Files of which anything is stored."""
        paths = [found["path"] for page in obstore.list(self.objects) for found in page]
        return {path.split("/")[0] for path in paths}

    async def sees_only_whole_files(self) -> None:
        """What is stored has a record, and what has a visible record can be read to its end."""
        assert self.files() <= self.records.kept.keys()
        desk, _ = self.process(Fuse())
        for file in self.records.kept:
            record = await desk.record(file)
            if record is not None:
                content = b"".join([piece async for piece in desk.content(record)])
                assert sha256(content).hexdigest() == record.sha256
                small = desk.thumbnail(record)
                assert small is not None
                assert b"".join([piece async for piece in small]) == SMALL
                assert not [each for each in obstore.list(self.objects, f"{file}/raw") if each]


async def story(life: Life, fuse: Fuse, letter: str) -> str:
    """A writer uploads a file and adds it to a letter, and the scanner sees it."""
    desk, scanning = life.process(fuse)
    record = await desk.receive(OWNER, pieces(RAW), name="灯.pdf")
    await scanning.look()
    files = await desk.attachments(OWNER, [record.id], letter=letter)
    owner = (await life.desk.letter(letter)).owner
    command = SubmitAddition(owner, f"r-{record.id}", WriterText(text="照片"), files)
    await life.desk.shelf.commands.execute(IdempotentCommand(letter, command, f"r-{record.id}"))
    await scanning.look()
    return record.id


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_a_crash_at_any_call_leaves_nothing_half_done(desk: Front, *, is_after: bool) -> None:
    letter = await desk.taken_in()
    whole = Fuse()
    await story(Life(desk), whole, letter)
    assert whole.calls >= 10
    for at in range(1, whole.calls + 1):
        letter, life = await desk.taken_in(), Life(desk)
        with suppress(Died):
            await story(life, Fuse(at, is_after), letter)
        await life.sees_only_whole_files()
        file = await story(life, Fuse(), letter)
        _, scanning = life.process(Fuse())
        await scanning.look()
        listed = {each.id: each.state for each in (await desk.letter(letter)).files}
        assert listed[file] == "clean"
        assert set(listed.values()) == {"clean"}
        unsettled = [each for each, kept in life.records.kept.items() if "unsettled_since" in kept]
        await life.process(Fuse())[0].erase(each for each in unsettled if each not in listed)
        assert life.files() == life.records.kept.keys() == listed.keys()


async def test_an_erasure_that_dies_is_finished_when_it_is_repeated(desk: Front) -> None:
    letter = await desk.taken_in()
    for at in (1, 2):
        life = Life(desk)
        file = await story(life, Fuse(), letter)
        with suppress(Died):
            await life.process(Fuse(at, is_after=True))[0].erase([file])
        await life.process(Fuse())[0].erase([file])
        assert not life.files()
        assert not life.records.kept


async def test_a_removal_that_dies_is_seen_by_nobody(desk: Front) -> None:
    life = Life(desk)
    record = await life.process(Fuse())[0].receive(OWNER, pieces(RAW), name=None)
    with suppress(Died):
        await life.process(Fuse(1, is_after=True))[0].remove(OWNER, record.id)
    await life.sees_only_whole_files()
    assert await life.process(Fuse())[0].record(record.id) is None
    assert "unsettled_since" in life.records.kept[record.id]


@pytest.mark.parametrize("fault", [StorageAway, DatabaseAway])
async def test_while_a_part_is_away_nothing_is_kept_and_the_writer_may_try_again(
    desk: Front, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise fault("away")

    part, name = (SealedChunks, "_put") if fault is StorageAway else (FileRecords, "finish")
    monkeypatch.setattr(part, name, fails)
    answer = await desk.upload(picture())
    assert is_problem(answer, "503 not_ready")
    assert int(answer.headers["retry-after"]) > 0
    assert desk.files.kept == {}
