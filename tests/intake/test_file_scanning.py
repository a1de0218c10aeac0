"""Files wait for the scanner; whatever it says or fails to say, nothing unscanned is handed out."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import md5
from pathlib import Path

import pytest

from services.intake import metrics
from services.intake.domain.files import RecordFileScan, record_scan
from services.intake.files.scanning import Clamd, NoScanner, ScannerAway, scanner_at
from services.intake.files.sealed_chunks import StorageAway
from services.intake.jobs import FileScanning
from services.intake.jobs.file_scanning import LONGEST, SHORTEST, TELL_AGAIN
from shared.contracts.submitted_v1 import AttachmentScanned
from shared.contracts.topics import SUBMITTED
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.support.pictures import picture
from tests.support.scanners import ClamdDouble, Mood, clamd
from tests.support.waiting import until_true

CLAMD = "/usr/sbin/clamd"
HARMLESS, HARMFUL = b"a picture of a lamp", b"HARMFUL picture"


@pytest.fixture
async def scanner() -> AsyncIterator[ClamdDouble]:
    """A scanner that finds what contains HARMFUL."""
    async with clamd() as double:
        yield double


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 1_000):
        yield content[at : at + 1_000]


def scanning(desk: Front, double: ClamdDouble, *, patience_s: float = 5.0) -> FileScanning:
    """The loop that asks this scanner."""
    asked = Clamd("127.0.0.1", double.port, patience_s=patience_s)
    tell = desk.shelf.commands.execute
    return FileScanning(desk.file_desk, asked, tell=tell, now=desk.shelf.now)


async def state(desk: Front, file: str) -> str:
    answer = (await desk.get(f"/v1/files/{file}")).json()
    return str(answer["state"])


async def test_what_clamd_finds(scanner: ClamdDouble) -> None:
    asked = Clamd("127.0.0.1", scanner.port)
    assert await asked.scan(pieces(HARMLESS)) == "clean"
    assert await asked.scan(pieces(HARMFUL * 1_000)) == "quarantined"
    assert scanner.scanned == [len(HARMLESS), len(HARMFUL) * 1_000]


async def test_a_file_that_is_too_large_for_the_scanner_is_refused(scanner: ClamdDouble) -> None:
    scanner.mood = "full"
    assert await Clamd("127.0.0.1", scanner.port).scan(pieces(HARMLESS)) == "refused"


@pytest.mark.parametrize("mood", ["silent", "muddled"])
async def test_a_scanner_without_an_answer_is_away(scanner: ClamdDouble, mood: Mood) -> None:
    scanner.mood = mood
    with pytest.raises(ScannerAway):
        await Clamd("127.0.0.1", scanner.port, patience_s=0.2).scan(pieces(HARMLESS))


async def test_a_scanner_that_does_not_listen_is_away() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ScannerAway):
        await Clamd("127.0.0.1", port).scan(pieces(HARMLESS))


async def test_storage_that_fails_is_not_the_scanners_fault(scanner: ClamdDouble) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield HARMLESS
        raise StorageAway

    with pytest.raises(StorageAway):
        await Clamd("127.0.0.1", scanner.port).scan(broken())


@pytest.mark.parametrize("is_sent_first", [True, False])
async def test_what_was_found_reaches_the_letter(
    desk: Front, scanner: ClamdDouble, *, is_sent_first: bool
) -> None:
    loop = scanning(desk, scanner)
    scanner.harmful = b"JFIF"
    bad = await desk.uploaded()
    good = await desk.uploaded(content=picture("PNG"))
    letter = await desk.taken_in(files=[bad, good]) if is_sent_first else None
    await loop.look()
    assert (await state(desk, bad), await state(desk, good)) == ("quarantined", "clean")
    if letter is None:
        assert is_problem(await desk.submit(files=[bad, good]), "422 bad_value")
        letter = await desk.taken_in(files=[good])
        await loop.look()
    assert is_problem(await desk.get(f"/v1/files/{bad}/content"), "409 out_of_order")
    shown = (await desk.get(f"/v1/letters/{letter}")).json()["files"]
    told = {each["id"]: each["state"] for each in shown}
    assert told == ({bad: "quarantined", good: "clean"} if is_sent_first else {good: "clean"})
    assert all(each["state_zh"] and each["state_en"] for each in shown)
    events = [each.data for each in desk.shelf.said(SUBMITTED.name)]
    scans = {each.attachment: each for each in events if isinstance(each, AttachmentScanned)}
    assert scans[good].outcome == "clean"
    if is_sent_first:
        assert (scans[bad].outcome, scans[bad].quarantined) == ("refused", True)
    sent = len(events)
    await loop.look()
    assert len(desk.shelf.said(SUBMITTED.name)) == sent


async def test_while_the_scanner_is_slow_a_file_waits_longer_each_time(
    desk: Front, scanner: ClamdDouble
) -> None:
    scanner.mood = "silent"
    loop, file = scanning(desk, scanner, patience_s=0.05), await desk.uploaded()
    for _ in range(3):
        await loop.look()
    assert len(scanner.scanned) == 1
    assert await state(desk, file) == "waiting"
    for attempt in range(1, 4):
        desk.shelf.now.at += SHORTEST * 2 ** (attempt - 1)
        await loop.look()
        assert len(scanner.scanned) == attempt + 1
    assert metrics.FILES_WAITING._value.get() == 1
    assert metrics.OLDEST_WAITING_FILE._value.get() == (SHORTEST * 7).total_seconds()
    scanner.mood = "well"
    desk.shelf.now.at += LONGEST
    await loop.look()
    assert await state(desk, file) == "clean"
    assert metrics.FILES_WAITING._value.get() == 0
    assert metrics.OLDEST_WAITING_FILE._value.get() == 0


async def test_a_letter_that_is_not_stored_yet_is_told_later(desk: Front) -> None:
    file = await desk.uploaded()
    record = await desk.file_desk.record(file)
    assert record is not None
    await desk.file_desk.attachments(record.owner, [file], letter="GD-0000-0000-0000-0000-0")
    for _ in range(2):
        await desk.scanning.look()
    assert "unsettled_since" in desk.files.kept[file]
    assert desk.files.kept[file]["tell_at"] > desk.shelf.now()


async def test_a_letter_that_gets_the_file_later_learns_the_result_then(desk: Front) -> None:
    letter, file = await desk.taken_in(), await desk.uploaded()
    owner = (await desk.letter(letter)).owner
    await desk.file_desk.attachments(owner, [file], letter=letter)
    await desk.scanning.look()
    await desk.post(f"/v1/letters/{letter}/addition", {"text": "照片", "files": [file]})
    desk.shelf.now.at += TELL_AGAIN
    await desk.scanning.look()
    assert [each.state for each in (await desk.letter(letter)).files] == ["clean"]
    assert "unsettled_since" not in desk.files.kept[file]


async def test_a_letter_learns_a_result_once(desk: Front) -> None:
    file = await desk.uploaded()
    letter = await desk.letter(await desk.taken_in(files=[file]))
    found = RecordFileScan(file, "refused")
    (event,) = record_scan(found, letter)
    assert (event.outcome, event.quarantined) == ("refused", False)
    assert record_scan(RecordFileScan("f0", "clean"), letter) == ()


def test_only_a_host_and_port_or_none_name_a_scanner() -> None:
    assert isinstance(scanner_at("none"), NoScanner)
    assert isinstance(scanner_at(None), NoScanner)
    assert isinstance(scanner_at("clamd:3310"), Clamd)


@asynccontextmanager
async def debians_clamd(folder: Path) -> AsyncIterator[int]:
    """Debian's clamd on a loopback port, with a database that knows one file by its hash."""
    database = folder / "database"
    database.mkdir()
    digest = md5(HARMFUL, usedforsecurity=False).hexdigest()
    (database / "test.hdb").write_text(f"{digest}:{len(HARMFUL)}:Test.Harmful\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nTCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {database}\n"
        f"TemporaryDirectory {folder}\nLogFile {folder}/clamd.log\nConcurrentDatabaseReload no\n"
    )
    process = await asyncio.create_subprocess_exec(
        CLAMD, "--config-file", str(folder / "clamd.conf"),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await until_true(lambda: _has_begun(process, port))
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _has_begun(process: asyncio.subprocess.Process, port: int) -> bool:
    assert process.returncode is None, "clamd ended"
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.mark.real
@pytest.mark.skipif(shutil.which(CLAMD) is None, reason="Debian's clamd is not installed")
async def test_debians_clamd_finds_a_file_that_its_database_knows(tmp_path: Path) -> None:
    async with debians_clamd(tmp_path) as port:
        asked = Clamd("127.0.0.1", port)
        assert await asked.scan(pieces(HARMFUL)) == "quarantined"
        assert await asked.scan(pieces(HARMLESS)) == "clean"
        assert await asked.scan(pieces(picture(size=(2_000, 2_000)))) == "clean"
