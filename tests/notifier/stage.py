"""A letters shell on a stage: the real one, documents in memory, no broker, and a clock to move.

For fast tests of loops and faces; the shell itself is tested over real servers elsewhere.
"""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Generic, cast

import bson
from bson.codec_options import CodecOptions
from typing_extensions import override

from shared.contracts.envelope import Envelope, envelope
from shared.contracts.event import Event
from shared.platform.bus import Bus, Inbound, Outbound
from shared.platform.commands import Commands
from shared.platform.database import Collection, Document, Index, Insert, Update, Written
from shared.platform.fold import outbound
from shared.platform.identity import NotSignedIn, Verifier
from shared.platform.jwe import Opener, Sealer
from shared.platform.letters import Letters
from shared.platform.rules import C, Record, Rules, S
from shared.platform.sealing import A256GCM, KeyRing
from shared.platform.seals import Seals
from shared.platform.sender import Sender
from shared.platform.tokens import Person

AWARE = CodecOptions[Document](tz_aware=True)
COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "$lt": operator.lt,
    "$lte": operator.le,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$in": lambda value, choices: value in choices,
}


class Clock:
    """A `Now` that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **of: float) -> None:
        """Let time pass, as the arguments of `timedelta` say."""
        self.at += timedelta(**of)


class MemoryDocuments(Collection):
    """Documents in memory, kept as the database would: BSON values, equal filters, equal order."""

    def __init__(self) -> None:
        self.kept: dict[str, Document] = {}
        self.found = 0
        """How many documents all queries have given back."""
        self.faults: list[Exception] = []
        """What the next operations raise, one each."""

    @override
    async def write(self, operations: Sequence[Insert | Update]) -> Written:
        self._fail()
        matched, taken = 0, set()
        for position, operation in enumerate(operations):
            if isinstance(operation, Update):
                matched += self._update(operation)
            elif operation.document["_id"] in self.kept:
                taken.add(position)
            else:
                self.kept[operation.document["_id"]] = _as_kept(operation.document)
        return Written(matched, frozenset(taken))

    @override
    async def find(
        self,
        where: Mapping[str, Any],
        *,
        fields: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> list[Document]:
        self._fail()
        wanted = _as_kept(dict(where))
        found = [one for one in self.kept.values() if _matches(one, wanted)]
        for name, direction in reversed(sort):
            found.sort(key=itemgetter(name), reverse=direction < 0)
        found = found[:limit] if limit else found
        self.found += len(found)
        return [_as_kept(_projected(one, fields or {})) for one in found]

    @override
    async def one(
        self, where: Mapping[str, Any], *, fields: Mapping[str, Any] | None = None
    ) -> Document | None:
        found = await self.find(where, fields=fields, limit=1)
        return found[0] if found else None

    @override
    async def index(self, indexes: Iterable[Index]) -> None:
        raise NotImplementedError("nothing here is slow enough for an index")

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)

    def _update(self, operation: Update) -> int:
        wanted = _as_kept(operation.where)
        for document in self.kept.values():
            if _matches(document, wanted):
                _apply(document, _as_kept(operation.change))
                return 1
        return 0


@dataclass
class QuietBus:
    """A bus that acknowledges everything, and remembers it."""

    sent: list[Outbound] = field(default_factory=list)
    has_spoken: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        """Acknowledge all."""
        self.sent += records
        if records:
            self.has_spoken.set()
        return [None] * len(records)

    def ids(self) -> set[str]:
        """Ids of the events that were sent; the same fact may be sent again under the same id."""
        return {dict(record.headers)["ce_id"].decode() for record in self.sent}

    def types(self) -> list[str]:
        """Types of the events that were sent, in order."""
        return [dict(record.headers)["ce_type"].decode() for record in self.sent]


class KnownPeople(Verifier):
    """Knows everybody by name: the token is the name of one of `people`."""

    def __init__(self, people: Mapping[str, Person], *, now: Clock) -> None:
        self._people = people
        self._now = now

    @override
    async def check(self, token: str) -> Person:
        if token not in self._people:
            raise NotSignedIn
        return self._people[token]


@dataclass
class Stage(Generic[C, S]):
    """The shell of one service, ready to be told things."""

    now: Clock
    documents: MemoryDocuments
    bus: QuietBus
    letters: Letters[C, S]
    commands: Commands[C, S]
    _sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    async def hear(self, topic: str, letter: str, *events: Event) -> None:
        """Each of `events` comes on `topic`, opened, with the next sequence."""
        for event in events:
            sequence = self._sequences.get((topic, letter), 0) + 1
            self._sequences[topic, letter] = sequence
            await self.letters.tell_many(
                [self.record(topic, letter, event=event, sequence=sequence)]
            )

    def record(self, topic: str, letter: str, *, event: Event, sequence: int) -> Record:
        """An event as a consumer would have read it."""
        said: Envelope[Event] = envelope(
            topic, letter, data=event, time=self.now(), sequence=sequence
        )
        blank = said.data.map_words(lambda _, __: None)
        sent = outbound(
            envelope(topic, letter, data=blank, time=self.now(), sequence=sequence), topic
        )
        raw = Inbound(topic, 0, sequence, self.now(), sent.key, sent.value, sent.headers)
        return Record(said, raw)


@asynccontextmanager
async def staged(rules: Rules[C, S], *, at: datetime) -> AsyncIterator[Stage[C, S]]:
    """A stage for these rules, its clock at `at`."""
    now, documents, bus = Clock(at), MemoryDocuments(), QuietBus()
    ring = KeyRing("test", {"test": A256GCM(bytes(32))})
    seals = Seals(rules.service, ring, Sealer({}), Opener({}))
    letters = Letters(rules, seals, collection=documents, sender=Sender(cast("Bus", bus)), now=now)
    commands = Commands(letters)
    running = asyncio.create_task(commands.run())
    try:
        yield Stage(now, documents, bus, letters, commands)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def moment(day: int, hour: int = 12) -> datetime:
    """An instant of November 2026, UTC."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def _as_kept(document: Document) -> Document:
    """What BSON makes of it: milliseconds, lists for tuples, and a copy in any case."""
    return bson.decode(bson.encode(document), AWARE)


