"""Which diversions wait for the duty desk, which for their letter, and who has read one?"""

from collections.abc import Collection as Many
from datetime import datetime
from typing import Literal, TypeAlias

from shared.platform.clock import Now
from shared.platform.database import Collection, Document, Index, Insert
from shared.platform.paging import EVER, Listing, Place

READINGS = "duty_readings"
READING_INDEXES = (Index((("diversion", 1), ("at", 1))),)
MOST_LETTERS = 100
"""That are sent in one pass."""
MOST_COUNTED = 1_000
"""Unseen diversions beyond are not counted: the desk has another trouble then."""

Waiting: TypeAlias = Literal["unseen", "unresolved"]

_QUEUES = {
    "unseen": Listing(at="unseen_since", direction=1, most=50),
    "unresolved": Listing(at="unresolved_since", direction=1, most=50),
}


async def queue(
    letters: Collection, waiting: Waiting, *, after: Place | None = None
) -> tuple[list[str], Place | None]:
    """One page of the numbers of those that wait so, oldest first, and where it ended."""
    listing = _QUEUES[waiting]
    return await listing.page(letters, {listing.at: EVER}, after=after)


async def letters_due(letters: Collection, now: datetime) -> list[str]:
    """Some of the diversions that have become a letter which isn't taken in yet."""
    where = {"letter_due_since": {"$lte": now}}
    return [one["_id"] for one in await letters.find(where, fields={"_id": 1}, limit=MOST_LETTERS)]


async def unseen(letters: Collection) -> tuple[int, datetime | None]:
    """How many nobody has seen yet, and since when the oldest waits."""
    found = await letters.find(
        {"unseen_since": EVER},
        fields={"unseen_since": 1},
        sort=(("unseen_since", 1),),
        limit=MOST_COUNTED,
    )
    return len(found), found[0]["unseen_since"] if found else None


class Readings:
    """Who of the duty desk has had which diversion before them: one entry for each hour of it."""

    def __init__(self, collection: Collection, *, now: Now) -> None:
        self._collection = collection
        self._now = now

    async def note(self, staff: str, diversions: Many[str]) -> None:
        """Record it, before anything is shown. Raises: DatabaseFault."""
        at = self._now()
        await self._collection.write(
            [
                Insert(
                    {
                        "_id": f"{number}/{staff}/{at:%Y%m%dT%H}",
                        "diversion": number,
                        "staff": staff,
                        "at": at,
                    }
                )
                for number in diversions
            ]
        )

    async def of(self, diversion: str) -> list[Document]:
        """Who has read it, in the order of time. Raises: DatabaseFault."""
        return await self._collection.find({"diversion": diversion}, sort=(("at", 1),))
