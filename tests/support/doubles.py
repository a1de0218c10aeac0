"""Doubles of database and bus: they behave like the real ones, and fail on demand.

`tests/shared/platform/letters/test_document_mapper.py` runs one suite over `Memory` and the real
database, which keeps the two alike. An operator that the shell doesn't use raises an error.
"""

import asyncio
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, Literal

from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError
from aiokafka.structs import OffsetAndMetadata
from pymongo.errors import AutoReconnect, OperationFailure
from typing_extensions import override

from shared.contracts.topics import BY_NAME
from shared.platform.app.topic_bootstrap import configs
from shared.platform.kafka.bus import Bus, Inbound, Outbound
from shared.platform.mongo.database import (
    Collection,
    Database,
    Delete,
    Document,
    Index,
    Operation,
    Update,
    UpdateEach,
    Upsert,
    WriteResult,
)
from tests.support.moving import START as START
from tests.support.moving import Clock as Clock
from tests.support.operators import apply, fits, projected, rank
from tests.support.operators import as_kept as as_kept

Failure = Literal["before", "after", "partly"]
"""Nothing was applied; all was, but the answer was lost; every second operation was."""
Fate = Literal["sent", "refused", "lost"]
"""Acknowledged; not on the topic; on the topic, but the acknowledgement was lost."""
Hook = Callable[[], Awaitable[object]]


class Memory(Collection):
    """A collection in memory. Each operation yields to other tasks once, as a real one does."""

    def __init__(self) -> None:
        self.kept: dict[Any, Document] = {}
        self.failures: deque[Failure | None] = deque()
        """Outcomes of the next writes, one each; empty: success."""
        self.unread: deque[bool] = deque()
        """Whether the next reads fail, one each."""
        self.before_write: deque[Hook] = deque()
        """Changes by others just before the next writes are applied, one each."""
        self.indexes: list[Index] = []
        self.writes: list[Sequence[Operation]] = []

    @override
    async def write(self, operations: Sequence[Operation]) -> WriteResult:
        if not operations:
            return WriteResult(0, frozenset())
        await asyncio.sleep(0)
        if self.before_write:
            await self.before_write.popleft()()
        failure = self.failures.popleft() if self.failures else None
        if failure == "before":
            raise AutoReconnect("the database went away")
        self.writes.append(operations)
        written = self._apply(operations[::2] if failure == "partly" else operations)
        await asyncio.sleep(0)
        if failure:
            raise AutoReconnect("the answer got lost")
        return written

    @override
    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        await self._before_read(where)
        found = [one for _, one in self._fitting(where)]
        for name, direction in reversed(sort):
            found.sort(key=partial(rank, name=name), reverse=direction < 0)
        found = found[:limit] if limit else found
        return [as_kept(projected(one, fields or {})) for one in found]

    @override
    async def one(
        self, where: Mapping[str, Any], *, fields: Mapping[str, Any] | None = None
    ) -> Document | None:
        found = await self.find(where, fields=fields, limit=1)
        return found[0] if found else None

    @override
    async def count(self, where: Mapping[str, Any], *, most: int) -> int:
        return len(await self.find(where, limit=most))

    @override
    async def stream(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
    ) -> AsyncIterator[Document]:
        for document in await self.find(where, fields=fields, sort=sort):
            yield document

    @override
    async def index(self, indexes: Iterable[Index]) -> None:
        self.indexes += [index for index in indexes if index not in self.indexes]

    @override
    async def lacks(self, indexes: Iterable[Index]) -> list[Index]:
        await self._before_read({})
        return [index for index in indexes if index not in self.indexes]

    async def _before_read(self, where: Mapping[str, Any]) -> None:
        await asyncio.sleep(0)
        if self.unread and self.unread.popleft():
            raise AutoReconnect("the database went away")

    def _apply(self, operations: Sequence[Operation]) -> WriteResult:
        matched, taken, upserted, broken = 0, set(), set(), False
        for position, operation in enumerate(operations):
            if isinstance(operation, Update | UpdateEach):
                try:
                    matched += self._update(operation)
                except ValueError:
                    broken = True
            elif isinstance(operation, Delete):
                self._delete(operation)
            elif isinstance(operation, Upsert):
                place = self._upsert(operation)
                upserted.update([position] if place == "inserted" else [])
                taken.update([position] if place == "taken" else [])
            elif operation.document["_id"] in self.kept:
                taken.add(position)
            else:
                self.kept[operation.document["_id"]] = as_kept(operation.document)
        if broken:
            raise OperationFailure("an update that the database refuses")
        return WriteResult(matched, frozenset(taken), frozenset(upserted))

    def _update(self, operation: Update | UpdateEach) -> int:
        fitting = (name for name, _ in self._fitting(operation.where))
        names = [*islice(fitting, None if isinstance(operation, UpdateEach) else 1)]
        for name in names:
            self.kept[name] = apply(as_kept(self.kept[name]), as_kept(operation.change))
        return len(names)

    def _upsert(self, operation: Upsert) -> Literal["inserted", "updated", "taken"]:
        is_new = operation.id not in self.kept
        before = self.kept.get(operation.id, {})
        if any(before.get(name, most) > most for name, most in operation.at_most.items()):
            return "taken"
        given = {name: dict(fields) for name, fields in operation.change.items()}
        at_first = given.pop("$setOnInsert", {})
        if is_new:
            given["$set"] = given.get("$set", {}) | at_first
        document = as_kept(self.kept.get(operation.id, {"_id": operation.id}))
        self.kept[operation.id] = apply(document, as_kept(given))
        return "inserted" if is_new else "updated"

    def _delete(self, operation: Delete) -> None:
        for name, _ in islice(self._fitting(operation.where), 1):
            del self.kept[name]

    def _fitting(self, where: Mapping[str, Any]) -> Iterator[tuple[Any, Document]]:
        """Documents that match, in the order of insertion; one named by `_id` is looked up."""
        wanted = as_kept(dict(where))
        named = wanted.get("_id")
        if isinstance(named, str):
            candidates = [(named, self.kept[named])] if named in self.kept else []
        else:
            candidates = [*self.kept.items()]
        return ((name, one) for name, one in candidates if fits(one, wanted))


