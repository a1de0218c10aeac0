"""After a rotation of keys nothing of a file needs an old key, and all of it can still be read."""

from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from services.intake.files.file_desk import FileDesk
from services.intake.files.rotation import FileRotation
from services.intake.files.sealed_chunks import CHUNK, Part, SealedChunks
from services.intake.store import FileRecords
from shared.platform.crypto.key_ring import A256GCM, CannotOpen, KeyRing
from shared.platform.repair.key_rotation import Tally
from tests.intake.test_file_crashes import OWNER, RAW, InstantCleaner, pieces
from tests.support.doubles import Clock, Memory
from tests.support.moving import START

PARTS: tuple[Part, ...] = ("raw", "clean")
OLD, NEW = A256GCM(bytes(32)), A256GCM(bytes(range(32)))
BEFORE = KeyRing("old", {"old": OLD})
BETWEEN = KeyRing("new", {"old": OLD, "new": NEW})
AFTER = KeyRing("new", {"new": NEW})


def desk(ring: KeyRing, objects: MemoryStore, files: Memory) -> FileDesk:
    """A desk under these keys."""
    records = FileRecords(files, ring, now=Clock(START))
    return FileDesk(records, SealedChunks(objects, ring), cleaner=InstantCleaner())


async def rotated(objects: MemoryStore, files: Memory, *, is_dry: bool = False) -> Tally:
    """What a rotation did."""
    tally, ours = Tally(), desk(BETWEEN, objects, files)
    rotation = FileRotation(files, ours.records, chunks=SealedChunks(objects, BETWEEN))
    async for _ in rotation.run(BETWEEN, tally, is_dry=is_dry):
        pass
    return tally


async def test_a_rotation_frees_the_old_key() -> None:
    objects, files = MemoryStore(), Memory()
    record = await desk(BEFORE, objects, files).receive(OWNER, pieces(RAW), name="灯.pdf")
    assert sum((await rotated(objects, files, is_dry=True)).left.values()) == 3
    done = await rotated(objects, files)
    assert (done.sealed, done.left.total(), done.broken) == (3, 0, 0)
    assert (await rotated(objects, files)).sealed == 0
    seen = desk(AFTER, objects, files)
    found = await seen.record(record.id)
    assert found is not None
    assert found.name == "灯.pdf"
    assert sum([len(piece) async for piece in seen.content(found)]) == record.size


async def test_what_cannot_be_opened_is_counted_and_left() -> None:
    objects, files = MemoryStore(), Memory()
    record = await desk(BEFORE, objects, files).receive(OWNER, pieces(RAW), name=None)
    await SealedChunks(objects, BEFORE).erase(record.id, "thumbnail")
    done = await rotated(objects, files)
    assert (done.sealed, done.broken, done.left) == (1, 1, {"?": 1})


@pytest.mark.parametrize("harm", ["exchanged", "reordered", "cut", "marked", "foreign", "empty"])
async def test_chunks_can_not_be_tampered_with(harm: str) -> None:
    chunks = SealedChunks(MemoryStore(), BEFORE)
    content = bytes(CHUNK) * 2 + b"end"
    for file in ("f1", "f2"):
        assert await chunks.write(file, "clean", content=pieces(content)) == len(content)
    assert b"".join([piece async for piece in chunks.read("f1", "clean")]) == content
    get, put = chunks._get, chunks._put
    match harm:
        case "exchanged":
            await put("f1/clean/0", await get("f2/clean/0"))
        case "reordered":
            await put("f1/clean/0", await get("f1/clean/1"))
        case "cut":
            await put("f1/clean/1", await get("f1/clean/2"))
        case "marked":
            await put("f1/clean/1", b"." + (await get("f1/clean/1"))[1:])
        case "foreign":
            await put("f1/clean/1", b"+unknown.A256GCM." + bytes(60))
        case _:
            await put("f1/clean/1", b"")
    with pytest.raises(CannotOpen):
        _ = [piece async for piece in chunks.read("f1", "clean")]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_nothing_is_left_in_a_folder_not_even_what_was_being_written(tmp_path: Path) -> None:
    chunks = SealedChunks(LocalStore(tmp_path), BEFORE)
    for file in ("f1", "f2"):
        for part in PARTS:
            await chunks.write(file, part, content=pieces(RAW))
    (tmp_path / "f1" / "clean" / "1#3").write_bytes(b"half a chunk")
    await chunks.erase("f1", "raw")
    assert names_in(tmp_path / "f1") == ["clean"]
    for _ in range(2):
        await chunks.erase("f1")
    assert names_in(tmp_path) == ["f2"]
