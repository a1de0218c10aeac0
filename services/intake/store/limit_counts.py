"""Counts of what persons, addresses and networks did, shared by all replicas.

A storage of the library `limits` with fixed windows, which begin at midnight, Asia/Shanghai. A
key's second part names the document; the rest and the number of the window name the field. So all
counts of one person and day are in one document, which the database drops after two days.

Counting is one write, which the database applies to a document only if all its limits allow that.
Otherwise, and where this process doesn't know how far the counts are, it reads them.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from limits.aio.storage import Storage
from limits.limits import GRANULARITIES
from typing_extensions import override

from shared.platform.letters.micro_batcher import MicroBatcher
from shared.platform.mongo.database import (
    Collection,
    DatabaseFault,
    Document,
    Index,
    Update,
    Upsert,
    WriteResult,
)
from shared.platform.runtime.clock import Now

LIMITS: Final = "limits"
LIMIT_INDEXES: Final = (Index((("until", 1),), expire_after_s=0),)
KEPT_FOR: Final = timedelta(days=2)
ZONE_S: Final = 8 * 3_600
"""Asia/Shanghai is ahead of UTC by so many seconds, all year."""

Hit: TypeAlias = tuple[str, int, int]
"""Key, length of its window in seconds, and how much to add."""
Cell: TypeAlias = tuple[str, str]
"""Document and field of a count."""
Added: TypeAlias = dict[str, Counter[str]]
"""What to add, by document and field."""
MOST_KNOWN: Final = 50_000
"""Counts that a process remembers, without what other replicas have added since."""


class LimitCounts(Storage):
    """Counts in the database. Every method raises DatabaseFault if it fails; `add` also Busy."""

    STORAGE_SCHEME = None

    def __init__(self, collection: Collection, *, now: Now) -> None:
        """`now`: the machine's clock, which the database's expiry follows."""
        super().__init__()
        self._collection = collection
        self._now = now
        self._grouped: MicroBatcher[tuple[Hit, ...], tuple[int, ...]] = MicroBatcher(self._count)
        self._known: OrderedDict[Cell, int] = OrderedDict()

    async def run(self) -> None:
        """Count until cancelled."""
        await self._grouped.run()

    async def add(self, hits: Iterable[Hit]) -> tuple[int, ...]:
        """Add all of them and return their counts, with whatever else waits in one write."""
        return await self.begin(hits)

    def begin(self, hits: Iterable[Hit]) -> asyncio.Future[tuple[int, ...]]:
        """Like `add`, for a caller that does something else meanwhile."""
        return self._grouped.enqueue(tuple(hits))

    def seconds_left(self, window_s: int) -> float:
        """Seconds until the present window of that length ends."""
        return window_s - (self._now().timestamp() + ZONE_S) % window_s

    @property
    @override
    def base_exceptions(self) -> type[Exception]:
        return DatabaseFault

    @override
    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return (await self.add([(key, expiry, amount)]))[0]

    @override
    async def get(self, key: str) -> int:
        document, field = self._cell(key, _window_of(key))
        found = await self._collection.one({"_id": document})
        return int((found or {}).get(field, 0))

    @override
    async def get_expiry(self, key: str) -> float:
        return self._now().timestamp() + self.seconds_left(_window_of(key))

    @override
    async def check(self) -> bool:
        await self._collection.one({"_id": ""})
        return True

    @override
    async def reset(self) -> int | None:
        raise NotImplementedError("counts of other people would be lost: clear one key")

    @override
    async def clear(self, key: str) -> None:
        document, field = self._cell(key, _window_of(key))
        self._known.pop((document, field), None)
        await self._collection.write([Update({"_id": document}, {"$unset": {field: ""}})])

    async def _count(self, waiting: Sequence[tuple[Hit, ...]]) -> Sequence[tuple[int, ...]]:
        """Add everything; later ones of the group come after."""
        cells = [[(self._cell(key, s), amount) for key, s, amount in hits] for hits in waiting]
        added: Added = {}
        for (document, field), amount in (each for hits in cells for each in hits):
            added.setdefault(document, Counter())[field] += amount
        counts = await self._added(added)
        answers = []
        for hits in reversed(cells):
            answers.append(tuple(counts.get(cell, amount) for cell, amount in hits))
            for cell, amount in hits:
                counts[cell] = counts.get(cell, amount) - amount
        return answers[::-1]

    async def _added(self, added: Added) -> dict[Cell, int]:
        """Add to each document what its limits allow, to the others all the same; the counts."""
        within = [name for name, fields in added.items() if _may_fit(fields)]
        written = await self._write(added, within, is_limited=True)
        new = {within[position] for position in written.upserted}
        beyond = [*(added.keys() - set(within)), *(within[at] for at in sorted(written.taken))]
        again = (await self._write(added, beyond, is_limited=False)).taken
        await self._write(added, [beyond[position] for position in again], is_limited=False)
        cells = [(name, field) for name, fields in added.items() for field in fields]
        before = {cell: self._known[cell] for cell in cells if cell in self._known}
        before |= {cell: 0 for cell in cells if cell[0] in new}
        unknown = {*beyond, *(cell[0] for cell in cells if cell not in before)}
        counts = await self._read(unknown) if unknown else {}
        for name, field in cells:
            if name not in unknown:
                now = before[name, field] + added[name][field]
                counts[name, field] = min(now, _limit_of(field))
        self._remember({cell: counts[cell] for cell in cells if cell in counts})
        return counts

    async def _read(self, documents: Iterable[str]) -> dict[Cell, int]:
        found = await self._collection.find({"_id": {"$in": sorted(documents)}})
        return {(one["_id"], field): int(n) for one in found for field, n in _fields(one)}

    def _remember(self, counts: Mapping[Cell, int]) -> None:
        for cell, count in counts.items():
            self._known[cell] = count
            self._known.move_to_end(cell)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    async def _write(
        self, added: Added, documents: Sequence[str], *, is_limited: bool
    ) -> WriteResult:
        """Add to these documents; taken are also those that another replica has just inserted."""
        until = {"until": self._now() + KEPT_FOR}
        return await self._collection.write(
            [
                Upsert(
                    document,
                    {"$inc": dict(added[document]), "$setOnInsert": until},
                    at_most=_room(added[document]) if is_limited else {},
                )
                for document in documents
            ]
        )

    def _cell(self, key: str, window_s: int) -> Cell:
        kind, document, rest = key.split("/", 2)
        return document, f"{kind}/{rest}/{int((self._now().timestamp() + ZONE_S) // window_s)}"


def _fields(document: Document) -> Iterable[tuple[str, int]]:
    return ((name, value) for name, value in document.items() if "/" in name)


def _room(fields: Mapping[str, int]) -> dict[str, int]:
    """Up to where each count may be, so that adding to it doesn't exceed its limit."""
    return {field: _limit_of(field) - amount for field, amount in fields.items()}


def _may_fit(fields: Mapping[str, int]) -> bool:
    return min(_room(fields).values(), default=0) >= 0


def _limit_of(field: str) -> int:
    """The amount of a field's limit, which the library's keys contain."""
    *_, amount, _, _, _ = field.split("/")
    return int(amount)


def _window_of(key: str) -> int:
    """The length of a key's window in seconds. The library ends its keys with it."""
    *_, multiples, granularity = key.split("/")
    return int(multiples) * GRANULARITIES[granularity].GRANULARITY.seconds
