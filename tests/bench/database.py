"""The content of the database, and the number of its writes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import bson
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Documents = AsyncIOMotorCollection[Document]

WRITES = ("insert", "update", "delete")
EVERY: Mapping[str, Any] = {}


class Look:
    """A client beside those of the services; it only reads."""

    def __init__(self, uri: str) -> None:
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, tz_aware=True)

    async def writes(self) -> int:
        """Write commands since the server started; one may hold many documents."""
        counters = (await self._client.admin.command("serverStatus"))["opcounters"]
        return sum(counters[name] for name in WRITES)

    async def ids(
        self, database: str, collection: str, *, where: Mapping[str, Any] = EVERY
    ) -> list[str]:
        """The `_id` of every document that matches."""
        found = self._client[database][collection].find(where, {"_id": 1})
        return [one["_id"] for one in await found.to_list(None)]

    async def count(self, database: str, collection: str, *, where: Mapping[str, Any]) -> int:
        """The number of matching documents."""
        return await self._client[database][collection].count_documents(where)

    async def instants(
        self, database: str, collection: str, *, field: str, where: Mapping[str, Any]
    ) -> set[datetime]:
        """The values of a field in matching documents; None if one lacks it."""
        found = self._client[database][collection].find(where, {field: 1})
        return {one.get(field) async for one in found}

    async def sample(self, database: str, collection: str) -> Document:
        """Any one document. Raises: LookupError, when there is none."""
        found = await self._client[database][collection].find_one({})
        if found is None:
            raise LookupError("no document")
        return found

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()


def size(document: Document) -> int:
    """Bytes of a document as the database keeps it."""
    return len(bson.encode(document))


def journalled(uri: str, database: str) -> Documents:
    """A floor's own letters, each write acknowledged by a majority and journalled."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, tz_aware=True)
    found = client.get_database(
        database,
        read_concern=ReadConcern("majority"),
        write_concern=WriteConcern(w="majority", j=True),
    )
    return found.get_collection("letters")
