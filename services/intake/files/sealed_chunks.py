"""Storage of files as sealed chunks: nothing is stored readably, and memory holds one chunk.

A chunk is an object `<file>/<part>/<number>`: a byte that says whether it is the last, then the
sealed octets. Its seal covers file, part, number and that byte, so that chunks can't be exchanged,
reordered or cut off.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from shared.kernel.errors import Refused
from shared.platform.crypto.key_ring import CannotOpen, KeyRing

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

Part: TypeAlias = Literal["raw", "clean", "thumbnail"]

CHUNK: Final = 256 * 1024
"""Bytes of every chunk but the last."""
MORE: Final = b"+"
LAST: Final = b"."


class StorageAway(Refused):
    """The storage of files can't be reached, or lacks what it should have."""

    status = 503
    code = "not_ready"


class SealedChunks:
    """The parts of files in one object store, sealed by one ring. Methods raise StorageAway.

    The store's synchronous functions run in threads: its asynchronous ones can abort a process that
    ends, because their threads may still hold Python objects by then.
    """

    def __init__(self, objects: "ObjectStore | Callable[[], ObjectStore]", ring: KeyRing) -> None:
        """`objects`: the store, or a function that opens it when it is first needed."""
        self._given = objects
        self._ring = ring

    @cached_property
    def _objects(self) -> "ObjectStore":
        return self._given() if callable(self._given) else self._given

    async def write(self, file: str, part: Part, *, content: AsyncIterable[bytes]) -> int:
        """Store a part; return its size in bytes."""
        size = number = 0
        async for chunk, mark in _chunked(content):
            place = _field(part, number, mark=mark)
            sealed = mark + self._ring.seal_octets(chunk, letter=file, field=place)
            await self._put(f"{file}/{part}/{number}", sealed)
            size, number = size + len(chunk), number + 1
        return size

    async def read(self, file: str, part: Part) -> AsyncIterator[bytes]:
        """The content of a part, chunk by chunk. Raises: CannotOpen."""
        number, mark = 0, MORE
        while mark != LAST:
            octets = await self._get(f"{file}/{part}/{number}")
            mark = octets[:1]
            if mark not in (MORE, LAST):
                raise CannotOpen("not a chunk")
            place = _field(part, number, mark=mark)
            yield self._ring.open_octets(octets[1:], letter=file, field=place)
            number += 1

    async def has(self, file: str, part: Part = "clean") -> bool:
        """Whether the part's first chunk is there."""
        return await _in_thread(lambda: _exists(self._objects, f"{file}/{part}/0"))

    async def listed(self) -> AsyncIterator[set[str]]:
        """The ids of all files with bytes, page by page; an id may be on two pages."""
        pages = await _in_thread(lambda: obstore.list(self._objects))
        while page := await _in_thread(lambda: next(pages, None)):
            yield {found["path"].partition("/")[0] for found in page}

    async def reseal(self, file: str, part: Part, *, is_dry: bool) -> Counter[str]:
        """Seal the chunks of a part under the current key; their earlier keys, with counts.

        `is_dry`: only count. Raises: CannotOpen.
        """
        found, number, mark = Counter[str](), 0, MORE
        while mark != LAST:
            path = f"{file}/{part}/{number}"
            octets = await self._get(path)
            mark = octets[:1]
            kid = octets[1:].partition(b".")[0].decode("ascii", "replace")
            if kid != self._ring.current:
                found[kid] += 1
                place = _field(part, number, mark=mark)
                plain = self._ring.open_octets(octets[1:], letter=file, field=place)
                sealed = mark + self._ring.seal_octets(plain, letter=file, field=place)
                if not is_dry:
                    await self._put(path, sealed)
            number += 1
        return found

    async def erase(self, file: str, part: Part | None = None) -> None:
        """Delete a part, or the whole file; nothing if it isn't there."""
        await _in_thread(lambda: _delete(self._objects, f"{file}/{part}" if part else file))

    async def _put(self, path: str, octets: bytes) -> None:
        await _in_thread(lambda: obstore.put(self._objects, path, octets, use_multipart=False))

    async def _get(self, path: str) -> bytes:
        return await _in_thread(lambda: bytes(obstore.get(self._objects, path).bytes()))


def _field(part: Part, number: int, *, mark: bytes) -> str:
    return f"file:{part}:{number}:{'last' if mark == LAST else 'more'}"


async def _chunked(content: AsyncIterable[bytes]) -> AsyncIterator[tuple[bytes, bytes]]:
    """Chunks of equal size with their marks; the last one may be shorter, or empty."""
    held = bytearray()
    async for piece in content:
        held += piece
        while len(held) > CHUNK:
            with memoryview(held) as seen:
                chunk = bytes(seen[:CHUNK])
            yield chunk, MORE
            del held[:CHUNK]
    yield bytes(held), LAST


def _exists(objects: "ObjectStore", path: str) -> bool:
    try:
        obstore.head(objects, path)
    except FileNotFoundError:
        return False
    return True


def _delete(objects: "ObjectStore", prefix: str) -> None:
    """Delete all below; in a folder also what a killed process was writing, which isn't listed."""
    if isinstance(objects, LocalStore):
        folder = Path(str(objects.prefix)) / prefix
        if folder.exists():
            shutil.rmtree(folder)
        return
    for page in obstore.list(objects, prefix):
        obstore.delete(objects, [found["path"] for found in page])


async def _in_thread(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except (BaseError, OSError) as fault:
        raise StorageAway from fault
