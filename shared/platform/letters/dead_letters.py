"""What may be told of a record that can't be used: its name and its structure, nothing it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from shared.contracts.catalogue import EVENTS
from shared.contracts.envelope import event_id
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import mark_of
from shared.contracts.vocabulary import SERVICES
from shared.platform.kafka.bus import Inbound
from shared.platform.mongo.database import Document

_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
_OURS = re.compile(
    rf"(?:GD|D|P)(?:-[0-9A-Z]{{1,4}}){{2,5}}|{'|'.join(SERVICES)}|bureau:(?:{'|'.join(BUREAUS)})"
)
"""A key of the shape of our numbers, or a holder of keys; any other may be anybody's name."""
_NAMES = frozenset((
    "content-type", "traceparent",
    *(f"ce_{name}" for name in (
        "specversion", "id", "source", "type", "subject", "time", "sequence", "cause",
        "letterversion",
    )),
))  # fmt: skip
"""Names of headers that say nothing of what was written."""


UNFIT = "unfit"
UNLOADABLE = "unloadable"


class Faulty(NamedTuple):
    """A record that can't be used, and why."""

    raw: Inbound
    code: str
    """`unreadable` or `bad_envelope`. A record that was read is `unfit` if this version can't apply
    it, `unloadable` if the document of its letter can't be loaded, and `poison` if it killed the
    process that handled it.
    """
    detail: str = ""
    """The codec's own code, or the class of what was raised; nothing of the record."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
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


class NotParked(Exception):
    """Nothing is parked under that id."""


def described(faulty: Faulty) -> Document:
    """The part of a parked record's document that stands there in clear."""
    raw, headers = faulty.raw, _readable(faulty.raw)
    letter = _subject(raw)
    sequence = _sequence(raw.topic, letter, headers=headers)
    kind = headers.get("ce_type", "")
    document = {
        "_id": _name(faulty, letter, sequence, action_id=headers.get("ce_id", "")),
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
        "value_bytes": len(raw.value),
        "header_bytes": _sizes(raw),
    }
    return {field: value for field, value in document.items() if value is not None}


def event_of(raw: Inbound) -> tuple[str, int] | None:
    """Which event a record of a sequenced topic is by its structure alone: subject and number."""
    subject = _subject(raw)
    sequence = _sequence(raw.topic, subject, headers=_readable(raw))
    return None if sequence is None else (subject, sequence)


def shown(kept: Document) -> DeadLetter:
    """The structure of what is kept."""
    return DeadLetter(
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


def turn(parked: DeadLetter) -> tuple[Any, ...]:
    """Sorts what is parked in the order in which it can be replayed."""
    return parked.topic, parked.letter, parked.sequence or 0, parked.partition, parked.offset


def _name(faulty: Faulty, letter: str, sequence: int | None, *, action_id: str) -> str:
    """The event's id, or that of a bureau's action within its letter, however often it is sent.

    Else its place, with the instant since a topic made anew has it again.
    """
    raw = faulty.raw
    if sequence is not None:
        return event_id(raw.topic, letter, sequence=sequence)
    if faulty.code == UNLOADABLE:
        return f"{raw.topic}/{letter}/{action_id}"
    instant = round(raw.appended_at.timestamp() * 1000)
    return f"{raw.topic}/{raw.partition}/{raw.offset}/{instant}"


def _subject(raw: Inbound) -> str:
    """The record's key, if it is one of ours."""
    key = _text(raw.key)
    return key if _OURS.fullmatch(key) else ""


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


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
