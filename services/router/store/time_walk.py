"""Walks through documents by time, newest first, without sorting all of them.

In windows of time, wider where matches are rarer: a database that reads all matches and then sorts
them has little to read, and one that follows its index reads no more than before. Only an index's
fields are queried, since with others beside them one of the supported databases uses no more than
the first field of its index; other fields are checked here.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import Place

FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""No letter was received before this."""
NOT_ONE: Final = "-"
"""In a place: before every letter of that instant."""
AHEAD: Final = timedelta(days=1)
"""How far another service's clock may be ahead of ours."""
NARROW: Final = timedelta(hours=6)
NARROWEST: Final = timedelta(minutes=1)
WIDER: Final = 4
"""Limit of the growth from one window to the next: few letters come by night, many by day."""

Wheres = Sequence[Mapping[str, Any]]
"""Filters of which a document matches at most one; they don't contain the instant or `_id`."""


@dataclass(frozen=True, slots=True)
class CandidateBatch:
    """Candidates, and how many documents were read for them."""

    places: Sequence[Place]
    upto: Place | None
    """The instant down to which all was read; None: between documents whose places it would reveal.
    """
    looked: int
    rest: Mapping[str, Any] = field(default_factory=dict)
    """A filter that their letters must still match."""


class WalkStep(NamedTuple):
    """One read of the documents, newest first."""

    found: list[Document]
    looked: int
    """How many were read for it."""
    upto: Place | None
    """The instant down to which all was read; None: between documents whose places it would reveal.
    """


@dataclass(frozen=True, slots=True)
class TimeWalk:
    """Documents ordered by the instant in the field `at`, and then by `_id`."""

    documents: Collection
    at: str
    now: datetime
    """Later documents, by another service's clock, are one window."""
    width: timedelta = NARROW
    """Of the first window before that."""
    more: tuple[str, ...] = ()
    """Additional fields to read."""
    rest: Mapping[str, Any] = field(default_factory=dict)
    """What else must match: `fits`."""

    async def newest_first(
        self, wheres: Wheres, *, after: Place, most: int, since: datetime | None = None
    ) -> AsyncIterator[WalkStep]:
        """Yield what matches any of `wheres` and fits, starting after that place.

        `most`: documents read at a time for each filter. `since`: none that is older. Raises:
        DatabaseFault.
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

    def _step(self, read: list[Document], *, upto: Place | None = None) -> WalkStep:
        return WalkStep([one for one in read if fits(one, self.rest)], len(read), upto)

    def place(self, document: Document) -> Place:
        """Return its place in the order."""
        return document[self.at], document["_id"]

    async def _between(
        self, wheres: Wheres, start: datetime, end: datetime, *, most: int
    ) -> tuple[list[Document], bool]:
        """The matches in that window, and whether they are complete; otherwise only the newest
        ones.
        """
        window = {self.at: {"$gte": start, "$lt": end}}
        each = [await self._sorted({**where, **window}, most=most) for where in wheres]
        merged = sorted((one for some in each for one in some), key=self.place, reverse=True)
        full = [self.place(some[-1]) for some in each if len(some) == most]
        if not full:
            return merged, True
        return [one for one in merged if self.place(one) >= max(full)], False

    async def _tied(self, wheres: Wheres, after: Place) -> list[Document]:
        """Documents of the same instant that come after that place."""
        tied = {self.at: after[0], "_id": {"$lt": after[1]}}
        each = [await self._sorted({**tied, **where}, most=0) for where in wheres]
        return sorted((one for some in each for one in some), key=self.place, reverse=True)

    async def _sorted(self, where: Mapping[str, Any], *, most: int) -> list[Document]:
        fields = dict.fromkeys((self.at, *self.more, *self.rest), 1)
        sort = ((self.at, -1), ("_id", -1))
        return await self.documents.find(where, fields=fields, sort=sort, limit=most)


def fits(document: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether a document matches a filter of equality, `$in`, `$nin` and `$lte`."""
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
    """Return the width of the next window if matches stay as frequent; its growth is limited.

    It aims at half of what may be read at a time.
    """
    widest = max(width * WIDER, NARROWEST)
    return min(width_for(width, found, most=most), widest) if found else widest


def width_for(span: timedelta, found: int, *, most: int) -> timedelta:
    """Return the width of a window with half of `most` matches; no match counts as one."""
    return max(span * (most / 2 / max(found, 1)), NARROWEST)
