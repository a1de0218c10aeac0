"""A service's own copy of what `mailbox.keys` says, so that it can seal while the broker is away.

Kept under the service's ring: who can write to the database alone can't slip in a key.
"""

from __future__ import annotations

import logging

from pydantic import TypeAdapter

from shared.contracts.keys_v1 import HolderKey
from shared.platform.crypto.key_ring import CannotOpen, KeyRing
from shared.platform.mongo.database import Collection, Delete, Document, Insert, Operation, Update
from shared.sealing.key_directory import KeyDirectory

LOG = logging.getLogger(__name__)

FIELD = "keys.kept"
_KEYS: TypeAdapter[tuple[HolderKey, ...]] = TypeAdapter(tuple[HolderKey, ...])


class KeptKeys:
    """The copies of all holders. Every method raises DatabaseFault when the database fails."""

    def __init__(self, collection: Collection, ring: KeyRing) -> None:
        self._collection = collection
        self._ring = ring

    async def load(self, book: KeyDirectory) -> None:
        """Bring the book up to what is kept; a copy that can't be opened is forgotten."""
        broken: list[Operation] = []
        for one in await self._collection.find({}):
            try:
                book.take(one["_id"], self._opened(one), sequence=one["sequence"])
            except (CannotOpen, ValueError):
                LOG.error("kept keys can't be opened", extra={"holder": one["_id"]})  # noqa: TRY400 - says which, and no more
                broken.append(Delete({"_id": one["_id"]}))
        await self._collection.write(broken)

    async def keep(self, holder: str, keys: tuple[HolderKey, ...], *, sequence: int) -> None:
        """Keep all keys of the holder, unless what is kept is newer."""
        sealed = self._ring.seal(_KEYS.dump_json(keys), letter=holder, field=FIELD)
        first = Insert({"_id": holder, "sequence": 0, "keys": sealed})
        change = {"$set": {"sequence": sequence, "keys": sealed}}
        await self._collection.write([first])
        await self._collection.write(
            [Update({"_id": holder, "sequence": {"$lt": sequence}}, change)]
        )

    def _opened(self, kept: Document) -> tuple[HolderKey, ...]:
        plain = self._ring.open(kept["keys"], letter=kept["_id"], field=FIELD)
        return _KEYS.validate_json(plain)
