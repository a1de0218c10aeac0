"""The dead letter queue: sealed records that wait until an operator replays or drops them.

It holds records of our own topics that this version can't use, and bureaus' actions on letters
whose documents can't be loaded. A parked record replaces the uncommitted one: its offset is
committed once it is stored here, and later events of its letter wait for it. Its content is sealed;
only its structure is stored in clear.
"""

import base64
import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from shared.contracts.topics import BY_NAME
from shared.platform.crypto.key_ring import CannotOpen, KeyRing
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import (
    DeadLetter,
    Faulty,
    NotParked,
    described,
    shown,
    turn,
)
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import OLDEST_PARKED, PARKED, PARKED_NOW, family_of

LOG = logging.getLogger(__name__)

INDEXES = (Index((("letter", 1),)), Index((("topic", 1),)))
"""Indexes of the collection of parked records."""
WATCH_S = 30.0
MOST_LISTED = 1_000


class DeadLetterStore:
    """One service's parked records. Every method raises DatabaseFault if the database fails."""

    def __init__(self, collection: Collection, ring: KeyRing, *, now: Now) -> None:
        self._collection = collection
        self._ring = ring
        self._now = now

    async def park(self, found: Sequence[Faulty]) -> None:
        """Store these records durably; one that is already parked is not replaced."""
        documents = {document["_id"]: document for document in map(self._document, found)}
        written = await self._collection.write(
            [Insert(document) for document in documents.values()]
        )
        new = [
            document for at, document in enumerate(documents.values()) if at not in written.taken
        ]
        for document in new:
            PARKED.labels(family_of(document["topic"]), document["code"]).inc()
            LOG.error(
                "record parked",
                extra={
                    "parked": document["_id"],
                    "code": document["code"],
                    "reason": document["detail"],
                },
            )

    async def listed(self, topic: str | None = None) -> list[DeadLetter]:
        """Parked records of one topic or all, in the order in which they can be replayed."""
        where: Document = {"topic": topic or {"$in": sorted(BY_NAME)}}
        fields = {"value": 0, "rest": 0}
        found = await self._collection.find(where, fields=fields, limit=MOST_LISTED)
        return sorted(map(shown, found), key=turn)

    async def one(self, name: str) -> DeadLetter | None:
        """The structure of the record parked under that id."""
        found = await self._collection.one({"_id": name}, fields={"value": 0, "rest": 0})
        return shown(found) if found else None

    async def raw(self, name: str) -> Inbound:
        """The record as it was received. Raises: NotParked; CannotOpen."""
        found = await self._collection.one({"_id": name})
        if found is None:
            raise NotParked(name)
        return self._opened(found)

    async def forget(self, name: str) -> None:
        """Delete a parked record, once its effects are acknowledged."""
        await self._collection.write([Delete({"_id": name})])

    async def has_before(self, parked: DeadLetter) -> bool:
        """Whether an earlier event of the same letter and topic is parked, too."""
        where = {
            "letter": parked.letter,
            "topic": parked.topic,
            "sequence": {"$lt": parked.sequence},
        }
        return await self._collection.one(where, fields={"_id": 1}) is not None

    async def count(self, topic: str) -> int:
        """The number of parked records of the topic, at most 1,000."""
        found = await self._collection.find({"topic": topic}, fields={"_id": 1}, limit=MOST_LISTED)
        return len(found)

    async def holds(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Those of the given events that are parked."""
        wanted = sorted(event_ids)
        found = await self._collection.find({"_id": {"$in": wanted}}, fields={"_id": 1})
        return frozenset(document["_id"] for document in found)

    async def letters(self) -> frozenset[str]:
        """The letters with parked records."""
        found = await self._collection.find({"letter": {"$gt": ""}}, fields={"letter": 1})
        return frozenset(document["letter"] for document in found)

    async def erase(self, letter: str, erased: Erased) -> None:
        """Remove erased content from the letter's parked records, unless replaced meanwhile.

        A record that the ring can't open is left: nobody can read it, and the next run tries again.
        """
        for document in await self._collection.find({"letter": letter}):
            try:
                raw = self._opened(document)
            except CannotOpen:
                LOG.error("parked record not erased", extra={"parked": document["_id"]})  # noqa: TRY400 - says which, and no more
                continue
            bare = erased.heard(raw, document["type"])
            if bare is not raw:
                await self._collection.write([self._replaced(document, bare.value)])

    async def watch(self, topics: Sequence[str]) -> None:
        """Update the metrics of parked records every half minute, until cancelled.

        Bureaus' topics are summed up by family.
        """
        families: dict[str, list[str]] = {}
        for topic in topics:
            families.setdefault(family_of(topic), []).append(topic)

        async def show() -> None:
            for family, members in families.items():
                await self._show(family, members)

        await run_periodically(show, name="counting parked records", pause_s=WATCH_S)

    async def _show(self, family: str, topics: Sequence[str]) -> None:
        """Show how many records of these topics are parked (at most 1,000), and the oldest age."""
        where: Document = {"topic": {"$in": topics}}
        found = await self._collection.find(where, fields={"at": 1}, limit=MOST_LISTED)
        now = self._now()
        oldest = min((document["at"] for document in found), default=now)
        PARKED_NOW.labels(family).set(len(found))
        OLDEST_PARKED.labels(family).set(max(0.0, (now - oldest).total_seconds()))

    def _document(self, faulty: Faulty) -> Document:
        clear = described(faulty)
        name = clear["_id"]
        return clear | {
            "at": self._now(),
            "value": self._ring.seal(faulty.raw.value, letter=name, field="parked.value"),
            "rest": self._ring.seal(_rest(faulty.raw), letter=name, field="parked.rest"),
        }

    def _replaced(self, document: Document, value: bytes) -> Update:
        sealed = self._ring.seal(value, letter=document["_id"], field="parked.value")
        where = {"_id": document["_id"], "value": document["value"]}
        return Update(where, {"$set": {"value": sealed, "value_bytes": len(value)}})

    def _opened(self, document: Document) -> Inbound:
        name = document["_id"]
        rest = json.loads(self._ring.open(document["rest"], letter=name, field="parked.rest"))
        return Inbound(
            topic=document["topic"],
            partition=document["partition"],
            offset=document["offset"],
            appended_at=document["appended_at"],
            key=_octets(rest["key"]),
            value=self._ring.open(document["value"], letter=name, field="parked.value"),
            headers=tuple((header, _octets(plain)) for header, plain in rest["headers"]),
        )


def _rest(raw: Inbound) -> bytes:
    """Key and headers as JSON; Kafka allows headers without a value."""
    values: list[tuple[str, bytes | None]] = list(raw.headers)
    headers = [[name, None if value is None else _plain(value)] for name, value in values]
    return json.dumps({"key": _plain(raw.key), "headers": headers}).encode()


def _plain(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _octets(plain: str | None) -> Any:
    return None if plain is None else base64.b64decode(plain)
