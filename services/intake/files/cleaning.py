"""Cleaning of files in child processes, at most two at once."""

import asyncio
import json
import sys
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from services.intake.domain.files import BrokenFile, ComplexFile, EncryptedFile
from services.intake.files.file_types import FileType
from services.intake.files.sealed_chunks import CHUNK
from shared.kernel.errors import Refused
from shared.platform.letters.micro_batcher import Busy

ROOT: Final = Path(__file__).parents[3]
PROCESS: Final = "services.intake.files.cleaning_process"
MOST_AT_ONCE: Final = 2
MOST_WAITING: Final = 20
PATIENCE_S: Final = 30.0
"""How long a file may wait for its turn."""
LONGEST_S: Final = 60.0
"""How long a cleaning may take."""
MAX_HEADER: Final = 1_024
REFUSALS: Final[Mapping[str, type[Refused]]] = MappingProxyType(
    {each.code: each for each in (BrokenFile, EncryptedFile, ComplexFile)}
)


@dataclass(frozen=True, slots=True, repr=False)
class CleanFile:
    """A cleaned file as the child process writes it."""

    type: str
    size: int
    thumbnail: bytes
    content: AsyncIterator[bytes]
    """To be read once, to its end. Raises: ComplexFile."""


class FileCleaner:
    """Runs cleaning processes."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def cleaned(self, raw: AsyncIterable[bytes], kind: FileType) -> AsyncIterator[CleanFile]:
        """The cleaned file. Raises: Busy; BrokenFile, EncryptedFile, ComplexFile."""
        await self._wait()
        try:
            async with asyncio.timeout(LONGEST_S), _child(kind) as child:
                yield await _exchange(child, raw)
        except TimeoutError:
            raise ComplexFile from None
        finally:
            self._places.release()

    async def _wait(self) -> None:
        """Wait for a turn. Raises: Busy."""
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._places.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1


@asynccontextmanager
async def _child(kind: FileType) -> AsyncIterator[asyncio.subprocess.Process]:
    """A cleaning process, which has nothing of our environment, and doesn't outlive the block."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-B", "-m", PROCESS, kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=CHUNK,
        env={"PYTHONPATH": str(ROOT)},
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _exchange(child: asyncio.subprocess.Process, raw: AsyncIterable[bytes]) -> CleanFile:
    """Give the file to the process and read the beginning of its answer."""
    if child.stdin is None or child.stdout is None:
        raise ValueError("no pipes")
    with suppress(BrokenPipeError, ConnectionResetError):
        async for chunk in raw:
            child.stdin.write(chunk)
            await child.stdin.drain()
        child.stdin.close()
    try:
        length = int.from_bytes(await child.stdout.readexactly(4), "big")
        header: dict[str, Any] = json.loads(await child.stdout.readexactly(min(length, MAX_HEADER)))
        if "refused" in header:
            raise REFUSALS.get(header["refused"], BrokenFile)
        thumbnail = await child.stdout.readexactly(header["thumbnail"])
    except asyncio.IncompleteReadError:
        raise ComplexFile from None
    size = header["size"]
    return CleanFile(header["type"], size, thumbnail, _content(child.stdout, size))


async def _content(output: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
    left = size
    while left:
        piece = await output.read(min(left, CHUNK))
        if not piece:
            raise ComplexFile
        left -= len(piece)
        yield piece