def _at(document: Document, path: str) -> Any:
    value: Any = document
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def _matches(document: Document, where: Document) -> bool:
    return all(_fits(_at(document, path), wanted) for path, wanted in where.items())


def _fits(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(value == wanted)
    if value is None:
        return False
    return all(COMPARES[name](value, bound) for name, bound in wanted.items())


def _projected(document: Document, fields: Mapping[str, Any]) -> Document:
    if not any(fields.values()):
        return {name: value for name, value in document.items() if name not in fields}
    shown: Document = {} if fields.get("_id", 1) == 0 else {"_id": document["_id"]}
    for path in (path for path, wanted in fields.items() if wanted):
        value = _at(document, path)
        if value is not None:
            _put(shown, path, value)
    return shown


def _put(document: Document, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for part in parents:
        document = document.setdefault(part, {})
    document[last] = value


def _apply(document: Document, change: Document) -> None:
    for path, value in change.get("$set", {}).items():
        _put(document, path, value)
    for path in change.get("$unset", {}):
        *parents, last = path.split(".")
        parent = _at(document, ".".join(parents)) if parents else document
        if isinstance(parent, dict):
            parent.pop(last, None)
    for path, value in change.get("$inc", {}).items():
        _put(document, path, (_at(document, path) or 0) + value)
    for path, value in change.get("$min", {}).items():
        before = _at(document, path)
        _put(document, path, value if before is None else min(before, value))
    for path, value in change.get("$push", {}).items():
        _put(document, path, [*(_at(document, path) or []), *value["$each"]])
