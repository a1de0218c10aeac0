"""When staff were last seen at a desk, and how much of each letter they have seen.

Collection `desk_people`: { _id: opaque id, desks: bureaus, at }.
Collection `desk_visits`: { _id: opaque id and letter, facts: how many the letter had, at }.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.router.domain.claims import SEEN_WITHIN
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update

PEOPLE: Final = "desk_people"
VISITS: Final = "desk_visits"
PEOPLE_INDEXES: Final = (
    Index((("desks", 1), ("at", 1))),
    Index((("at", 1),), expire_after_s=int(SEEN_WITHIN.total_seconds())),
)
VISIT_INDEXES: Final = (Index((("at", 1),), expire_after_s=180 * 86_400),)
MOST_COLLEAGUES: Final = 100
AGAIN: Final = timedelta(minutes=1)
"""A person's presence is written at most so often."""


class Visits:
    """The visits of all staff. Every method raises DatabaseFault if the database fails."""

    def __init__(self, people: Collection, visits: Collection) -> None:
        self._people = people
        self._visits = visits

    async def at_desk(self, staff: str, *, desks: Iterable[str], now: datetime) -> None:
        """Record that somebody is at these desks."""
        seen: Document = {"desks": sorted(desks), "at": now}
        known = await self._people.one({"_id": staff})
        if known and known["desks"] == seen["desks"] and now - known["at"] < AGAIN:
            return
        await _put(self._people, staff, seen)

    async def colleagues(self, desk: str, *, now: datetime) -> dict[str, datetime]:
        """Return who was seen at this desk in the last thirty days, and when last."""
        where = {"desks": desk, "at": {"$gte": now - SEEN_WITHIN}}
        found = await self._people.find(
            where, fields={"at": 1}, sort=(("at", -1),), limit=MOST_COLLEAGUES
        )
        return {one["_id"]: one["at"] for one in found}

    async def last_seen(self, staff: str) -> datetime | None:
        """Return when this person was last at a desk; None: not for a long time."""
        found = await self._people.one({"_id": staff}, fields={"at": 1})
        return found["at"] if found else None

    async def opened(self, staff: str, letter: str, *, facts: int, now: datetime) -> None:
        """Record that somebody has seen the letter with so many facts."""
        await _put(self._visits, _name(staff, letter), {"facts": facts, "at": now})

    async def seen(self, staff: str, letters: Iterable[str]) -> dict[str, int]:
        """Return how many facts this person has seen of each letter that they ever opened."""
        names = {_name(staff, letter): letter for letter in letters}
        if not names:
            return {}
        found = await self._visits.find({"_id": {"$in": list(names)}}, fields={"facts": 1})
        return {names[one["_id"]]: one["facts"] for one in found}

    async def forget(self, staff: str, letter: str) -> None:
        """Delete what is known about this person's visits to the letter."""
        await self._visits.write([Delete({"_id": _name(staff, letter)})])


async def _put(collection: Collection, name: str, fields: Document) -> None:
    """Update the document, or insert it."""
    if (await collection.write([Insert({"_id": name, **fields})])).taken:
        await collection.write([Update({"_id": name}, {"$set": fields})])


def _name(staff: str, letter: str) -> str:
    return f"{staff}~{letter}"
