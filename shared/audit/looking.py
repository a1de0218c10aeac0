"""What do the four services keep of one letter? Read with the contracts, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import Any, get_args

from shared.contracts.envelope import Envelope, Foreign, Unreadable, from_record
from shared.contracts.erasing import erased
from shared.contracts.event import Event
from shared.contracts.topics import BY_NAME
from shared.contracts.vocabulary import Erasable
from shared.platform.letters.document_mapper import entry
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Document

MISSHAPEN = (AttributeError, LookupError, TypeError, ValueError)
"""What reading a document raises that has another shape than ours: a finding, no end of audits."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event of a log."""

    entry: LogEntry
    envelope: Envelope[Any] | None
    fault: str = ""
    """Why it can't be read."""

    @property
    def data(self) -> Event | None:
        """The event, if it can be read."""
        return self.envelope.data if self.envelope else None

    @property
    def topic(self) -> str:
        """Where it was sent."""
        return self.entry.record.topic

    @property
    def sequence(self) -> int:
        """Its number there."""
        return self.entry.sequence

    @property
    def at(self) -> datetime:
        """When it was decided, to the millisecond."""
        return self.entry.at

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.topic} {self.sequence}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one service keeps of one letter."""

    service: str
    document: Document = field(repr=False)
    """Without its log."""
    said: Mapping[str, Sequence[LoggedEvent]]
    """By topic, in order of the numbers."""
    clashes: tuple[str, ...] = ()
    """Places of events that are kept twice with different contents."""
    repeats: tuple[str, ...] = ()
    """Places of events that stand twice in one of the two logs."""
    misshapen: int = 0
    """Log entries of another shape than ours."""

    @property
    def version(self) -> tuple[int, str]:
        """Changes with every write."""
        return self.document.get("version", 0), self.document.get("by", "")

    def marks(self, name: str) -> Mapping[str, int]:
        """One of `seen`, `heard`, `sent` and `unsent`."""
        marks: Mapping[str, int] = self.document.get(name) or {}
        return marks

    def on(self, topic: str) -> Sequence[LoggedEvent]:
        """What it said there."""
        return self.said.get(topic, ())

    @property
    def state(self) -> Document:
        """What the service knows; words in it are sealed."""
        state = self.document.get("state")
        return state if isinstance(state, dict) else {}

    def everything(self) -> Iterable[LoggedEvent]:
        """All that it said, topic by topic."""
        return (one for of_topic in self.said.values() for one in of_topic)


@dataclass(frozen=True, slots=True)
class Look:
    """One letter, or one diversion, in all services that know it."""

    letter: str
    sheets: Mapping[str, Sheet]
    parked: Mapping[str, int] = field(default_factory=dict)
    """How many parked records wait, by service."""

    @property
    def version(self) -> tuple[tuple[str, int, str], ...]:
        """Changes whenever any of the services wrote."""
        return tuple((name, *sheet.version) for name, sheet in sorted(self.sheets.items()))

    def on(self, topic: str) -> Sequence[LoggedEvent]:
        """What the topic's writer said there."""
        sheet = self.sheets.get(BY_NAME[topic].writers[0])
        return sheet.on(topic) if sheet else ()

    def events(self, topic: str) -> list[tuple[LoggedEvent, Any]]:
        """What can be read of that, with the events."""
        return [(one, one.data) for one in self.on(topic) if one.data is not None]

    def has_heard_all(self, reader: str, topic: str) -> bool:
        """Whether that service has applied all that was said there."""
        place = BY_NAME[topic]
        writer, sheet = self.sheets.get(place.writers[0]), self.sheets.get(reader)
        if writer is None or sheet is None or place.mark is None:
            return False
        return sheet.marks("seen").get(place.mark, 0) == writer.marks("sent").get(place.mark, 0)


def sheet(service: str, document: Document, *, moved: Sequence[Document] = ()) -> Sheet:
    """One service's document and what moved out of its log, read; the document loses its log."""
    kept: dict[str, LoggedEvent] = {}
    clashes: list[str] = []
    repeats: list[str] = []
    misshapen = 0
    log = document.pop("log", ())
    for part in (log if isinstance(log, list | tuple) else [log], moved):
        here: set[str] = set()
        for one in part:
            try:
                said, name = _shaped(one)
            except MISSHAPEN:
                misshapen += 1
                continue
            if name in here:
                repeats.append(said.place)
            if name in kept and not _are_one(kept[name].entry, said.entry):
                clashes.append(said.place)
            here.add(name)
            kept.setdefault(name, said)
    return Sheet(
        service, document, _by_topic(kept.values()), tuple(clashes), tuple(repeats), misshapen
    )


def _are_one(one: LogEntry, other: LogEntry) -> bool:
    """Whether these say the same, but for what one of them lost by being erased meanwhile."""
    if one.record == other.record:
        return True
    kinds: tuple[Erasable, ...] = get_args(Erasable)
    lost = [what for count in range(1, len(kinds) + 1) for what in combinations(kinds, count)]
    return any(_bare(one, what) == other or one == _bare(other, what) for what in lost)


def _bare(entry: LogEntry, what: tuple[Erasable, ...]) -> LogEntry:
    value = erased(entry.record.value, entry.type, what=what)
    return replace(entry, record=replace(entry.record, value=value))


def _shaped(kept: Document) -> tuple[LoggedEvent, str]:
    """A log entry and its id. Raises: one of `MISSHAPEN`."""
    said = read(entry(kept))
    if not isinstance(said.sequence, int):
        raise TypeError
    return said, said.entry.id


def read(kept: LogEntry) -> LoggedEvent:
    """A log entry, read as whoever receives it would."""
    record = kept.record
    try:
        envelope = from_record(
            Foreign(record.key, record.value, record.headers), topic=record.topic
        )
    except Unreadable as unreadable:
        return LoggedEvent(kept, None, unreadable.code)
    is_altered = (envelope.type, envelope.sequence, envelope.cause or kept.cause) != (
        kept.type,
        kept.sequence,
        kept.cause,
    )
    return LoggedEvent(kept, envelope, "altered" if is_altered else "")


def _by_topic(said: Iterable[LoggedEvent]) -> dict[str, list[LoggedEvent]]:
    found: dict[str, list[LoggedEvent]] = {}
    for one in said:
        found.setdefault(one.topic, []).append(one)
    for of_topic in found.values():
        of_topic.sort(key=lambda one: one.sequence)
    return found
