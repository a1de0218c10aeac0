"""Where records wait that this version can't use: sealed, until an operator replays or drops them.

Records of topics that our own services write are parked, and bureaus' actions on letters whose
documents can't be loaded. A parked record stands in for the
uncommitted one: its offset is committed once it is here, and later events of its letter wait for
it. Nothing of what it says is kept in clear; its structure is.
"""

from __future__ import annotations

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
from shared.platform.mongo.database import (
    Collection,
    Delete,
    Document,
    Index,
    Insert,
    Update,
)
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import OLDEST_PARKED, PARKED, PARKED_NOW, family_of

LOG = logging.getLogger(__name__)

INDEXES = (Index((("letter", 1),)), Index((("topic", 1),)))
"""Of the collection of parked records."""
WATCH_S = 30.0
MOST_LISTED = 1_000


class DeadLetterStore:
    """The parked records of one service. Every method raises DatabaseFault when that fails."""

    def __init__(self, collection: Collection, ring: KeyRing, *, now: Now) -> None:
        self._collection = collection
        self._ring = ring
        self._now = now

    async def park(self, found: Sequence[Faulty]) -> None:
        """Keep these for good; one that is here already stays as it is."""
        documents = {one["_id"]: one for one in map(self._document, found)}
        written = await self._collection.write([Insert(one) for one in documents.values()])
        new = [one for at, one in enumerate(documents.values()) if at not in written.taken]
        for one in new:
            PARKED.labels(family_of(one["topic"]), one["code"]).inc()
            LOG.error(
                "record parked",
                extra={"parked": one["_id"], "code": one["code"], "reason": one["detail"]},
            )

    async def listed(self, topic: str | None = None) -> list[DeadLetter]:
        """What is parked, of one topic or all, in the order in which it can be replayed."""
        where: Document = {"topic": topic or {"$in": sorted(BY_NAME)}}
        fields = {"value": 0, "rest": 0}
        found = await self._collection.find(where, fields=fields, limit=MOST_LISTED)
        return sorted(map(shown, found), key=turn)

    async def one(self, name: str) -> DeadLetter | None:
        """The structure of the record parked under that id."""
        found = await self._collection.one({"_id": name}, fields={"value": 0, "rest": 0})
        return shown(found) if found else None

    async def raw(self, name: str) -> Inbound:
        """The record as it came. Raises: NotParked; CannotOpen."""
        found = await self._collection.one({"_id": name})
        if found is None:
            raise NotParked(name)
        return self._opened(found)

    async def forget(self, name: str) -> None:
        """Remove it, its effects being acknowledged."""
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
        """How many records of the topic are parked, up to a thousand."""
        found = await self._collection.find({"topic": topic}, fields={"_id": 1}, limit=MOST_LISTED)
        return len(found)

    async def holds(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Those of the events that are parked."""
        wanted = sorted(event_ids)
        found = await self._collection.find({"_id": {"$in": wanted}}, fields={"_id": 1})
        return frozenset(one["_id"] for one in found)

    async def letters(self) -> frozenset[str]:
        """Whose records are parked."""
        found = await self._collection.find({"letter": {"$gt": ""}}, fields={"letter": 1})
        return frozenset(one["letter"] for one in found)

    async def erase(self, letter: str, erased: Erased) -> None:
        """Take what was erased out of the letter's records; one replaced meanwhile stays.

        So does one that the ring can't open: nobody reads it, and it is looked at again.
        """
        for one in await self._collection.find({"letter": letter}):
            try:
                raw = self._opened(one)
            except CannotOpen:
                LOG.error("parked record not erased", extra={"parked": one["_id"]})  # noqa: TRY400 - says which, and no more
                continue
            bare = erased.heard(raw, one["type"])
            if bare is not raw:
                await self._collection.write([self._replaced(one, bare.value)])

    async def watch(self, topics: Sequence[str]) -> None:
        """Show each half minute what of `topics` is parked, bureaus' together, until cancelled."""
        families: dict[str, list[str]] = {}
        for topic in topics:
            families.setdefault(family_of(topic), []).append(topic)

        async def show() -> None:
            for family, members in families.items():
                await self._show(family, members)

        await run_periodically(show, name="counting parked records", pause_s=WATCH_S)

    async def _show(self, family: str, topics: Sequence[str]) -> None:
        """How much of these topics is parked, up to a thousand, and for how long."""
        where: Document = {"topic": {"$in": topics}}
        found = await self._collection.find(where, fields={"at": 1}, limit=MOST_LISTED)
        now = self._now()
        oldest = min((one["at"] for one in found), default=now)
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

    def _replaced(self, kept: Document, value: bytes) -> Update:
        sealed = self._ring.seal(value, letter=kept["_id"], field="parked.value")
        where = {"_id": kept["_id"], "value": kept["value"]}
        return Update(where, {"$set": {"value": sealed, "value_bytes": len(value)}})

    def _opened(self, kept: Document) -> Inbound:
        name = kept["_id"]
        rest = json.loads(self._ring.open(kept["rest"], letter=name, field="parked.rest"))
        return Inbound(
            topic=kept["topic"],
            partition=kept["partition"],
            offset=kept["offset"],
            appended_at=kept["appended_at"],
            key=_octets(rest["key"]),
            value=self._ring.open(kept["value"], letter=name, field="parked.value"),
            headers=tuple((header, _octets(plain)) for header, plain in rest["headers"]),
        )


def _rest(raw: Inbound) -> bytes:
    """Key and headers; Kafka may leave a header without a value."""
    values: list[tuple[str, bytes | None]] = list(raw.headers)
    headers = [[name, None if value is None else _plain(value)] for name, value in values]
    return json.dumps({"key": _plain(raw.key), "headers": headers}).encode()


def _plain(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _octets(plain: str | None) -> Any:
    return None if plain is None else base64.b64decode(plain)
