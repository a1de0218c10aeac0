"""Which clerk looks at which waiting letter, so that two don't decide about the same one.

A lease is only a help: it ends after three minutes, and nothing depends on it. It also holds since
when the clerk has had the letter, from which the time for each letter is taken.
"""

from collections.abc import Collection as Many
from datetime import datetime, timedelta
from typing import Final

from shared.platform.mongo.database import Collection, Delete, Index, Insert, Update
from shared.platform.runtime.clock import Now

LEASES: Final = "desk_leases"
LASTS: Final = timedelta(minutes=3)
LEASE_INDEXES: Final = (Index((("until", 1),), expire_after_s=3_600),)


class DeskLeases:
    """The leases of the triage desk. Every method raises DatabaseFault."""

    def __init__(self, leases: Collection, *, now: Now) -> None:
        """`now`: the machine's clock."""
        self._leases = leases
        self._now = now

    async def take(self, numbers: Many[str], staff: str) -> str | None:
        """Take the first of these letters that nobody else looks at; None: all are taken."""
        now = self._now()
        held = await self._leases.find({"_id": {"$in": list(numbers)}})
        others = {one["_id"] for one in held if one["staff"] != staff and one["until"] > now}
        for number in numbers:
            if number not in others and await self._get(number, staff, now):
                return number
        return None

    async def since(self, number: str, staff: str) -> datetime | None:
        """Return since when this clerk has had the letter, if they still have it."""
        lease = await self._leases.one({"_id": number, "staff": staff})
        return lease["since"] if lease else None

    async def drop(self, number: str, staff: str) -> None:
        """End this clerk's lease."""
        await self._leases.write([Delete({"_id": number, "staff": staff})])

    async def _get(self, number: str, staff: str, now: datetime) -> bool:
        """Whether the clerk has the lease now. The start of an own lease is kept."""
        until = {"until": now + LASTS}
        own = Update({"_id": number, "staff": staff, "until": {"$gt": now}}, {"$set": until})
        if (await self._leases.write([own])).matched:
            return True
        lease = {"staff": staff, "since": now, **until}
        over = Update({"_id": number, "until": {"$lte": now}}, {"$set": lease})
        if (await self._leases.write([over])).matched:
            return True
        return not (await self._leases.write([Insert({"_id": number, **lease})])).taken
