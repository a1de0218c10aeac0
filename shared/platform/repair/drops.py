"""The log of parked records that operators dropped; kept forever, with sealed reasons."""

from dataclasses import dataclass
from datetime import datetime

from shared.platform.crypto.key_ring import KeyRing
from shared.platform.letters.dead_letters import DeadLetter
from shared.platform.mongo.database import Collection, Document, Insert
from shared.platform.runtime.clock import Now

FIELDS = {"reason": "dropped.reason"}
"""Sealed fields, and the field name that their ciphertext is bound to."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One dropped record."""

    id: str
    code: str
    """Why it was parked."""
    missing_from: int | None
    """The first missing event of its letter that was given up too; None if none was missing."""
    reason: str
    at: datetime


class DropLog:
    """One service's dropped records. Every method raises DatabaseFault if the database fails."""

    def __init__(self, collection: Collection, ring: KeyRing, *, now: Now) -> None:
        self._collection = collection
        self._ring = ring
        self._now = now

    async def add(self, parked: DeadLetter, *, reason: str, missing_from: int | None) -> None:
        """Log that this record is dropped; an earlier entry is not replaced."""
        document: Document = {
            "_id": parked.id,
            "code": parked.code,
            "missing_from": missing_from,
            "reason": self._ring.seal(reason.encode(), letter=parked.id, field=FIELDS["reason"]),
            "at": self._now(),
        }
        await self._collection.write([Insert(document)])

    async def listed(self) -> list[Dropped]:
        """All dropped records, oldest first. Raises: CannotOpen."""
        found = await self._collection.find({}, sort=(("at", 1), ("_id", 1)))
        return [self._shown(document) for document in found]

    def _shown(self, document: Document) -> Dropped:
        name = document["_id"]
        reason = self._ring.open(document["reason"], letter=name, field=FIELDS["reason"])
        return Dropped(
            name, document["code"], document["missing_from"], reason.decode(), document["at"]
        )
