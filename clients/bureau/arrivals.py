"""What does a record on a bureau's topic say? Pure: from bytes to an event, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeAlias

from clients.bureau._kafka.record import Raw
from clients.bureau.sealing import Keys
from shared.contracts.envelope import Foreign, Headers, Unreadable, from_record
from shared.contracts.event import Event
from shared.contracts.slugs import Bureau
from shared.contracts.topics import bureau_of, letters_of


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something that the router said to the bureau."""

    bureau: Bureau
    letter: str
    """The letter number."""
    event: Event
    """One of `shared.contracts`; `Unknown` when this version doesn't know its type."""
    type: str
    id: str
    sequence: int | None
    """1, 2, 3 … for each letter; none on refusals to who doesn't hold the letter."""
    time: datetime
    """When the router decided it, in UTC."""
    partition: int
    offset: int
    closed: Mapping[str, str] = field(default_factory=dict)
    """Fields whose words couldn't be opened, and the code that says why."""
    missing: int = 0
    """How many earlier events of the letter never came, although they were waited for."""

    @property
    def assignment(self) -> int:
        """The number of the holding that it belongs to; 0 when it names none."""
        return int(getattr(self.event, "assignment", None) or 0)

    def after_missing(self, missing: int) -> Self:
        """The same, with that many events known to be missing before it."""
        return replace(self, missing=missing)


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that can't be read. Only the code says why."""

    topic: str
    partition: int
    offset: int
    code: str


Arrival: TypeAlias = Arrived | Unread


def read(record: Raw) -> Arrival:
    """What the record says, words still sealed."""
    bureau = bureau_of(record.topic)
    if bureau is None:
        return Unread(record.topic, record.partition, record.offset, "not_this_topic")
    try:
        headers: Headers = list(record.headers)
        found = from_record(Foreign(record.key, record.value, headers), topic=record.topic)
    except Unreadable as no:
        return Unread(record.topic, record.partition, record.offset, no.code)
    return Arrived(
        bureau,
        found.subject,
        found.data,
        found.type,
        found.id,
        found.sequence,
        found.time,
        record.partition,
        record.offset,
    )


def opened(arrived: Arrived, keys: Keys) -> Arrived:
    """The same with the words for its bureau clear, as far as they can be opened."""
    event, closed = keys.open(
        arrived.event,
        reader=f"bureau:{arrived.bureau}",
        topic=letters_of(arrived.bureau).name,
        letter=arrived.letter,
    )
    return replace(arrived, event=event, closed=closed)
