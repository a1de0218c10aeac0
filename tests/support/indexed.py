"""Documents in memory that are found by their indexes, for tests with a year of letters.

Results are those of `Memory`, found faster.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from typing_extensions import override

from shared.platform.mongo.database import (
    Delete,
    Document,
    Index,
    Insert,
    Operation,
    Update,
    UpdateEach,
    Upsert,
    WriteResult,
)
from tests.support.doubles import Memory, MemoryDatabase, as_kept
from tests.support.operators import apply, fits

LOWER, UPPER = ("$gte", "$gt"), ("$lte", "$lt")
Keys = list[tuple[Any, str]]
"""Values of one field with the ids of their documents, in order."""


class Indexed(Memory):
    """A collection that finds documents by number and by indexed fields."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, Keys] = {}
        self._held: dict[str, dict[str, Any]] = {}

    @override
    async def index(self, indexes: Iterable[Index]) -> None:
        found = tuple(indexes)
        await super().index(found)
        for field in (one.keys[0][0] for one in found):
            self._keys.setdefault(field, [])
            self._held.setdefault(field, {})

    @override
    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        names = self._names(where)
        if names is None:
            return await super().find(where, fields=fields, sort=sort, limit=limit)
        near = Memory()
        near.kept = {name: self.kept[name] for name in names if name in self.kept}
        near.unread = self.unread
        return await near.find(where, fields=fields, sort=sort, limit=limit)

    def first(self, field: str) -> Any | None:
        """The lowest value of an indexed field; None if no document has it."""
        keys = self._keys[field]
        return keys[0][0] if keys else None

    @override
    async def write(self, operations: Sequence[Operation]) -> WriteResult:
        written = await super().write(operations)
        self.writes.clear()
        return written

    @override
    def _apply(self, operations: Sequence[Operation]) -> WriteResult:
        try:
            return super()._apply(operations)
        finally:
            for one in operations:
                for name in self._touched(one):
                    self._note(name)

    @override
    def _update(self, operation: Update | UpdateEach) -> int:
        names = self._named(operation)
        if names is None:
            return super()._update(operation)
        wanted = as_kept(operation.where)
        fitting = [name for name in names if fits(self.kept.get(name, {}), wanted)]
        for name in fitting:
            apply(self.kept[name], as_kept(operation.change))
        return len(fitting)

    def _touched(self, operation: Operation) -> Iterable[str]:
        """The ids of documents that an operation may have changed."""
        if isinstance(operation, Insert):
            return (operation.document["_id"],)
        if isinstance(operation, Upsert):
            return (operation.id,)
        names = self._named(operation)
        return tuple(self.kept) if names is None else names

    def _named(self, operation: Update | UpdateEach | Delete) -> Iterable[str] | None:
        """The ids that the operation names; None if it names none."""
        return self._names(operation.where) if "_id" in operation.where else None

    def _names(self, where: Mapping[str, Any]) -> Iterable[str] | None:
        """The ids that can match the filter; None: all."""
        if "_id" in where:
            wanted = where["_id"]
            return wanted.get("$in") if isinstance(wanted, dict) else (wanted,)
        field = next((name for name in where if name in self._keys), None)
        return None if field is None else self._within(self._keys[field], where[field])

    @staticmethod
    def _within(keys: Keys, wanted: Any) -> Iterable[str] | None:
        if not isinstance(wanted, dict):
            return _between(keys, wanted, wanted)
        if "$in" in wanted:
            return [name for one in wanted["$in"] for name in _between(keys, one, one)]
        low = next((wanted[name] for name in LOWER if name in wanted), None)
        high = next((wanted[name] for name in UPPER if name in wanted), None)
        return _between(keys, low, high)

    def _note(self, name: str) -> None:
        """Update the document's place in every index."""
        document = self.kept.get(name, {})
        for field, keys in self._keys.items():
            held, now = self._held[field], document.get(field)
            before = held.get(name)
            if before == now:
                continue
            if before is not None:
                del keys[bisect_left(keys, (before, name))]
                del held[name]
            if now is not None:
                insort(keys, (now, name))
                held[name] = now


def _between(keys: Keys, low: Any, high: Any) -> list[str]:
    start = 0 if low is None else bisect_left(keys, low, key=_value)
    end = len(keys) if high is None else bisect_right(keys, high, key=_value)
    return [name for _, name in keys[start:end]]


def _value(key: tuple[Any, str]) -> Any:
    return key[0]


class IndexedDatabase(MemoryDatabase):
    """One service's collections, with their indexes."""

    def __init__(self) -> None:
        super().__init__()
        self.indexed: dict[str, Indexed] = {}

    @override
    def collection(self, name: str) -> Indexed:
        return self.indexed.setdefault(name, Indexed())
