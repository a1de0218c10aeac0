"""Documents and indexes: the only access to the MongoDB driver.

No other module imports motor, pymongo or bson (ADR-0004), so changing the driver changes only this
file. Every write is acknowledged by a majority and journalled, and every read has majority concern:
nothing that could still be rolled back is ever sent or decided upon (ADR-0002).

An unavailable database fails at once. The driver's monitors check it every second; while they see
no writable server, every operation is refused without trying, so that HTTP requests are answered
with 503 instead of waiting. The first check that finds the database lets all operations through.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import DeleteOne, InsertOne, UpdateMany, UpdateOne
from pymongo.errors import AutoReconnect, BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]

DUPLICATE_KEY = 11000
SELECTION_TIMEOUT_MS = 5_000
"""How long an operation waits for a server whose state is still unknown, as at the start."""
LOOK_MS = 1_000
"""How often the driver checks that the database is there."""
HELLO_TIMEOUT_MS = 10_000
"""A database that doesn't answer a check within this time is away; operations on it then fail."""

DatabaseFault = PyMongoError
"""Raised by every operation here if the database can't be reached or refuses: retry."""


class DatabaseAway(AutoReconnect):
    """No server takes writes at present. Nothing was tried."""


def _there() -> None:
    """The default check, which lets everything through."""


@dataclass(frozen=True, slots=True)
class Insert:
    """Insert `document` unless its `_id` is taken."""

    document: Document


@dataclass(frozen=True, slots=True)
class Update:
    """Apply `change` to the document that matches `where`, if there is one."""

    where: Document
    change: Document


@dataclass(frozen=True, slots=True)
class Upsert:
    """Apply `change` to the document with that `_id`, which is inserted if it is missing.

    Two processes that insert it at once: one of them finds the position among `taken`. The same
    holds for a document in which one of the numbers of `at_most` is exceeded; missing ones aren't.
    """

    id: str
    change: Document
    at_most: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateEach:
    """Apply `change` to every document that matches `where`."""

    where: Document
    change: Document


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete the document that matches `where`, if there is one."""

    where: Document


Operation = Insert | Update | UpdateEach | Upsert | Delete


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index: `keys` are (field, 1 or -1); `expire_after_s` makes it a TTL index."""

    keys: tuple[tuple[str, int], ...]
    sparse: bool = False
    expire_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The result of a bulk write; `taken` are the positions of inserts whose `_id` existed."""

    matched: int
    taken: frozenset[int]
    upserted: frozenset[int] = frozenset()
    """Positions of upserts that inserted their document."""


class Collection:
    """Documents of one kind. Every method raises `DatabaseFault` if the database fails."""

    def __init__(
        self, motor: AsyncIOMotorCollection[Document], *, check: Callable[[], None] = _there
    ) -> None:
        """`check`: raises if the database is known to be away."""
        self._motor = motor
        self._check = check

    async def write(self, operations: Sequence[Operation]) -> WriteResult:
        """Apply all operations independently, in no order; updates without a match do nothing."""
        if not operations:
            return WriteResult(0, frozenset())
        self._check()
        try:
            result = await self._motor.bulk_write([_native(op) for op in operations], ordered=False)
        except BulkWriteError as fault:
            return _unless_only_taken(fault)
        return WriteResult(result.matched_count, frozenset(), frozenset(result.upserted_ids or ()))

    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        """All matching documents, at most `limit` (0: no limit). Use an indexed filter."""
        self._check()
        cursor = self._motor.find(where, fields)
        if sort:
            cursor = cursor.sort(list(sort))
        return await cursor.limit(limit).to_list(None)

    async def one(
        self, where: Mapping[str, Any], *, fields: Mapping[str, Any] | None = None
    ) -> Document | None:
        """The matching document, or None."""
        self._check()
        return await self._motor.find_one(where, fields)

    async def count(self, where: Mapping[str, Any], *, most: int) -> int:
        """The number of matching documents, at most `most`. Use an indexed filter."""
        self._check()
        return await self._motor.count_documents(where, limit=most)

    def stream(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
    ) -> AsyncIterator[Document]:
        """Every matching document, in batches, without holding all of them in memory."""
        self._check()
        cursor = self._motor.find(where, fields, batch_size=200)
        return cursor.sort(list(sort)) if sort else cursor

    async def index(self, indexes: Iterable[Index]) -> None:
        """Create the missing indexes."""
        self._check()
        for index in indexes:
            options: Document = {"sparse": index.sparse} if index.sparse else {}
            if index.expire_after_s is not None:
                options["expireAfterSeconds"] = index.expire_after_s
            await self._motor.create_index(list(index.keys), **options)

    async def lacks(self, indexes: Iterable[Index]) -> list[Index]:
        """Those of `indexes` that are missing or have other options."""
        self._check()
        there = {
            _index_of(description)
            for description in (await self._motor.index_information()).values()
        }
        return [index for index in indexes if index not in there]


class Database:
    """One service's own database."""

    def __init__(self, uri: str, name: str, *, hello_timeout_ms: int = HELLO_TIMEOUT_MS) -> None:
        """`hello_timeout_ms`: after this, a database that doesn't answer a check is away."""
        self._client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            uri,
            tz_aware=True,
            serverSelectionTimeoutMS=SELECTION_TIMEOUT_MS,
            heartbeatFrequencyMS=LOOK_MS,
            connectTimeoutMS=hello_timeout_ms,
            retryReads=False,  # the caller retries; here it would wait for a server selection
        )
        self._database = self._client.get_database(
            name,
            codec_options=CodecOptions(tz_aware=True),
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern(w="majority", j=True),
        )

    def collection(self, name: str) -> Collection:
        """The documents stored under `name`."""
        return Collection(self._database.get_collection(name), check=self._check)

    @property
    def is_away(self) -> bool:
        """Whether the last check found no writable server; False before the first check."""
        topology: Any = self._client.topology_description
        servers = topology.server_descriptions().values()
        return not any(server.is_writable or _is_unseen(server) for server in servers)

    async def ping(self) -> None:
        """Return when the database answers. Raises: DatabaseFault."""
        await self._client.admin.command("ping")

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _check(self) -> None:
        if self.is_away:
            raise DatabaseAway("no server takes writes")


