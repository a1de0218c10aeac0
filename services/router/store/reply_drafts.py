"""Replies that handlers are writing: one for each letter, sealed, until the letter is answered.

{ _id: letter, staff: who saved it, opaque id, assignment, version, saved_at, content: sealed JSON }
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.router.store.claims import by_holding
from shared.kernel.errors import AlreadyDone
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update

DRAFTS: Final = "desk_drafts"
KEPT_S: Final = 30 * 86_400
INDEXES: Final = (Index((("saved_at", 1),), expire_after_s=KEPT_S),)
CONTENT: Final = "reply_draft"
Fields = Mapping[str, list[str]]
"""The form's fields, as typed."""


@dataclass(frozen=True)
class SavedDraft:
    """What somebody has written so far."""

    staff: str
    version: int
    saved_at: datetime
    fields: Fields


class ReplyDrafts:
    """The drafts of all letters. Every method raises DatabaseFault if the database fails."""

    def __init__(self, drafts: Collection, ring: KeyRing) -> None:
        self._drafts = drafts
        self._ring = ring

    async def read(self, letter: str, *, assignment: int) -> SavedDraft | None:
        """Return the draft of this holding."""
        found = await self._drafts.one({"_id": letter, "assignment": assignment})
        return self._read(found) if found else None

    async def save(
        self,
        letter: str,
        fields: Fields,
        *,
        staff: str,
        assignment: int,
        version: int,
        now: datetime,
    ) -> int:
        """Store the next version and return its number; `version`: the one that was changed.

        A draft of an earlier holding is replaced. Raises: AlreadyDone, if somebody saved another
        version meanwhile.
        """
        content = self._ring.seal(json.dumps(fields).encode(), letter=letter, field=CONTENT)
        new: Document = {
            "staff": staff,
            "assignment": assignment,
            "version": version + 1,
            "saved_at": now,
            "content": content,
        }
        operations = [
            Update({"_id": letter, "assignment": assignment, "version": version}, {"$set": new}),
            Update({"_id": letter, "assignment": {"$lt": assignment}}, {"$set": new}),
        ]
        for operation in operations:
            if (await self._drafts.write([operation])).matched:
                return version + 1
        if (await self._drafts.write([Insert({"_id": letter, **new})])).taken:
            raise AlreadyDone("somebody else has saved it")
        return version + 1

    async def drop(self, letters: Iterable[str], *, staff: str | None = None) -> None:
        """Delete the drafts of these letters; `staff`: only those that this person saved last."""
        whose = {"staff": staff} if staff else {}
        await self._drafts.write([Delete({"_id": letter} | whose) for letter in letters])

    def all(self) -> AsyncIterator[dict[str, int]]:
        """Yield the letters with drafts, each with its holding, some at a time."""
        return by_holding(self._drafts)

    def _read(self, document: Document) -> SavedDraft:
        plain = self._ring.open(document["content"], letter=document["_id"], field=CONTENT)
        return SavedDraft(
            document["staff"], document["version"], document["saved_at"], json.loads(plain)
        )
