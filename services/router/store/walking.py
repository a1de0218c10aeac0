"""How are documents looked through by when they came, newest first, without sorting all of them?

In windows of time that grow as they find nothing: a database that sorts what it has found then
sorts little, and one that follows its index reads no more than before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.platform.database import Collection, Document
from shared.platform.paging import Place

FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this no letter was ever received."""
NOT_ONE: Final = "-"
"""In a place: before every letter of that instant."""
NARROW: Final = timedelta(hours=6)
WIDER: Final = 4

Wheres = Sequence[Mapping[str, Any]]
"""Filters of which a document matches one at most; they say nothing of instant or `_id`."""


@dataclass(frozen=True, slots=True)
class Some:
    """Candidates, and of how many documents they are left."""

    places: Sequence[Place]
    upto: Place
    """The last of those that were looked at."""
    looked: int


@dataclass(frozen=True, slots=True)
class Walk:
    """Documents by the instant in the field `at`, and then by `_id`."""

    documents: Collection
    at: str
    more: tuple[str, ...] = ()
    """Fields that are wanted besides."""

    async def newest_first(
        self, wheres: Wheres, *, after: Place, most: int, since: datetime | None = None
    ) -> AsyncIterator[list[Document]]:
        """What matches any of `wheres`, from what comes after that place on.

        `most`: at a time, of each filter. `since`: none that is older. Raises: DatabaseFault.
        """
        first = max(since or FIRST, FIRST)
        if after[1] > NOT_ONE and (found := await self._tied(wheres, after)):
            yield found
        end, width = after[0], NARROW
        while end > first:
            start = max(end - width, first)
            found, is_all = await self._between(wheres, start, end, most=most)
            if found:
                yield found
            if is_all:
                end, width = start, width * WIDER
                continue
            last = self.place(found[-1])
            if rest := await self._tied(wheres, last):
                yield rest
            end = last[0]

    def place(self, document: Document) -> Place:
        """Where it stands."""
        return document[self.at], document["_id"]

    async def _between(
        self, wheres: Wheres, start: datetime, end: datetime, *, most: int
    ) -> tuple[list[Document], bool]:
        """What matches in that window, and whether that is all; else all from its last one on."""
        window = {self.at: {"$gte": start, "$lt": end}}
        each = [await self._sorted({**where, **window}, most=most) for where in wheres]
        merged = sorted((one for some in each for one in some), key=self.place, reverse=True)
        full = [self.place(some[-1]) for some in each if len(some) == most]
        if not full:
            return merged, True
        return [one for one in merged if self.place(one) >= max(full)], False

    async def _tied(self, wheres: Wheres, after: Place) -> list[Document]:
        """What is as old as that place, and comes after it."""
        tied = {self.at: after[0], "_id": {"$lt": after[1]}}
        each = [await self._sorted({**where, **tied}, most=0) for where in wheres]
        return sorted((one for some in each for one in some), key=self.place, reverse=True)

    async def _sorted(self, where: Mapping[str, Any], *, most: int) -> list[Document]:
        fields = dict.fromkeys((self.at, *self.more), 1)
        sort = ((self.at, -1), ("_id", -1))
        return await self.documents.find(where, fields=fields, sort=sort, limit=most)
