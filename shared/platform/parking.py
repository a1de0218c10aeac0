"""Where records wait that this version can't use: sealed, until an operator replays or drops them.

Only records of topics that our own services write are parked. A parked record stands in for the
uncommitted one: its offset is committed once it is here, and later events of its letter wait for
it. Nothing of what it says is kept in clear; its structure is.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import event_id
from shared.contracts.reading import SUBJECT
from shared.contracts.topics import BY_NAME, mark_of
from shared.platform.bus import Inbound
from shared.platform.clock import Now
from shared.platform.database import Collection, DatabaseFault, Delete, Document, Index, Insert
from shared.platform.sealing import KeyRing
from shared.platform.shell_metrics import PARKED, PARKED_NOW

LOG = logging.getLogger(__name__)

INDEXES = (Index((("letter", 1),)), Index((("topic", 1),)))
"""Of the collection of parked records."""
WATCH_S = 30.0
MOST_LISTED = 1_000

_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
_NAMES = frozenset((
    "content-type", "traceparent",
    *(f"ce_{name}" for name in (
        "specversion", "id", "source", "type", "subject", "time", "sequence", "cause",
        "letterversion",
    )),
))  # fmt: skip
"""Names of headers that say nothing of what was written."""


class Faulty(NamedTuple):
    """A record that can't be used, and why."""

    raw: Inbound
    code: str
    """`unreadable`, `bad_envelope`, or `unfit`: read, but this version can't apply it."""
    detail: str = ""
    """The codec's own code, or the class of what was raised; nothing of the record."""


@dataclass(frozen=True, slots=True)
class Parked:
    """The structure of a parked record, which may be shown."""

    id: str
    topic: str
    partition: int
    offset: int
    letter: str
    """Empty where the record's key is not one."""
    sequence: int | None
    """None where the headers don't tell; then nobody knows whose turn it is."""
    type: str
    """Empty where it is none that we know."""
    code: str
    detail: str
    appended_at: datetime
    parked_at: datetime
    value_bytes: int
    headers: dict[str, int]
    """Sizes by name; those of no known name together."""


class Parking:
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
            PARKED.labels(one["topic"], one["code"]).inc()
            LOG.error(
                "record parked",
                extra={"parked": one["_id"], "code": one["code"], "reason": one["detail"]},
            )

    async def listed(self, topic: str | None = None) -> list[Parked]:
        """What is parked, of one topic or all, in the order in which it can be replayed."""
        where: Document = {"topic": topic or {"$in": sorted(BY_NAME)}}
        fields = {"value": 0, "rest": 0}
        found = await self._collection.find(where, fields=fields, limit=MOST_LISTED)
        return sorted(map(_shown, found), key=_turn)

    async def one(self, name: str) -> Parked | None:
        """The structure of the record parked under that id."""
        found = await self._collection.one({"_id": name}, fields={"value": 0, "rest": 0})
        return _shown(found) if found else None

    async def raw(self, name: str) -> Inbound:
        """The record as it came. Raises: NotParked; CannotOpen."""
        found = await self._collection.one({"_id": name})
        if found is None:
            raise NotParked(name)
        return self._opened(found)

    async def forget(self, name: str) -> None:
        """Remove it, its effects being acknowledged."""
        await self._collection.write([Delete({"_id": name})])

    async def count(self, topic: str) -> int:
        """How many records of the topic are parked, up to a thousand."""
        found = await self._collection.find({"topic": topic}, fields={"_id": 1}, limit=MOST_LISTED)
        return len(found)

    async def holds(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Those of the events that are parked."""
        wanted = sorted(event_ids)
        found = await self._collection.find({"_id": {"$in": wanted}}, fields={"_id": 1})
        return frozenset(one["_id"] for one in found)

    async def watch(self, topics: Sequence[str]) -> None:
        """Show each half minute how much of each of `topics` is parked, until cancelled."""
        while True:
            try:
                for topic in topics:
                    PARKED_NOW.labels(topic).set(await self.count(topic))
            except DatabaseFault as fault:
                LOG.warning("parked records not counted", extra={"fault": type(fault).__name__})
            await asyncio.sleep(WATCH_S)

    def _document(self, faulty: Faulty) -> Document:
        raw, headers = faulty.raw, _readable(faulty.raw)
        letter = _text(raw.key) if SUBJECT.fullmatch(_text(raw.key)) else ""
        sequence = _sequence(raw.topic, letter, headers=headers)
        name = _name(raw, letter, sequence)
        kind = headers.get("ce_type", "")
        document = {
            "_id": name,
            "letter": letter,
            "topic": raw.topic,
            "mark": mark_of(raw.topic),
            "sequence": sequence,
            "partition": raw.partition,
            "offset": raw.offset,
            "appended_at": raw.appended_at,
            "type": kind if kind in EVENTS else "",
            "code": faulty.code,
            "detail": faulty.detail,
            "at": self._now(),
            "value_bytes": len(raw.value),
            "header_bytes": _sizes(raw),
            "value": self._ring.seal(raw.value, letter=name, field="parked.value"),
            "rest": self._ring.seal(_rest(raw), letter=name, field="parked.rest"),
        }
        return {field: value for field, value in document.items() if value is not None}

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


class NotParked(Exception):
    """Nothing is parked under that id."""


def _name(raw: Inbound, letter: str, sequence: int | None) -> str:
    """The event's id; else its place, with the instant since a topic made anew has it again."""
    if sequence is not None:
        return event_id(raw.topic, letter, sequence=sequence)
    instant = round(raw.appended_at.timestamp() * 1000)
    return f"{raw.topic}/{raw.partition}/{raw.offset}/{instant}"


def _sequence(topic: str, letter: str, *, headers: dict[str, str]) -> int | None:
    """The event's number, where topic, key, number and id agree on which event it is."""
    number = headers.get("ce_sequence", "")
    if not letter or not mark_of(topic) or not _NUMBER.fullmatch(number):
        return None
    wanted = event_id(topic, letter, sequence=int(number))
    return int(number) if headers.get("ce_id") == wanted else None


def _readable(raw: Inbound) -> dict[str, str]:
    """The known headers that are there once and hold text."""
    names = [name for name, _ in raw.headers]
    return {
        name: _text(value)
        for name, value in raw.headers
        if name in _NAMES and names.count(name) == 1
    }


def _sizes(raw: Inbound) -> Document:
    sizes: dict[str, int] = {}
    for name, value in raw.headers:
        known = name if name in _NAMES else "other"
        sizes[known] = sizes.get(known, 0) + len(value or b"")
    return sizes


def _rest(raw: Inbound) -> bytes:
    """Key and headers; Kafka may leave a header without a value."""
    values: list[tuple[str, bytes | None]] = list(raw.headers)
    headers = [[name, None if value is None else _plain(value)] for name, value in values]
    return json.dumps({"key": _plain(raw.key), "headers": headers}).encode()


def _plain(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _octets(plain: str | None) -> Any:
    return None if plain is None else base64.b64decode(plain)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _shown(kept: Document) -> Parked:
    return Parked(
        id=kept["_id"],
        topic=kept["topic"],
        partition=kept["partition"],
        offset=kept["offset"],
        letter=kept["letter"],
        sequence=kept.get("sequence"),
        type=kept["type"],
        code=kept["code"],
        detail=kept["detail"],
        appended_at=kept["appended_at"],
        parked_at=kept["at"],
        value_bytes=kept["value_bytes"],
        headers=kept["header_bytes"],
    )


def _turn(parked: Parked) -> tuple[Any, ...]:
    return parked.topic, parked.letter, parked.sequence or 0, parked.partition, parked.offset
