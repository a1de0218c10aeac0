"""Which parked records operators have dropped, and why. Kept for good; the reason is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.platform.crypto.key_ring import KeyRing
from shared.platform.letters.dead_letters import DeadLetter
from shared.platform.mongo.database import Collection, Document, Insert
from shared.platform.runtime.clock import Now

FIELDS = {"reason": "dropped.reason"}
"""What is sealed, and as what."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One record that was dropped."""

    id: str
    code: str
    """Why it was parked."""
    missing_from: int | None
    """The first event of its letter that was given up with it; none: it was dropped in its turn."""
    reason: str
    at: datetime


class DropLog:
    """The dropped records of one service. Every method raises DatabaseFault when that fails."""

    def __init__(self, collection: Collection, ring: KeyRing, *, now: Now) -> None:
        self._collection = collection
        self._ring = ring
        self._now = now

    async def add(self, parked: DeadLetter, *, reason: str, missing_from: int | None) -> None:
        """Note that this record is dropped; what was noted of it before stays."""
        document: Document = {
            "_id": parked.id,
            "code": parked.code,
            "missing_from": missing_from,
            "reason": self._ring.seal(reason.encode(), letter=parked.id, field=FIELDS["reason"]),
            "at": self._now(),
        }
        await self._collection.write([Insert(document)])

    async def listed(self) -> list[Dropped]:
        """All of them, the oldest first. Raises: CannotOpen."""
        found = await self._collection.find({}, sort=(("at", 1), ("_id", 1)))
        return [self._shown(one) for one in found]

    def _shown(self, kept: Document) -> Dropped:
        name = kept["_id"]
        reason = self._ring.open(kept["reason"], letter=name, field=FIELDS["reason"])
        return Dropped(name, kept["code"], kept["missing_from"], reason.decode(), kept["at"])
