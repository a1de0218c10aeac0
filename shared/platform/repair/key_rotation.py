"""How does what is kept come under a new key of the ring? Read, opened and sealed anew, online.

Each document is written by a compare-and-set that changes neither version nor write id, so nobody
loses a race to it and whoever wrote meanwhile wins. What is done is passed over, so it may be
stopped at any moment and begun again.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from shared.platform.crypto.key_ring import CIPHERS, CannotOpen, KeyRing
from shared.platform.letters.seals import Seals
from shared.platform.mongo.database import Collection, Document, Update

LOG = logging.getLogger(__name__)

BATCH = 100
MOST_ATTEMPTS = 5
"""For a document that others keep writing; it is then counted as left."""
GUARD = ("version", "by")
_SEALED = re.compile(rf"([A-Za-z0-9_-]{{1,64}})\.(?:{'|'.join(CIPHERS)})\.[A-Za-z0-9_-]+")

Reseal = Callable[[Document], Document]
"""The fields of a document that are to be set. Raises: CannotOpen."""
Fields = Mapping[str, str]
"""Names of fields, and as what each is sealed."""


@dataclass(slots=True)
class Tally:
    """What was found and done."""

    looked: int = 0
    sealed: int = 0
    """Documents that were sealed anew."""
    broken: int = 0
    """Documents that this ring can't open."""
    left: Counter[str] = field(default_factory=Counter)
    """Values that stay under another key than the current one, by that key's id."""


class KeyRotation:
    """The documents of one collection, and how their sealed values are made anew."""

    def __init__(
        self,
        collection: Collection,
        ring: KeyRing,
        *,
        reseal: Reseal,
        sealed: Sequence[str],
        guard: Sequence[str],
    ) -> None:
        """`sealed`: fields to look into. `guard`: those that a write must find as they were."""
        self._collection = collection
        self._ring = ring
        self._reseal = reseal
        self._guard = guard
        self._fields = dict.fromkeys((*sealed, *guard), 1)

    async def run(self, tally: Tally, *, is_dry: bool) -> AsyncIterator[Tally]:
        """Do all of it, telling after each batch how far it is. Raises: DatabaseFault."""
        batch: list[Document] = []
        async for document in self._collection.stream({}, fields=self._fields, sort=(("_id", 1),)):
            batch.append(document)
            if len(batch) >= BATCH:
                await self._take(batch, tally, is_dry=is_dry)
                batch = []
                yield tally
        await self._take(batch, tally, is_dry=is_dry)
        yield tally

    async def _take(self, batch: Sequence[Document], tally: Tally, *, is_dry: bool) -> None:
        tally.looked += len(batch)
        old = [one for one in batch if self._others(one)]
        for _ in range(0 if is_dry else MOST_ATTEMPTS):
            if not old:
                return
            done = await self._write(old, tally)
            again = {"_id": {"$in": [one["_id"] for one in old if one["_id"] not in done]}}
            found = await self._collection.find(again, fields=self._fields)
            old = [one for one in found if self._others(one)]
        for one in old:
            tally.left.update(self._others(one))

    async def _write(self, old: Sequence[Document], tally: Tally) -> set[Any]:
        """Seal these anew; those that need no further look, being done or beyond us."""
        changes: dict[Any, Update] = {}
        broken: set[Any] = set()
        for one in old:
            try:
                changes[one["_id"]] = Update(self._as_read(one), {"$set": self._reseal(one)})
            except (CannotOpen, ValueError):
                LOG.error("kept values can't be opened", extra={"document": one["_id"]})  # noqa: TRY400 - says which, and no more
                tally.left.update(self._others(one))
                broken.add(one["_id"])
        written = await self._collection.write(list(changes.values()))
        tally.broken += len(broken)
        tally.sealed += written.matched
        return broken | (changes.keys() if written.matched == len(changes) else set())

    def _as_read(self, document: Document) -> Document:
        return {name: document[name] for name in ("_id", *self._guard)}

    def _others(self, document: Document) -> Counter[str]:
        """How many values of it are under which other keys than the current one."""
        found = Counter(kids_in(document))
        del found[self._ring.current]
        return found


def of_letters(collection: Collection, seals: Seals, *, state: TypeAdapter[Any]) -> KeyRotation:
    """The states of a service's letters."""

    def reseal(document: Document) -> Document:
        letter = document["_id"]
        opened = seals.open_state(state, document["state"], letter=letter)
        return {"state": seals.seal_state(state, opened, letter=letter)}

    return KeyRotation(collection, seals.ring, reseal=reseal, sealed=["state"], guard=GUARD)


def of_fields(collection: Collection, ring: KeyRing, *, fields: Fields) -> KeyRotation:
    """Fields that are each sealed as one value, bound to the document's id."""

    def reseal(document: Document) -> Document:
        place = document["_id"]
        opened = {
            name: ring.open(document[name], letter=place, field=kind)
            for name, kind in fields.items()
        }
        return {
            name: ring.seal(plain, letter=place, field=fields[name])
            for name, plain in opened.items()
        }

    return KeyRotation(collection, ring, reseal=reseal, sealed=(), guard=tuple(fields))


def kids_in(value: Any) -> Iterator[str]:
    """The key id of each sealed value within `value`."""
    if isinstance(value, str):
        found = _SEALED.fullmatch(value)
        if found is not None:
            yield found[1]
    elif isinstance(value, Mapping):
        yield from _kids_of(value.values())
    elif isinstance(value, list | tuple):
        yield from _kids_of(value)


def _kids_of(values: Iterable[Any]) -> Iterator[str]:
    for each in values:
        yield from kids_in(each)
