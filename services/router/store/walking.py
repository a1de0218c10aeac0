"""How are letters looked through by when they came, newest first, without sorting all of them?

In windows of time that grow as they find nothing: a database that sorts what it has found then
sorts little, and one that follows its index reads no more than before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.platform.database import Collection
from shared.platform.paging import Place

FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this no letter was ever received."""
NOT_ONE: Final = "-"
"""In a place: before every letter of that instant."""
NARROW: Final = timedelta(hours=6)
WIDER: Final = 4
NEWEST_FIRST: Final = (("received_at", -1), ("_id", -1))


async def newest_first(
    letters: Collection,
    where: Mapping[str, Any],
    *,
    after: Place,
    most: int,
    since: datetime | None = None,
) -> AsyncIterator[list[Place]]:
    """Letters that match, so many at a time at `most`, from those on that come after that place.

    `where` says nothing of `received_at` or `_id`. `since`: none that was received before.
    Raises: DatabaseFault.
    """
    first = max(since or FIRST, FIRST)
    if after[1] > NOT_ONE:
        tied = {**where, "received_at": after[0], "_id": {"$lt": after[1]}}
        if found := await _sorted(letters, tied, most=0):
            yield found
    end, width = after[0], NARROW
    while end > first:
        start = max(end - width, first)
        window = {**where, "received_at": {"$gte": start, "$lt": end}}
        found = await _sorted(letters, window, most=most)
        if found:
            yield found
        if len(found) == most:
            last = found[-1]
            tied = {**where, "received_at": last[0], "_id": {"$lt": last[1]}}
            if rest := await _sorted(letters, tied, most=0):
                yield rest
            end = last[0]
        else:
            end, width = start, width * WIDER


async def _sorted(letters: Collection, where: Mapping[str, Any], *, most: int) -> list[Place]:
    found = await letters.find(where, fields={"received_at": 1}, sort=NEWEST_FIRST, limit=most)
    return [(one["received_at"], one["_id"]) for one in found]
