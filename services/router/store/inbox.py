"""The letters of a desk, the next due first, read by one index and without opening any of them.

Windows of time bound what a database sorts, and only the index's fields are queried, since one of
the supported databases uses no more than the first field of its index if there are others.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from collections.abc import Collection as Many
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.router.store.time_walk import NOT_ONE, fits
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import PoliceType, State
from shared.platform.mongo.database import Collection, Document, Index
from shared.platform.mongo.paging import Place

INDEX: Final = Index((("is", 1), ("due_at", 1), ("_id", 1)))
AT_DESK: Final[tuple[State, ...]] = ("routed", "handling", "supplement", "signing")
"""States in which a desk has something to do, or waits for others."""
BEGIN: Final[Place] = datetime(1970, 1, 1, tzinfo=UTC), NOT_ONE
NO_DATE: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""The place of letters without a running clock: after all others."""
WINDOWS: Final = tuple(timedelta(days=days) for days in (0, 2, 7, 21, 60, 400))
MOMENT: Final = timedelta(milliseconds=1)
"""The database keeps instants to the millisecond."""
BATCH: Final = 60
SHOWN: Final = 25
MOST_READ: Final = 1_500
"""Letters read for one page; if few match, the page may be short."""
MOST_COUNTED: Final = 1_000
"""Letters in one state that are counted; a larger count stands for more."""
COUNTED_AGAIN: Final = timedelta(seconds=10)
MOST_KEPT: Final = 1_000
"""Cached counts."""
_FIELDS: Final = ("is", "due_at", "state.police_type", "state.assignment", "state.facts")
_COUNTED: Final = ("_id", "due_at", "state.police_type", "state.assignment")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What the person wants to see; None: any."""

    desks: tuple[Bureau, ...]
    states: tuple[State, ...] = AT_DESK
    police_type: PoliceType | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    only: Mapping[str, int] | None = None
    """Only these letters, each in this holding: those that the person has claimed."""
    without: Mapping[str, int] = field(default_factory=dict)
    """Not these: those that anybody has claimed."""

    @property
    def held(self) -> list[str]:
        """The values of the field `is`."""
        return [f"{desk}:{state}" for desk in self.desks for state in self.states]

    def fits(self, found: Document) -> bool:
        """Whether a letter that was read matches."""
        state = found["state"]
        claim = (found["_id"], state.get("assignment", 0))
        return (
            self.police_type in (None, state.get("police_type"))
            and (self.only is None or claim in self.only.items())
            and claim not in self.without.items()
            and (self.due_after is None or _place(found)[0] > self.due_after)
            and (self.due_before is None or _place(found)[0] <= self.due_before)
        )


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many letters of a desk there are, by what can be filtered."""

    states: Mapping[str, int]
    police_types: Mapping[str, int]
    overdue: int
    due_soon: int
    """Within three days."""
    unclaimed: int
    mine: int
    is_more: bool
    """Whether a state has more letters than were counted."""


class InboxCountCache:
    """Counts of the last seconds, each for those who may see the same letters."""

    def __init__(self) -> None:
        self._known: dict[object, tuple[datetime, InboxCounts]] = {}

    def get(self, key: object, *, now: datetime) -> InboxCounts | None:
        """Return the counts under that key, unless they are too old."""
        at, counts = self._known.get(key, (BEGIN[0], None))
        return counts if now - at < COUNTED_AGAIN else None

    def put(self, key: object, counts: InboxCounts, *, now: datetime) -> None:
        """Remember counts."""
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[key] = now, counts

    def forget(self) -> None:
        """Count again next time: something was done here."""
        self._known.clear()


async def inbox_page(
    letters: Collection,
    wanted: InboxFilter,
    *,
    seen: Document,
    now: datetime,
    after: Place | None = None,
) -> tuple[list[str], Place | None]:
    """Return one page of letters, the next due first, and where it ended if more may follow.

    `seen`: the filter for what the person may see. Raises: DatabaseFault.
    """
    if wanted.only is not None:
        return await _claimed(letters, wanted, seen=seen, after=after or BEGIN)
    found: list[Document] = []
    read = 0
    start = after or (wanted.due_after or BEGIN[0], NOT_ONE)
    async for step, upto in _walk(letters, wanted, seen=seen, now=now, after=start):
        read += len(step)
        found += [one for one in step if fits(one, seen) and wanted.fits(one)]
        if len(found) > SHOWN:
            return _page(found)
        if read >= MOST_READ and upto:
            return [one["_id"] for one in found], upto
    return [one["_id"] for one in found], None


