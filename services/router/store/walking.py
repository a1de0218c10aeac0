"""How are documents looked through by when they came, newest first, without sorting all of them?

In windows of time, as wide as what they find is seldom: a database that reads all that matches and
then sorts it has little to read, and one that follows its index reads no more than before. It is
asked for an index's fields alone, since with others beside them one of the supported databases
follows the index no further than its first field; the others are looked at here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import Place

FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""Before this no letter was ever received."""
NOT_ONE: Final = "-"
"""In a place: before every letter of that instant."""
AHEAD: Final = timedelta(days=1)
"""How far another's clock may be ahead of ours."""
NARROW: Final = timedelta(hours=6)
NARROWEST: Final = timedelta(minutes=1)
WIDER: Final = 4
"""How many times as wide as one the next window is at most: few come by night, many by day."""

Wheres = Sequence[Mapping[str, Any]]
"""Filters of which a document matches one at most; they say nothing of instant or `_id`."""


@dataclass(frozen=True, slots=True)
class Some:
    """Candidates, and of how many documents they are left."""

    places: Sequence[Place]
    upto: Place | None
    """An instant down to which all was looked at; None: amid documents, whose places it would tell.
    """
    looked: int
    rest: Mapping[str, Any] = field(default_factory=dict)
    """What their letters are still to be asked, as a filter."""


class Step(NamedTuple):
    """One look at the documents, newest first."""

    found: list[Document]
    looked: int
    """How many were read for it."""
    upto: Place | None
    """An instant down to which all was read; None: amid documents, whose places it would tell."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Documents by the instant in the field `at`, and then by `_id`."""

    documents: Collection
    at: str
    now: datetime
    """What came later, by another's clock, is one window."""
    width: timedelta = NARROW
    """Of the first window before that."""
    more: tuple[str, ...] = ()
    """Fields that are wanted besides."""
    rest: Mapping[str, Any] = field(default_factory=dict)
    """What else must be so: `fits`."""

    async def newest_first(
        self, wheres: Wheres, *, after: Place, most: int, since: datetime | None = None
    ) -> AsyncIterator[Step]:
        """What matches any of `wheres` and fits, from what comes after that place on.

        `most`: read at a time, of each filter. `since`: none that is older. Raises: DatabaseFault.
        """
        first = max(since or FIRST, FIRST)
        if after[1] > NOT_ONE:
            yield self._step(await self._tied(wheres, after))
        end, width = after[0], self.width
        while end > first:
            is_ahead = end > self.now
            start = max(self.now if is_ahead else end - width, first)
            found, is_all = await self._between(wheres, start, end, most=most)
            yield self._step(found, upto=(start, NOT_ONE) if is_all else None)
            if not is_all:
                last = self.place(found[-1])
                yield self._step(await self._tied(wheres, last))
                start = last[0]
            if not is_ahead:
                width = next_width(end - start, len(found), most=most)
            end = start

    def _step(self, read: list[Document], *, upto: Place | None = None) -> Step:
        return Step([one for one in read if fits(one, self.rest)], len(read), upto)

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
        each = [await self._sorted({**tied, **where}, most=0) for where in wheres]
        return sorted((one for some in each for one in some), key=self.place, reverse=True)

    async def _sorted(self, where: Mapping[str, Any], *, most: int) -> list[Document]:
        fields = dict.fromkeys((self.at, *self.more, *self.rest), 1)
        sort = ((self.at, -1), ("_id", -1))
        return await self.documents.find(where, fields=fields, sort=sort, limit=most)


def fits(document: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether it is as a database's filter says, of equality, `$in`, `$nin` and `$lte`."""
    return all(_is(document.get(name), asked) for name, asked in where.items())


def _is(value: Any, asked: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    match asked:
        case {"$in": some}:
            return any(one in some for one in values)
        case {"$nin": none}:
            return not any(one in none for one in values)
        case {"$lte": bound}:
            return value is not None and bool(value <= bound)
        case _:
            return asked in values


def next_width(width: timedelta, found: int, *, most: int) -> timedelta:
    """How wide the next window is, if it goes on as it was in the last; some times as wide at most.

    Half of what may be read at a time is aimed at.
    """
    widest = max(width * WIDER, NARROWEST)
    return min(width_for(width, found, most=most), widest) if found else widest


def width_for(span: timedelta, found: int, *, most: int) -> timedelta:
    """How wide is a window with half of `most`, where a span has so many? None count as one."""
    return max(span * (most / 2 / max(found, 1)), NARROWEST)
