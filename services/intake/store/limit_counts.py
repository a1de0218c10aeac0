"""Counts of what persons, addresses and networks did, shared by all replicas.

A storage of the library `limits` with fixed windows, which begin at midnight, Asia/Shanghai. A
key's second part names the document; the rest and the number of the window name the field. So all
counts of one person and day are in one document, which the database drops after two days.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
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
    Operation,
    Update,
    Upsert,
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


class LimitCounts(Storage):
    """Counts in the database. Every method raises DatabaseFault if it fails; `add` also Busy."""

    STORAGE_SCHEME = None

    def __init__(self, collection: Collection, *, now: Now) -> None:
        """`now`: the machine's clock, which the database's expiry follows."""
        super().__init__()
        self._collection = collection
        self._now = now
        self._grouped: MicroBatcher[tuple[Hit, ...], tuple[int, ...]] = MicroBatcher(self._count)

    async def run(self) -> None:
        """Count until cancelled."""
        await self._grouped.run()

    async def add(self, hits: Iterable[Hit]) -> tuple[int, ...]:
        """Add all of them and return their counts, with whatever else waits in one write."""
        return await self._grouped.submit(tuple(hits))

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
        await self._collection.write([Update({"_id": document}, {"$unset": {field: ""}})])

    async def _count(self, waiting: Sequence[tuple[Hit, ...]]) -> Sequence[tuple[int, ...]]:
        """Add everything in one write and read the counts; later ones of the group come after."""
        cells = [[(self._cell(key, s), amount) for key, s, amount in hits] for hits in waiting]
        added: dict[str, Counter[str]] = {}
        for (document, field), amount in (each for hits in cells for each in hits):
            added.setdefault(document, Counter())[field] += amount
        await self._write(added)
        found = await self._collection.find({"_id": {"$in": sorted(added)}})
        counts = {(one["_id"], field): int(n) for one in found for field, n in _fields(one)}
        answers = []
        for hits in reversed(cells):
            answers.append(tuple(counts.get(cell, amount) for cell, amount in hits))
            for cell, amount in hits:
                counts[cell] = counts.get(cell, amount) - amount
        return answers[::-1]

    async def _write(self, added: dict[str, Counter[str]]) -> None:
        until = {"until": self._now() + KEPT_FOR}
        upserts: list[Operation] = [
            Upsert(document, {"$inc": dict(fields), "$setOnInsert": until})
            for document, fields in added.items()
        ]
        written = await self._collection.write(upserts)
        if written.taken:  # another replica has just inserted them
            await self._collection.write([upserts[position] for position in sorted(written.taken)])

    def _cell(self, key: str, window_s: int) -> Cell:
        kind, document, rest = key.split("/", 2)
        return document, f"{kind}/{rest}/{int((self._now().timestamp() + ZONE_S) // window_s)}"


def _fields(document: Document) -> Iterable[tuple[str, int]]:
    return ((name, value) for name, value in document.items() if "/" in name)


def _window_of(key: str) -> int:
    """The length of a key's window in seconds. The library ends its keys with it."""
    *_, multiples, granularity = key.split("/")
    return int(multiples) * GRANULARITIES[granularity].GRANULARITY.seconds