async def count_inbox(
    letters: Collection,
    desks: Iterable[Bureau],
    *,
    seen: Document,
    now: datetime,
    claimed: Mapping[str, int],
    mine: Mapping[str, int],
) -> InboxCounts:
    """Count what `inbox_page` would show by each filter. Raises: DatabaseFault.

    `claimed`: letters that anybody works on, with their holdings; `mine`: those of the person.
    """
    states, types = Counter[str](), Counter[str]()
    due, free, own, is_more = Counter[str](), 0, 0, False
    fields = dict.fromkeys((*_COUNTED, *seen), 1)
    for desk in desks:
        for state in AT_DESK:
            where = {"is": f"{desk}:{state}"}
            read = await letters.find(where, fields=fields, limit=MOST_COUNTED)
            is_more = is_more or len(read) == MOST_COUNTED
            some = [one for one in read if fits(one, seen)]
            states[state] += len(some)
            types.update(one["state"].get("police_type") or "" for one in some)
            due.update(_due(one, now) for one in some)
            free += sum(_claim(one) not in claimed.items() for one in some)
            own += sum(_claim(one) in mine.items() for one in some)
    overdue = due["overdue"]
    return InboxCounts(states, types, overdue, due["soon"], free, own, is_more)


def _due(found: Document, now: datetime) -> str:
    at = _place(found)[0]
    return "overdue" if at <= now else "soon" if at <= now + timedelta(days=3) else "later"


def _claim(found: Document) -> tuple[str, int]:
    return found["_id"], found["state"].get("assignment", 0)


def _place(found: Document) -> Place:
    return found.get("due_at") or NO_DATE, found["_id"]


def _page(found: list[Document]) -> tuple[list[str], Place | None]:
    shown = found[:SHOWN]
    end = _place(shown[-1]) if len(found) > SHOWN else None
    return [one["_id"] for one in shown], end


async def _claimed(
    letters: Collection, wanted: InboxFilter, *, seen: Document, after: Place
) -> tuple[list[str], Place | None]:
    """The person's own letters: few, so that all are read."""
    where = {"_id": {"$in": sorted(wanted.only or ())}}
    read = await letters.find(where, fields=dict.fromkeys((*_FIELDS, *seen), 1))
    found = [
        one
        for one in sorted(read, key=_place)
        if one.get("is") in wanted.held
        and fits(one, seen)
        and wanted.fits(one)
        and _place(one) > after
    ]
    return _page(found)


async def _walk(
    letters: Collection, wanted: InboxFilter, *, seen: Document, now: datetime, after: Place
) -> AsyncIterator[tuple[list[Document], Place | None]]:
    """Yield letters in order, and the place up to which all were read; None at the end."""
    fields = dict.fromkeys((*_FIELDS, *seen), 1)
    limit = wanted.due_before + MOMENT if wanted.due_before else NO_DATE
    ends = [min(now + window, limit) for window in WINDOWS]
    for end in (*ends, limit):
        while after[0] < end:
            each = [
                await _between(letters, held, after, end, fields=fields) for held in wanted.held
            ]
            step, cut = _merged(each)
            after = cut or (end, NOT_ONE)
            yield step, after
    if wanted.due_before is None:
        while True:
            each = [
                await _tied(letters, held, None, after[1], fields=fields) for held in wanted.held
            ]
            step, cut = _merged(each)
            yield step, cut
            if cut is None:
                return
            after = cut


def _merged(each: Many[list[Document]]) -> tuple[list[Document], Place | None]:
    """The documents in order, and where to go on if a read was cut off."""
    cut = min((_place(some[-1]) for some in each if len(some) >= BATCH), default=None)
    merged = sorted((one for some in each for one in some), key=_place)
    return [one for one in merged if cut is None or _place(one) <= cut], cut


async def _between(
    letters: Collection, held: str, after: Place, end: datetime, *, fields: Mapping[str, Any]
) -> list[Document]:
    """The letters after that place and before `end`, at most a batch of each kind."""
    tied = await _tied(letters, held, after[0], after[1], fields=fields)
    if len(tied) >= BATCH:
        return tied
    where = {"is": held, "due_at": {"$gt": after[0], "$lt": end}}
    sort = (("due_at", 1), ("_id", 1))
    return tied + await letters.find(where, fields=fields, sort=sort, limit=BATCH)


async def _tied(
    letters: Collection, held: str, at: datetime | None, after: str, *, fields: Mapping[str, Any]
) -> list[Document]:
    """The letters due at that very instant after that number; None: those without a date."""
    where = {"is": held, "due_at": at, "_id": {"$gt": after}}
    return await letters.find(where, fields=fields, sort=(("_id", 1),), limit=BATCH)
