"""Key rotation: stored values are opened and sealed under the current key, while services run.

Each document is written by a compare-and-set that changes neither version nor write id, so other
writers never lose a race to it and win if they wrote meanwhile. Documents already under the current
key are skipped, so rotation may be stopped and started at any time.
"""

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
"""Attempts for a document that others keep writing; it then counts as left."""
GUARD = ("version", "by")
_SEALED = re.compile(rf"([A-Za-z0-9_-]{{1,64}})\.(?:{'|'.join(CIPHERS)})\.[A-Za-z0-9_-]+")

Reseal = Callable[[Document], Document]
"""Returns the fields of a document to set. Raises: CannotOpen."""
Fields = Mapping[str, str]
"""Field names, and the name to which each field's ciphertext is bound."""


@dataclass(slots=True)
class Tally:
    """What was found and done."""

    looked: int = 0
    sealed: int = 0
    """Documents sealed under the current key."""
    broken: int = 0
    """Documents that this ring can't open."""
    left: Counter[str] = field(default_factory=Counter)
    """Number of values that remain under another key, by that key's id."""


class KeyRotation:
    """The documents of one collection, and how to reseal them."""

    def __init__(
        self,
        collection: Collection,
        ring: KeyRing,
        *,
        reseal: Reseal,
        sealed: Sequence[str],
        guard: Sequence[str],
    ) -> None:
        """`sealed`: further fields with sealed values. `guard`: fields that must be unchanged."""
        self._collection = collection
        self._ring = ring
        self._reseal = reseal
        self._guard = guard
        self._fields = dict.fromkeys((*sealed, *guard), 1)

    async def run(self, tally: Tally, *, is_dry: bool) -> AsyncIterator[Tally]:
        """Rotate the whole collection, yielding the tally per batch. Raises: DatabaseFault."""
        batch: list[Document] = []
        async for document in self._collection.stream({}, fields=self._fields, sort=(("_id", 1),)):
            batch.append(document)
            if len(batch) >= BATCH:
                await self._rotate_batch(batch, tally, is_dry=is_dry)
                batch = []
                yield tally
        await self._rotate_batch(batch, tally, is_dry=is_dry)
        yield tally

    async def _rotate_batch(self, batch: Sequence[Document], tally: Tally, *, is_dry: bool) -> None:
        tally.looked += len(batch)
        old = [document for document in batch if self._old_keys(document)]
        for _ in range(0 if is_dry else MOST_ATTEMPTS):
            if not old:
                return
            done = await self._write(old, tally)
            again = {
                "_id": {"$in": [document["_id"] for document in old if document["_id"] not in done]}
            }
            found = await self._collection.find(again, fields=self._fields)
            old = [document for document in found if self._old_keys(document)]
        for document in old:
            tally.left.update(self._old_keys(document))

    async def _write(self, old: Sequence[Document], tally: Tally) -> set[Any]:
        """Reseal these; return the ids that are finished, because done or not openable."""
        changes: dict[Any, Update] = {}
        broken: set[Any] = set()
        for document in old:
            try:
                changes[document["_id"]] = Update(
                    self._as_read(document), {"$set": self._reseal(document)}
                )
            except (CannotOpen, ValueError):
                LOG.error("kept values can't be opened", extra={"document": document["_id"]})  # noqa: TRY400 - says which, and no more
                tally.left.update(self._old_keys(document))
                broken.add(document["_id"])
        written = await self._collection.write(list(changes.values()))
        tally.broken += len(broken)
        tally.sealed += written.matched
        return broken | (changes.keys() if written.matched == len(changes) else set())

    def _as_read(self, document: Document) -> Document:
        return {name: document[name] for name in ("_id", *self._guard)}

    def _old_keys(self, document: Document) -> Counter[str]:
        """The number of values in it per key id, other than the current key's."""
        found = Counter(kids_in(document))
        del found[self._ring.current]
        return found


def of_letters(collection: Collection, seals: Seals, *, state: TypeAdapter[Any]) -> KeyRotation:
    """Rotation of the states of a service's letters."""

    def reseal(document: Document) -> Document:
        letter = document["_id"]
        opened = seals.open_state(state, document["state"], letter=letter)
        return {"state": seals.seal_state(state, opened, letter=letter)}

    return KeyRotation(collection, seals.ring, reseal=reseal, sealed=["state"], guard=GUARD)


def of_fields(collection: Collection, ring: KeyRing, *, fields: Fields) -> KeyRotation:
    """Rotation of fields that are sealed as one value each, bound to the document's id."""

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
    """Yield the key id of each sealed value within `value`."""
    if isinstance(value, str):
        found = _SEALED.fullmatch(value)
        if found is not None:
            yield found[1]
    elif isinstance(value, Mapping):
        yield from _kids_of(value.values())
    elif isinstance(value, list | tuple):
        yield from _kids_of(value)


def _kids_of(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from kids_in(value)
