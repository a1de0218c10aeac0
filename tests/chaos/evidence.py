"""What became of letters: on every topic, in every database and at the gateway. Read only.

Two runs ended alike if the evidence of their letters is equal, apart from numbers, times and
ciphertexts.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from deploy.local.stack.plan import SERVICES
from shared.contracts.envelope import Foreign, from_record
from shared.contracts.topics import ALL, TOPICS
from shared.platform.kafka.bus import Inbound, Partition, inbound, let_go
from shared.platform.mongo.database import Collection, Database, Document
from shared.platform.repair.incarnations import incarnation_ids
from tests.chaos.people import People, Written
from tests.support.reaching import bus_of

READ = {one.name: one.partitions for one in ALL if one.is_sequenced}
"""The topics to read, with their partitions."""
QUIET_POLLS = 3
POLL_MS = 200
MISSING = "missing"
"""Counted besides the types: numbers that are missing, for now or for good."""
TRIED = "attempts"
UNORDERED = {"deliveries"}
"""Lists that several topics fill, in no promised order."""
WORD = re.compile(r"[a-z][a-z_.-]{0,30}")


@dataclass
class Ending:
    """How one letter ended."""

    said: dict[str, Counter[str]] = field(default_factory=dict)
    """By topic, the number of events of each type, repeats left out."""
    kept: dict[str, Any] = field(default_factory=dict)
    """By service, the content of its document."""
    told: Counter[str] = field(default_factory=Counter)
    """Messages to the writer."""

    @property
    def waits(self) -> bool:
        """Whether a document expects further events."""
        return any(one and one["waiting"] for one in self.kept.values())


@dataclass
class Heard:
    """The content of the topics: every subject's records in the order of their partition."""

    of: dict[tuple[str, str], list[tuple[int, str, bytes]]] = field(default_factory=dict)
    """Per topic and subject: sequence, type, value; without repeats."""
    repeats: int = 0
    overtaken: int = 0
    """Records that come after a later one of their letter."""


class Witness:
    """Reads everything and changes nothing."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        """`settings`: the environment variables of the stack's processes."""
        self.bus = bus_of(settings)
        uri = settings["MAILBOX_MONGO_URI"]
        self._databases = {name: Database(uri, f"mailbox_{name}") for name in SERVICES}

    def close(self) -> None:
        """Close the databases."""
        for database in self._databases.values():
            database.close()

    async def endings(self, people: People, letters: Sequence[Written]) -> dict[str, Ending]:
        """How each of `letters` ended, by its key. Raises: AssertionError, for a broken order."""
        heard = await self.heard()
        messages = await people.messages()
        kept = {name: await self._kept(name, letters) for name in SERVICES}
        return {
            one.key: Ending(
                _said(heard, one),
                {name: kept[name].get(one.number) for name in SERVICES},
                _told(messages, one),
            )
            for one in letters
        }

    async def heard(self) -> Heard:
        """The content of the topics now. Raises: AssertionError, for one id with two contents."""
        heard = Heard()
        first: dict[str, bytes] = {}
        for raw in await self._read_all():
            said = from_record(Foreign(raw.key, raw.value, list(raw.headers)), topic=raw.topic)
            if said.sequence is None:
                continue
            if said.id in first:
                heard.repeats += 1
                assert first[said.id] == raw.value, f"{said.id} was said twice, and differently"
                continue
            first[said.id] = raw.value
            records = heard.of.setdefault((raw.topic, said.subject), [])
            heard.overtaken += bool(records and records[-1][0] > said.sequence)
            records.append((said.sequence, said.type, raw.value))
        return heard

    async def incarnations(self) -> dict[str, str]:
        """The present id of each topic."""
        return incarnation_ids(await self.bus.read_all(TOPICS.name, TOPICS.partitions))

    async def records(self, topic: str, letter: str) -> list[Inbound]:
        """The records of that letter on `topic`, as received."""
        return [
            raw
            for raw in await self._read_all()
            if raw.topic == topic and raw.key.decode() == letter
        ]

    async def early(self, service: str, letter: str) -> bool:
        """Whether events of that letter wait there for their turn."""
        found = await self._letters(service).one({"_id": letter}, fields={"early": 1})
        return bool(found and found.get("early"))

    async def is_behind(
        self, reader: str, writer: str, mark: str, letters: Sequence[Written]
    ) -> bool:
        """Whether `reader` has not yet received all events of `writer` about these letters."""
        where = {"_id": {"$in": [one.number for one in letters]}}
        sent = {
            one["_id"]: one["sent"].get(mark, 0) for one in await self._letters(writer).find(where)
        }
        seen = {
            one["_id"]: one["seen"].get(mark, 0) for one in await self._letters(reader).find(where)
        }
        return seen != sent

    def collection(self, service: str, name: str) -> Collection:
        """One collection of a service."""
        return self._databases[service].collection(name)

    def _letters(self, service: str) -> Collection:
        return self.collection(service, "letters")

    async def _read_all(self) -> list[Inbound]:
        """All records of all sequenced topics, in order for each partition."""
        consumer = self.bus.consumer()
        ours = [
            Partition(topic, number) for topic, count in READ.items() for number in range(count)
        ]
        records: list[Inbound] = []
        try:
            await consumer.start()
            consumer.assign(ours)
            await consumer.seek_to_beginning(*ours)
            quiet = 0
            while quiet < QUIET_POLLS:
                found = await consumer.getmany(timeout_ms=POLL_MS)
                records += [inbound(one) for fetched in found.values() for one in fetched]
                quiet = 0 if found else quiet + 1
        finally:
            await let_go(consumer)
        return records

    async def _kept(self, service: str, letters: Sequence[Written]) -> dict[str, Any]:
        found = await self._letters(service).find({"_id": {"$in": [one.number for one in letters]}})
        moved = (
            await self._databases[service]
            .collection("log")
            .find({"letter": {"$in": [one.number for one in letters]}})
        )
        count = Counter(one["letter"] for one in moved)
        return {one["_id"]: _document(one, count[one["_id"]]) for one in found}


