"""The desk for files: receives, cleans, stores, hands out and erases them.

Every step leaves something whole behind a crash: the record precedes the first byte, and a file is
shown to nobody before it is complete. What stays incomplete is erased later, like a file that no
letter used: its record keeps `unsettled_since`.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from services.intake.domain.files import (
    MAX_FILE,
    MOST_UNUSED,
    USABLE,
    BrokenFile,
    FileRecord,
    FileTooLarge,
    NotAnAcceptedType,
)
from services.intake.files.cleaning import FileCleaner
from services.intake.files.file_types import HEAD, FileType, file_type
from services.intake.files.sealed_chunks import SealedChunks, StorageAway
from services.intake.store import FileRecords
from shared.contracts.values import Attachment
from shared.kernel.errors import BadValue, LimitReached, NotFound, OutOfOrder
from shared.platform.letters.micro_batcher import Busy
from shared.platform.mongo.database import DatabaseFault

MOST_UPLOADS: Final = 64
"""Files received at once; each needs the memory of a few chunks."""
MOST_OF_WRITER: Final = 10
"""Files of one writer received at once."""


class FileDesk:
    """Files of writers. All methods raise DatabaseFault and StorageAway."""

    def __init__(self, records: FileRecords, chunks: SealedChunks, *, cleaner: FileCleaner) -> None:
        self.records = records
        self._chunks = chunks
        self._cleaner = cleaner
        self._uploads = Counter[str]()
        """Files that each person is sending now."""

    async def receive(
        self, owner: str, body: AsyncIterable[bytes], *, name: str | None
    ) -> FileRecord:
        """Receive, clean and store a file; it then waits for the scanner.

        Raises: NotAnAcceptedType, BrokenFile, EncryptedFile, ComplexFile, FileTooLarge;
        LimitReached, if too many belong to no letter, or arrive at once; Busy.
        """
        with self._one_more(owner):
            if await self.records.unused(owner) >= MOST_UNUSED:
                raise LimitReached
            return await self._received(owner, body, name=name)

    async def own(self, owner: str, file: str) -> FileRecord:
        """A complete file of this person. Raises: NotFound."""
        record = await self.records.one(file)
        if record is None or record.owner != owner:
            raise NotFound
        return record

    async def remove(self, owner: str, file: str) -> None:
        """Erase a file that belongs to no letter. Raises: NotFound; OutOfOrder, if it does."""
        await self.own(owner, file)
        if not await self.records.hide(file, owner):
            raise OutOfOrder("remove a file of a letter")
        await self.erase([file])

    async def check(self, owner: str, ids: Sequence[str], *, has_number: bool) -> None:
        """Refuse files that a new letter of this person can't have, before it has a number.

        `has_number`: it was sent before, so that it may have them already.
        Raises: BadValue, NotFound.
        """
        for record in await self._own(owner, ids):
            if record.letter is not None and not has_number:
                raise BadValue("files")

    async def attachments(
        self, owner: str, ids: Sequence[str], *, letter: str
    ) -> tuple[Attachment, ...]:
        """Bind files of this person to a letter or diversion; repeated calls change nothing.

        Raises: NotFound; BadValue, if one belongs to another letter or must not be sent.
        """
        await self.records.bind(ids, owner, letter=letter)
        records = await self._own(owner, ids)
        if any(record.letter != letter for record in records):
            raise BadValue("files")
        return tuple(record.attachment for record in records)

    async def record(self, file: str) -> FileRecord | None:
        """The record of a complete file."""
        return await self.records.one(file)

    def content(self, record: FileRecord) -> AsyncIterator[bytes]:
        """The cleaned bytes, chunk by chunk; only a `clean` file may be handed out."""
        return self._chunks.read(record.id, "clean")

    def thumbnail(self, record: FileRecord) -> AsyncIterator[bytes] | None:
        """A small JPEG picture; None for a document."""
        return self._chunks.read(record.id, "thumbnail") if record.thumbnail else None

    async def erase(self, ids: Iterable[str]) -> None:
        """Delete the bytes and records of files; nothing where they are gone."""
        files = list(ids)
        for file in files:
            await self._chunks.erase(file)
        await self.records.remove(files)

    @contextmanager
    def _one_more(self, owner: str) -> Iterator[None]:
        """Receive one file during the block. Raises: LimitReached, Busy."""
        if self._uploads[owner] >= MOST_OF_WRITER:
            raise LimitReached
        if self._uploads.total() >= MOST_UPLOADS:
            raise Busy
        self._uploads[owner] += 1
        try:
            yield
        finally:
            self._uploads[owner] -= 1
            self._uploads += Counter()  # drops those at zero

    async def _own(self, owner: str, ids: Sequence[str]) -> list[FileRecord]:
        """The records of these files, in order. Raises: NotFound; BadValue, if one is harmful."""
        found = await self.records.many(ids)
        records = [found[each] for each in ids if each in found and found[each].owner == owner]
        if len(records) != len(ids):
            raise NotFound
        if any(record.letter is None and record.state not in USABLE for record in records):
            raise BadValue("files")
        return records

    async def _received(
        self, owner: str, body: AsyncIterable[bytes], *, name: str | None
    ) -> FileRecord:
        record = await self.records.begin(f"f{secrets.token_hex(16)}", owner, name=name)
        try:
            arriving = _Arriving(body)
            await self._chunks.write(record.id, "raw", content=arriving.checked())
            complete = await self._cleaned(record, arriving.type)
            await self._chunks.erase(record.id, "raw")
            return await self.records.finish(complete)
        except BaseException:
            with suppress(DatabaseFault, StorageAway):
                await asyncio.shield(self.erase([record.id]))
            raise

    async def _cleaned(self, record: FileRecord, kind: FileType) -> FileRecord:
        """Clean what was received, and store that."""
        digest = sha256()

        async def counted(content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
            async for piece in content:
                digest.update(piece)
                yield piece

        raw = self._chunks.read(record.id, "raw")
        async with self._cleaner.cleaned(raw, kind) as clean:
            size = await self._chunks.write(record.id, "clean", content=counted(clean.content))
            if clean.thumbnail:
                small = _once(clean.thumbnail)
                await self._chunks.write(record.id, "thumbnail", content=small)
        return replace(
            record,
            type=clean.type,
            size=size,
            sha256=digest.hexdigest(),
            thumbnail=len(clean.thumbnail),
        )


@dataclass(slots=True)
class _Arriving:
    """A file as it arrives; refused as soon as its beginning or its size shows that it must be."""

    body: AsyncIterable[bytes] = field(repr=False)
    _head: bytearray = field(default_factory=bytearray, repr=False)
    _size: int = 0

    @property
    def type(self) -> FileType:
        """The type by the first bytes. Raises: NotAnAcceptedType."""
        kind = file_type(bytes(self._head))
        if kind is None:
            raise NotAnAcceptedType
        return kind

    async def checked(self) -> AsyncIterator[bytes]:
        """The bytes. Raises: BrokenFile, if there are none; FileTooLarge; NotAnAcceptedType."""
        async for piece in self.body:
            self._size += len(piece)
            if self._size > MAX_FILE:
                raise FileTooLarge
            if len(self._head) < HEAD:
                self._head += piece[: HEAD - len(self._head)]
                if len(self._head) == HEAD:
                    _ = self.type
            yield piece
        if not self._size:
            raise BrokenFile
        _ = self.type


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
