"""How documents are kept and found: the one door to the MongoDB driver.

No other module imports motor, pymongo or bson (ADR-0004), so moving to another driver changes this
file alone. Every write is acknowledged by a majority and journalled, and every read has majority
concern: nothing that could still be rolled back is ever sent or decided upon (ADR-0002).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson.binary import Binary
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]

DUPLICATE_KEY = 11000
SELECTION_TIMEOUT_MS = 5_000

DatabaseFault = PyMongoError
"""What every operation here raises when the database can't be reached or refuses: retry it."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Keep `document` unless its `_id` is taken."""

    document: Document


@dataclass(frozen=True, slots=True)
class Update:
    """Apply `change` to the document that matches `where`, if one does."""

    where: Document
    change: Document


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: `keys` are (field, 1 or -1); `expire_after_s` makes it a time to live."""

    keys: tuple[tuple[str, int], ...]
    sparse: bool = False
    expire_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a bulk of operations did; `taken` are the positions of inserts whose `_id` existed."""

    matched: int
    taken: frozenset[int]


class Collection:
    """Documents of one kind. Every method raises `DatabaseFault` when the database fails."""

    def __init__(self, motor: AsyncIOMotorCollection[Document]) -> None:
        self._motor = motor

    async def write(self, operations: Sequence[Insert | Update]) -> Written:
        """Apply all operations, in no order, each alone; what matched nothing changed nothing."""
        if not operations:
            return Written(0, frozenset())
        try:
            result = await self._motor.bulk_write([_native(op) for op in operations], ordered=False)
        except BulkWriteError as fault:
            return _unless_only_taken(fault)
        return Written(result.matched_count, frozenset())

    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        """All documents that match, at most `limit` (0: no limit). Give an indexed filter."""
        cursor = self._motor.find(where, fields)
        if sort:
            cursor = cursor.sort(list(sort))
        return await cursor.limit(limit).to_list(None)

    async def one(
        self, where: Mapping[str, Any], *, fields: Mapping[str, Any] | None = None
    ) -> Document | None:
        """The document that matches, or none."""
        return await self._motor.find_one(where, fields)

    def stream(
        self, where: Mapping[str, Any], *, fields: Mapping[str, Any] | None = None
    ) -> AsyncIterator[Document]:
        """Every document that matches, in batches, without holding them all."""
        return self._motor.find(where, fields, batch_size=200)

    async def index(self, indexes: Iterable[Index]) -> None:
        """Make the indexes that are missing."""
        for index in indexes:
            options: Document = {"sparse": index.sparse} if index.sparse else {}
            if index.expire_after_s is not None:
                options["expireAfterSeconds"] = index.expire_after_s
            await self._motor.create_index(list(index.keys), **options)


class Database:
    """One service's own database."""

    def __init__(self, uri: str, name: str) -> None:
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            uri, tz_aware=True, serverSelectionTimeoutMS=SELECTION_TIMEOUT_MS
        )
        self._database = self._client.get_database(
            name,
            codec_options=CodecOptions(tz_aware=True),
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern(w="majority", j=True),
        )

    def collection(self, name: str) -> Collection:
        """The documents kept under `name`."""
        return Collection(self._database.get_collection(name))

    async def ping(self) -> None:
        """Return when the database answers. Raises: DatabaseFault."""
        await self._client.admin.command("ping")

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()


def octets(value: bytes) -> Any:
    """`value` as the database keeps bytes."""
    return Binary(value)


def _native(operation: Insert | Update) -> InsertOne[Document] | UpdateOne:
    if isinstance(operation, Insert):
        return InsertOne(operation.document)
    return UpdateOne(operation.where, operation.change)


def _unless_only_taken(fault: BulkWriteError) -> Written:
    """What was written, when every failure is an insert whose `_id` is taken; else `fault`."""
    details = fault.details or {}
    errors = details.get("writeErrors", [])
    if any(error.get("code") != DUPLICATE_KEY for error in errors) or details.get(
        "writeConcernErrors"
    ):
        raise fault
    return Written(
        int(details.get("nMatched", 0)), frozenset(int(error["index"]) for error in errors)
    )