@asynccontextmanager
async def witness(settings: Mapping[str, str]) -> AsyncIterator[Witness]:
    """A witness for the block."""
    seeing = Witness(settings)
    try:
        yield seeing
    finally:
        seeing.close()


def _said(heard: Heard, letter: Written) -> dict[str, Counter[str]]:
    said = {}
    for (topic, subject), records in heard.of.items():
        if subject in (letter.number, letter.publication):
            numbers = [sequence for sequence, _, _ in records]
            said[topic] = Counter(type_ for _, type_, _ in records)
            if missing := set(range(1, max(numbers) + 1)) - set(numbers):
                said[topic][MISSING] = len(missing)
    return said


def _told(messages: Sequence[Mapping[str, Any]], letter: Written) -> Counter[str]:
    return Counter(
        one["text"].replace(letter.number, "…") for one in messages if letter.number in one["text"]
    )


def _document(kept: Document, moved: int) -> Document:
    """The part that is equal in every run. The log and its archive must hold all that was sent."""
    logged = {f"{one['topic']}/{one['sequence']}" for one in kept.get("log", [])}
    sent = sum(kept.get("sent", {}).values())
    assert len(logged) + moved >= sent, f"{kept['_id']}: log of {len(logged)}+{moved}, sent {sent}"
    return {
        "state": _shape(kept["state"]),
        "seen": kept.get("seen"),
        "sent": kept.get("sent"),
        "waiting": sorted(name for name in ("early", "unsent", "gap_since") if kept.get(name)),
    }


def _shape(value: Any) -> Any:
    """A state without what differs from run to run: strings and counts stay, of the rest the type.

    The number of attempts for a message is left out: the gateway may be slow during a restart.
    """
    if isinstance(value, dict):
        shaped = {name: _shape(one) for name, one in sorted(value.items()) if name != TRIED}
        return shaped | {name: sorted(shaped[name], key=repr) for name in UNORDERED & shaped.keys()}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    if isinstance(value, bool | int | None) or (isinstance(value, str) and WORD.fullmatch(value)):
        return value
    return type(value).__name__
