"""Memory stays flat while many writers upload at once, however large their files are."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from obstore.store import LocalStore
from typing_extensions import override

from services.intake.files import cleaning, file_desk
from services.intake.files.cleaning import CleanFile, FileCleaner
from services.intake.files.file_types import FileType
from services.intake.files.sealed_chunks import SealedChunks
from shared.platform.letters.micro_batcher import Busy
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.support.pictures import picture
from tests.support.waiting import until

WRITERS = 16
SIZE = 6 * 1024 * 1024
PIECE = bytes(64 * 1024)
MOST = WRITERS * 2 * 1024 * 1024
"""Memory for all writers: a few chunks each; their files have three times as much."""


class FlowingCleaner(FileCleaner):
    """Gives back what it is given, as it is asked for."""

    @override
    @asynccontextmanager
    async def cleaned(self, raw: AsyncIterable[bytes], kind: FileType) -> AsyncIterator[CleanFile]:
        yield CleanFile("application/pdf", SIZE, b"", aiter(raw))


async def body() -> AsyncIterator[bytes]:
    yield b"%PDF-1.7"
    for _ in range(SIZE // len(PIECE)):
        yield PIECE


def flowing(desk: Front, folder: Path) -> None:
    """Store in a folder, because the store in memory keeps all that it was given."""
    desk.file_desk._cleaner = FlowingCleaner()
    desk.file_desk._chunks = SealedChunks(LocalStore(folder), desk.shelf.seals.ring)


async def test_memory_is_flat_while_sixteen_writers_upload(desk: Front, tmp_path: Path) -> None:
    flowing(desk, tmp_path)
    people = [desk.headers(f"writer-{number}") for number in range(WRITERS)]
    tracemalloc.start()
    try:
        answers = await asyncio.gather(
            *(desk.client.post("/v1/files", content=body(), headers=who) for who in people)
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [answer.status_code for answer in answers] == [201] * WRITERS
    assert peak < MOST, f"{peak / 2**20:.1f} MiB"


async def test_memory_is_flat_while_a_file_is_read(desk: Front) -> None:
    desk.file_desk._cleaner = FlowingCleaner()
    file = (
        await desk.client.post("/v1/files", content=body(), headers=desk.headers("chen"))
    ).json()
    record = await desk.file_desk.record(file["file"])
    assert record is not None
    tracemalloc.start()
    try:
        size = sum([len(piece) async for piece in desk.file_desk.content(record)])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == record.size
    assert peak < SIZE / 3


async def test_only_so_many_uploads_are_received_at_once(
    desk: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_desk, "MOST_UPLOADS", 1)
    goes_on, begun = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield picture()[:100]
        begun.set()
        await goes_on.wait()
        yield picture()[100:]

    first = asyncio.create_task(
        desk.client.post("/v1/files", content=slowly(), headers=desk.headers("chen"))
    )
    await begun.wait()
    refused = await desk.upload(picture(), "huang")
    assert is_problem(refused, "503 busy")
    assert int(refused.headers["retry-after"]) > 0
    goes_on.set()
    assert (await first).status_code == 201
    assert (await desk.upload(picture(), "huang")).status_code == 201


async def test_cleanings_wait_for_their_turn_and_only_so_many_and_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cleaning, "MOST_WAITING", 1)
    cleaner, ended = FileCleaner(), asyncio.Event()
    at_once = asyncio.Semaphore(0)

    async def clean() -> str:
        async with cleaner.cleaned(raw(), "jpeg") as clean:
            at_once.release()
            await ended.wait()
            return clean.type

    async def raw() -> AsyncIterator[bytes]:
        yield picture()

    two = [asyncio.create_task(clean()) for _ in range(2)]
    for _ in two:
        await at_once.acquire()
    third = asyncio.create_task(clean())
    await until(lambda: cleaner._waiting == 1)
    with pytest.raises(Busy):
        await clean()
    ended.set()
    assert await asyncio.gather(*two, third) == ["image/jpeg"] * 3
    monkeypatch.setattr(cleaning, "PATIENCE_S", 0.01)
    ended.clear()
    two = [asyncio.create_task(clean()) for _ in range(2)]
    await asyncio.gather(at_once.acquire(), at_once.acquire(), at_once.acquire())
    with pytest.raises(Busy):
        await clean()
    ended.set()
    await asyncio.gather(*two)
