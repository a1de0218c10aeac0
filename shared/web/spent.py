"""One-time values, such as the `state` of a sign-in: each is accepted once."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Final

from shared.platform.mongo.database import Collection, Index, Insert
from shared.platform.runtime.clock import Now

SPENT: Final = "spent"
INDEXES: Final[Mapping[str, tuple[Index, ...]]] = {
    SPENT: (Index((("erase_at", 1),), expire_after_s=0),)
}
KEPT_FOR: Final = timedelta(hours=1)
"""Longer than any of these values is good for."""


class Spent:
    """The values that were used."""

    def __init__(self, documents: Collection, *, now: Now) -> None:
        self._documents = documents
        self._now = now

    async def spend(self, kind: str, value: str) -> bool:
        """Use the value; returns whether it was used for the first time."""
        document = {"_id": _name(kind, value), "erase_at": self._now() + KEPT_FOR}
        return not (await self._documents.write([Insert(document)])).taken

    async def is_spent(self, kind: str, value: str) -> bool:
        """Whether the value was used."""
        return await self._documents.one({"_id": _name(kind, value)}) is not None


def _name(kind: str, value: str) -> str:
    return sha256(f"{kind}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()
