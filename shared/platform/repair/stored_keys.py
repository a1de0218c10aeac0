"""A service's own copy of public keys, so that it can seal while the broker is away.

The copy is sealed under the service's ring: write access to the database alone is not enough to
insert a key.
"""

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
    """Copies of all holders' keys. Methods raise DatabaseFault if the database fails."""

    def __init__(self, collection: Collection, ring: KeyRing) -> None:
        self._collection = collection
        self._ring = ring

    async def load(self, book: KeyDirectory) -> None:
        """Load the stored copies into the directory; copies that can't be opened are deleted."""
        broken: list[Operation] = []
        for document in await self._collection.find({}):
            try:
                book.take(document["_id"], self._opened(document), sequence=document["sequence"])
            except (CannotOpen, ValueError):
                LOG.error("kept keys can't be opened", extra={"holder": document["_id"]})  # noqa: TRY400 - says which, and no more
                broken.append(Delete({"_id": document["_id"]}))
        await self._collection.write(broken)

    async def keep(self, holder: str, keys: tuple[HolderKey, ...], *, sequence: int) -> None:
        """Store all keys of the holder, unless the stored copy is newer."""
        sealed = self._ring.seal(_KEYS.dump_json(keys), letter=holder, field=FIELD)
        first = Insert({"_id": holder, "sequence": 0, "keys": sealed})
        change = {"$set": {"sequence": sequence, "keys": sealed}}
        await self._collection.write([first])
        await self._collection.write(
            [Update({"_id": holder, "sequence": {"$lt": sequence}}, change)]
        )

    def _opened(self, document: Document) -> tuple[HolderKey, ...]:
        plain = self._ring.open(document["keys"], letter=document["_id"], field=FIELD)
        return _KEYS.validate_json(plain)