class MemoryDatabase(Database):
    """One service's collections, in memory."""

    def __init__(self) -> None:
        self.collections: dict[str, Memory] = {}
        self.has_left = False
        """Whether it answers nothing."""

    @property
    @override
    def is_away(self) -> bool:
        return self.has_left

    @override
    def collection(self, name: str) -> Memory:
        return self.collections.setdefault(name, Memory())

    @override
    async def ping(self) -> None:
        await asyncio.sleep(0)
        if self.has_left:
            raise AutoReconnect("the database went away")

    @override
    def close(self) -> None:
        self.collections.clear()


class MemoryBus(Bus):
    """A broker in memory that several replicas may share."""

    def __init__(self) -> None:
        self.topics: dict[str, list[Outbound]] = {}
        """The records of each topic, in order."""
        self.sends: list[list[Outbound]] = []
        """The argument of each call."""
        self.fates: deque[Fate] = deque()
        """Outcomes of the next records, one each; empty: acknowledged."""
        self.before_send: deque[Hook] = deque()
        self.commits: dict[TopicPartition, OffsetAndMetadata] = {}
        self.faults: deque[Exception] = deque()
        """Errors that the next queries about topics and commits raise, one each."""
        self.is_up = False
        self.renewals = 0
        """How often its producer was replaced."""
        self.reset: set[str] = set()
        """Topics whose settings were reset to the broker's defaults."""

    @override
    async def start(self) -> None:
        self._fail()
        self.is_up = True

    @override
    async def stop(self) -> None:
        self.is_up = False

    @override
    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        await asyncio.sleep(0)
        if self.before_send:
            await self.before_send.popleft()()
        self.sends.append(list(records))
        return [self._append(record) for record in records]

    @override
    async def renew(self) -> None:
        self._fail()
        self.renewals += 1

    @override
    async def partitions(self, topics: Iterable[str]) -> dict[str, int]:
        self._fail()
        return {name: BY_NAME[name].partitions for name in topics if name in self.topics}

    @override
    async def setting(self, name: str, topics: Sequence[str]) -> dict[str, str]:
        self._fail()
        return {
            topic: configs(BY_NAME[topic], replication=1)[name]
            for topic in topics
            if topic not in self.reset
        }

    @override
    async def committed(
        self, group: str, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        self._fail()
        return {at: self.commits[at] for at in partitions if at in self.commits}

    @override
    async def read_all(self, topic: str, partitions: int) -> list[Inbound]:
        self._fail()
        return [inbound_of(one, at) for at, one in enumerate(self.topics.get(topic, ()))]

    @override
    async def since(
        self, topics: Iterable[str], instant: datetime | None
    ) -> AsyncGenerator[list[Inbound], None]:
        self._fail()
        for topic in topics:
            yield [inbound_of(one, at) for at, one in enumerate(self.topics.get(topic, ()))]

    @override
    async def follow(self, topic: str, partitions: int) -> AsyncGenerator[list[Inbound], None]:
        taken = 0
        while topic in self.topics:
            found = self.topics[topic][taken:]
            yield [inbound_of(one, taken + at) for at, one in enumerate(found)]
            taken += len(found)
            await asyncio.sleep(0.001)

    def records(self, topic: str, key: str | None = None) -> list[Outbound]:
        """The records of `topic`, for one key or all."""
        found = self.topics.get(topic, [])
        return [one for one in found if key is None or one.key == key.encode()]

    def ids(self, topic: str, key: str | None = None) -> list[str]:
        """Ids of the events on `topic`, in order, repeats included."""
        return [header(one, "ce_id") for one in self.records(topic, key)]

    def _append(self, record: Outbound) -> BaseException | None:
        fate = self.fates.popleft() if self.fates else "sent"
        if fate != "refused":
            self.topics.setdefault(record.topic, []).append(record)
        return None if fate == "sent" else KafkaTimeoutError()

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.popleft()


def inbound_of(record: Outbound, offset: int = 0, *, partition: int = 0) -> Inbound:
    """A sent record, as a consumer receives it."""
    return Inbound(record.topic, partition, offset, START, record.key, record.value, record.headers)


def header(record: Outbound | Inbound, name: str) -> str:
    """A header's text; empty if it is missing."""
    return dict(record.headers).get(name, b"").decode()