def _index_of(description: Mapping[str, Any]) -> Index:
    """Read an index from the database's description."""
    return Index(
        keys=tuple((name, int(direction)) for name, direction in description["key"]),
        sparse=bool(description.get("sparse")),
        expire_after_s=description.get("expireAfterSeconds"),
    )


def _is_unseen(server: Any) -> bool:
    """Whether the driver hasn't checked that server yet."""
    return server.error is None and not server.is_server_type_known


def _native(operation: Operation) -> InsertOne[Document] | UpdateOne | UpdateMany | DeleteOne:
    if isinstance(operation, Insert):
        return InsertOne(operation.document)
    if isinstance(operation, Delete):
        return DeleteOne(operation.where)
    if isinstance(operation, Upsert):
        below = {name: {"$not": {"$gt": most}} for name, most in operation.at_most.items()}
        return UpdateOne({"_id": operation.id, **below}, operation.change, upsert=True)
    if isinstance(operation, UpdateEach):
        return UpdateMany(operation.where, operation.change)
    return UpdateOne(operation.where, operation.change)


def _unless_only_taken(fault: BulkWriteError) -> WriteResult:
    """The result if every failure is an insert whose `_id` is taken; otherwise raises `fault`."""
    details = fault.details or {}
    errors = details.get("writeErrors", [])
    if any(error.get("code") != DUPLICATE_KEY for error in errors) or details.get(
        "writeConcernErrors"
    ):
        raise fault
    return WriteResult(
        int(details.get("nMatched", 0)),
        frozenset(int(error["index"]) for error in errors),
        frozenset(int(each["index"]) for each in details.get("upserted", [])),
    )
