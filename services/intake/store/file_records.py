"""Records of files: whose they are, their state, and what is still to be done about them.

A record is inserted before the first byte is stored, so that every stored byte has one. Marks, each
absent once it is done: `unsettled_since`, until a letter that exists lists the file and knows the
result of its scan; `scan_at`, when the scanner is asked next; `tell_at`, when the letter is told.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from services.intake.domain.files import (
    COMPLETE,
    MOST_UNUSED,
    SCANNED,
    USABLE,
    FileRecord,
    FileState,
)
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.mongo.paging import EVER
from shared.platform.runtime.clock import Now

FILES: Final = "files"
FILE_INDEXES: Final = (
    Index((("unused_by", 1),), sparse=True),
    Index((("unsettled_since", 1),), sparse=True),
    Index((("scan_at", 1),), sparse=True),
    Index((("tell_at", 1),), sparse=True),
)
FILE_FIELDS: Final = {"name": "file-name"}
"""Sealed fields, and the name to which each one's ciphertext is bound."""
ANY_LETTER: Final = {"$gte": ""}
MOST_DUE: Final = 50
"""Files looked at in one pass of a loop."""


class FileRecords:
    """The documents of files. Every method raises `DatabaseFault` if the database fails."""

    def __init__(self, files: Collection, ring: KeyRing, *, now: Now) -> None:
        self._files = files
        self._ring = ring
        self._now = now

    async def begin(self, file: str, owner: str, *, name: str | None) -> FileRecord:
        """The record of a file that is about to be received."""
        now = self._now()
        sealed = (
            self._ring.seal(name.encode(), letter=file, field=FILE_FIELDS["name"]) if name else None
        )
        document: Document = {
            "_id": file,
            "owner": owner,
            "unused_by": owner,
            "state": "receiving",
            "at": now,
            "unsettled_since": now,
            "name": sealed,
        }
        await self._files.write([Insert(document)])
        return FileRecord(file, owner, "receiving", now, name=name)

    async def finish(self, record: FileRecord) -> FileRecord:
        """The file is complete and waits for the scanner."""
        found = {
            "state": "waiting",
            "type": record.type,
            "size": record.size,
            "sha256": record.sha256,
            "thumbnail": record.thumbnail,
            "scan_at": self._now(),
        }
        await self._files.write([Update({"_id": record.id, "state": "receiving"}, {"$set": found})])
        return replace(record, state="waiting")

    async def one(self, file: str) -> FileRecord | None:
        """The record of a complete file."""
        found = await self.many([file])
        return found.get(file)

    async def many(self, files: Sequence[str]) -> Mapping[str, FileRecord]:
        """The records of complete files, by id."""
        where = {"_id": {"$in": list(files)}, "state": {"$in": COMPLETE}}
        found = await self._files.find(where)
        return {each["_id"]: self._record(each) for each in found}

    async def every(self) -> AsyncIterator[FileRecord]:
        """The records of all complete files."""
        where = {"state": {"$in": COMPLETE}}
        async for kept in self._files.stream(where, sort=(("_id", 1),)):
            yield self._record(kept)

    async def unused(self, owner: str) -> int:
        """The number of complete files of this person that belong to no letter."""
        where = {"unused_by": owner, "state": {"$in": COMPLETE}}
        return await self._files.count(where, most=MOST_UNUSED)

    async def bind(self, files: Sequence[str], owner: str, *, letter: str) -> None:
        """Give unused files to a letter; those of another letter stay with it."""
        change = {"$set": {"letter": letter, "tell_at": self._now()}, "$unset": {"unused_by": ""}}
        usable = {"unused_by": owner, "state": {"$in": USABLE}}
        await self._files.write([Update({"_id": each, **usable}, change) for each in files])

    async def move(self, files: Sequence[str], *, diversion: str, letter: str) -> None:
        """Give the files of a diversion to the letter that it became."""
        change = {"$set": {"letter": letter, "tell_at": self._now()}}
        await self._files.write(
            [Update({"_id": each, "letter": diversion}, change) for each in files]
        )

    async def remove(self, files: Sequence[str]) -> None:
        """Delete records; nothing where there is none."""
        await self._files.write([Delete({"_id": each}) for each in files])

    async def hide(self, file: str, owner: str) -> bool:
        """Withdraw an unused file from everyone, before it is erased; False if it is used."""
        change = {"$set": {"state": "receiving"}}
        written = await self._files.write([Update({"_id": file, "unused_by": owner}, change)])
        return written.matched > 0

    # --- for the loops ---------------------------------------------------------------------------

    async def to_scan(self) -> list[FileRecord]:
        """Files that the scanner is to be asked about now, those that waited longest first."""
        return await self._due("scan_at", {"state": "waiting"})

    async def to_tell(self) -> list[FileRecord]:
        """Files of letters, whose letter doesn't know the result of the scan."""
        where = {"state": {"$in": SCANNED}, "letter": ANY_LETTER}
        return await self._due("tell_at", where)

    async def scanned(self, file: str, state: FileState) -> None:
        """Record what the scanner found."""
        change = {"$set": {"state": state, "tell_at": self._now()}, "$unset": {"scan_at": ""}}
        await self._files.write([Update({"_id": file, "state": "waiting"}, change)])

    async def scan_later(self, file: str, after: timedelta) -> None:
        """Ask the scanner about it again, but not before that."""
        change = {"$set": {"scan_at": self._now() + after}, "$inc": {"scans": 1}}
        await self._files.write([Update({"_id": file, "state": "waiting"}, change)])

    async def told(self, file: str) -> None:
        """The letter knows the result of the scan."""
        marks = {"tell_at": "", "unsettled_since": ""}
        await self._files.write([Update({"_id": file}, {"$unset": marks})])

    async def tell_later(self, file: str, after: timedelta) -> None:
        """Tell the letter, but not before that."""
        change = {"$set": {"tell_at": self._now() + after}}
        await self._files.write([Update({"_id": file}, change)])

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many files wait for the scanner, at most a thousand, and since when the oldest."""
        where = {"scan_at": EVER, "state": "waiting"}
        found = await self._files.find(where, fields={"at": 1}, limit=1_000)
        return len(found), min((each["at"] for each in found), default=None)

    async def _due(self, mark: str, where: Mapping[str, Any]) -> list[FileRecord]:
        due = {mark: {"$lte": self._now()}, **where}
        found = await self._files.find(due, sort=((mark, 1),), limit=MOST_DUE)
        return [self._record(each) for each in found]

    def _record(self, kept: Document) -> FileRecord:
        sealed = kept.get("name")
        name = (
            self._ring.open(sealed, letter=kept["_id"], field=FILE_FIELDS["name"])
            if sealed
            else None
        )
        return FileRecord(
            kept["_id"],
            kept["owner"],
            kept["state"],
            kept["at"],
            type=kept.get("type", ""),
            size=kept.get("size", 0),
            sha256=kept.get("sha256", ""),
            thumbnail=kept.get("thumbnail", 0),
            letter=kept.get("letter"),
            name=name.decode() if name else None,
            scans=kept.get("scans", 0),
        )
