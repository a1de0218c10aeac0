"""One letter as stored in the four services, read with the contracts, in order."""

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
"""Exceptions from reading a malformed document, which is a finding and must not end the audit."""


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
        """The topic to which it was sent."""
        return self.entry.record.topic

    @property
    def sequence(self) -> int:
        """Its number on the topic."""
        return self.entry.sequence

    @property
    def at(self) -> datetime:
        """When it was decided, to the millisecond."""
        return self.entry.at

    @property
    def place(self) -> str:
        """Topic and number, for people."""
        return f"{self.topic} {self.sequence}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One service's copy of one letter."""

    service: str
    document: Document = field(repr=False)
    """Without its log."""
    said: Mapping[str, Sequence[LoggedEvent]]
    """By topic, in order of the numbers."""
    clashes: tuple[str, ...] = ()
    """Places of events that are stored twice with different contents."""
    repeats: tuple[str, ...] = ()
    """Places of events that occur twice in the document's log or in the archive."""
    misshapen: int = 0
    """Number of malformed log entries."""

    @property
    def version(self) -> tuple[int, str]:
        """A value that changes with every write."""
        return self.document.get("version", 0), self.document.get("by", "")

    def marks(self, name: str) -> Mapping[str, int]:
        """One of `seen`, `heard`, `sent` and `unsent`."""
        marks: Mapping[str, int] = self.document.get(name) or {}
        return marks

    def on(self, topic: str) -> Sequence[LoggedEvent]:
        """The events that the service sent on this topic."""
        return self.said.get(topic, ())

    @property
    def state(self) -> Document:
        """The service's state; words in it are sealed."""
        state = self.document.get("state")
        return state if isinstance(state, dict) else {}

    def everything(self) -> Iterable[LoggedEvent]:
        """All events of the service, topic by topic."""
        return (one for of_topic in self.said.values() for one in of_topic)


@dataclass(frozen=True, slots=True)
class Look:
    """One letter, or one diversion, in all services that know it."""

    letter: str
    sheets: Mapping[str, Sheet]
    parked: Mapping[str, int] = field(default_factory=dict)
    """Number of parked records by service."""

    @property
    def version(self) -> tuple[tuple[str, int, str], ...]:
        """A value that changes whenever one of the services writes."""
        return tuple((name, *sheet.version) for name, sheet in sorted(self.sheets.items()))

    def on(self, topic: str) -> Sequence[LoggedEvent]:
        """The events of the topic's writer."""
        sheet = self.sheets.get(BY_NAME[topic].writers[0])
        return sheet.on(topic) if sheet else ()

    def events(self, topic: str) -> list[tuple[LoggedEvent, Any]]:
        """The readable events of the topic's writer."""
        return [(said, said.data) for said in self.on(topic) if said.data is not None]

    def has_heard_all(self, reader: str, topic: str) -> bool:
        """Whether that service has applied everything on the topic."""
        place = BY_NAME[topic]
        writer, sheet = self.sheets.get(place.writers[0]), self.sheets.get(reader)
        if writer is None or sheet is None or place.mark is None:
            return False
        return sheet.marks("seen").get(place.mark, 0) == writer.marks("sent").get(place.mark, 0)


def sheet(service: str, document: Document, *, moved: Sequence[Document] = ()) -> Sheet:
    """Read one service's document and archived log; removes `log` from the document."""
    kept: dict[str, LoggedEvent] = {}
    clashes: list[str] = []
    repeats: list[str] = []
    misshapen = 0
    log = document.pop("log", ())
    for part in (log if isinstance(log, list | tuple) else [log], moved):
        here: set[str] = set()
        for kept_entry in part:
            try:
                said, name = _shaped(kept_entry)
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


def _are_one(first: LogEntry, second: LogEntry) -> bool:
    """Whether they are equal, apart from content that one of them lost by erasure."""
    if first.record == second.record:
        return True
    kinds: tuple[Erasable, ...] = get_args(Erasable)
    lost = [what for count in range(1, len(kinds) + 1) for what in combinations(kinds, count)]
    return any(_bare(first, what) == second or first == _bare(second, what) for what in lost)


def _bare(entry: LogEntry, what: tuple[Erasable, ...]) -> LogEntry:
    value = erased(entry.record.value, entry.type, what=what)
    return replace(entry, record=replace(entry.record, value=value))


def _shaped(kept: Document) -> tuple[LoggedEvent, str]:
    """Read a log entry and its id. Raises: one of `MISSHAPEN`."""
    said = read(entry(kept))
    if not isinstance(said.sequence, int):
        raise TypeError
    return said, said.entry.id


def read(kept: LogEntry) -> LoggedEvent:
    """Read a log entry as its receiver would."""
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
