"""Records on a bureau's topic, parsed to events or to an error code."""

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
    """One event from the router to the bureau."""

    bureau: Bureau
    letter: str
    """The letter number."""
    event: Event
    """One of `shared.contracts`; `Unknown` for a type that this version doesn't know."""
    type: str
    id: str
    sequence: int | None
    """1, 2, 3 … for each letter; None on refusals to a bureau that doesn't hold the letter."""
    time: datetime
    """When the router decided it, in UTC."""
    partition: int
    offset: int
    closed: Mapping[str, str] = field(default_factory=dict)
    """Fields whose words couldn't be opened, with the code of the reason."""
    missing: int = 0
    """How many earlier events of the letter were given up after waiting."""

    @property
    def assignment(self) -> int:
        """The number of the assignment that the event belongs to; 0 when it names none."""
        return int(getattr(self.event, "assignment", None) or 0)

    def after_missing(self, missing: int) -> Self:
        """The same arrival, with the number of events missing before it."""
        return replace(self, missing=missing)


@dataclass(frozen=True, slots=True)
class Unread:
    """An unreadable record; `code` is the only thing known about it."""

    topic: str
    partition: int
    offset: int
    code: str


Arrival: TypeAlias = Arrived | Unread


def read(record: Raw) -> Arrival:
    """Parse a record; its words stay sealed."""
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
    """The same arrival with the words for its bureau opened where possible."""
    event, closed = keys.open(
        arrived.event,
        reader=f"bureau:{arrived.bureau}",
        topic=letters_of(arrived.bureau).name,
        letter=arrived.letter,
    )
    return replace(arrived, event=event, closed=closed)
