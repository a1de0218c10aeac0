"""The structure of an unusable record: its name and sizes, none of its content."""

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
"""A key of the form of our numbers, or a key holder; any other text could be a person's name."""
_NAMES = frozenset((
    "content-type", "traceparent",
    *(f"ce_{name}" for name in (
        "specversion", "id", "source", "type", "subject", "time", "sequence", "cause",
        "letterversion",
    )),
))  # fmt: skip
"""Header names that reveal nothing of the content."""


UNFIT = "unfit"
UNLOADABLE = "unloadable"


class Faulty(NamedTuple):
    """A record that can't be used, and why."""

    raw: Inbound
    code: str
    """`unreadable` or `bad_envelope`. A record that was read is `unfit` if this version can't apply
    it, `unloadable` if its letter's document can't be loaded, and `poison` if it killed the process
    that handled it."""
    detail: str = ""
    """The codec's own code, or the class of the exception; nothing from the record."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """The structure of a parked record, which may be shown."""

    id: str
    topic: str
    partition: int
    offset: int
    letter: str
    """Empty if the record's key is not a letter number."""
    sequence: int | None
    """None if the headers don't give it; then the record's place in the order is unknown."""
    type: str
    """Empty if the type is unknown."""
    code: str
    detail: str
    appended_at: datetime
    parked_at: datetime
    value_bytes: int
    headers: dict[str, int]
    """Sizes in bytes by name; headers with unknown names are summed up."""


class NotParked(Exception):
    """No record is parked under that id."""


def described(faulty: Faulty) -> Document:
    """The clear part of a parked record's document."""
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
    """The event's subject and sequence, derived from the record's structure alone.

    None unless the topic is sequenced and the headers agree.
    """
    subject = _subject(raw)
    sequence = _sequence(raw.topic, subject, headers=_readable(raw))
    return None if sequence is None else (subject, sequence)


def shown(kept: Document) -> DeadLetter:
    """Map a stored document to its `DeadLetter`."""
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
    """Sort key for the order in which parked records can be replayed."""
    return parked.topic, parked.letter, parked.sequence or 0, parked.partition, parked.offset


def _name(faulty: Faulty, letter: str, sequence: int | None, *, action_id: str) -> str:
    """The event's id, or for a bureau's action its id within the letter, however often it is sent.

    Otherwise its position with the instant, because a recreated topic uses the same offsets again.
    """
    raw = faulty.raw
    if sequence is not None:
        return event_id(raw.topic, letter, sequence=sequence)
    if faulty.code == UNLOADABLE:
        return f"{raw.topic}/{letter}/{action_id}"
    instant = round(raw.appended_at.timestamp() * 1000)
    return f"{raw.topic}/{raw.partition}/{raw.offset}/{instant}"


def _subject(raw: Inbound) -> str:
    """The record's key if it has one of our forms, else an empty string."""
    key = _text(raw.key)
    return key if _OURS.fullmatch(key) else ""


def _sequence(topic: str, letter: str, *, headers: dict[str, str]) -> int | None:
    """The event's sequence if topic, key, sequence and id agree, else None."""
    number = headers.get("ce_sequence", "")
    if not letter or not mark_of(topic) or not _NUMBER.fullmatch(number):
        return None
    wanted = event_id(topic, letter, sequence=int(number))
    return int(number) if headers.get("ce_id") == wanted else None


def _readable(raw: Inbound) -> dict[str, str]:
    """The known headers that occur exactly once, as text."""
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
