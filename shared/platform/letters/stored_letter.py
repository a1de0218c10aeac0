"""A letter as loaded from the database, and the events in its log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any, Generic

from shared.contracts.envelope import Envelope, to_record
from shared.contracts.topics import mark_of
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.reorder_buffer import ReorderBuffer
from shared.platform.letters.service_decider import S


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One event of the log: the record as it is sent, and its cause."""

    record: Outbound
    type: str
    sequence: int
    cause: str
    at: datetime

    @property
    def mark(self) -> str:
        """The topic's name inside documents."""
        return mark_in_documents(self.record.topic)

    @property
    def id(self) -> str:
        """The event's unique id."""
        return f"{self.record.topic}/{self.record.key.decode()}/{self.sequence}"

    @property
    def bytes(self) -> int:
        """The size of the record in bytes."""
        record = self.record
        return len(record.key) + len(record.value) + sum(map(len, chain(*record.headers)))

    def without(self, erased: Erased) -> LogEntry:
        """The same event without erased content; `self` if it holds none."""
        before, mark, sequence = self.record.value, self.mark, self.sequence
        value = erased.said(before, self.type, topic_mark=mark, sequence=sequence)
        if value is before:
            return self
        return replace(self, record=replace(self.record, value=value))


@dataclass(frozen=True, slots=True)
class StoredLetter(Generic[S]):
    """A letter as loaded; `version` is 0 if the service doesn't have it."""

    letter: str
    state: S
    version: int = 0
    by: str = ""
    seen: dict[str, int] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    early: ReorderBuffer = field(default_factory=ReorderBuffer)
    asked: dict[str, str] = field(default_factory=dict)
    """Commands decided before: those in the document, and those looked up in the archive."""
    digests: dict[str, str] = field(default_factory=dict)
    """Digests of the last applied events (content_digests.py)."""
    asked_count: int = 0
    asked_moved: int = 0
    logged_count: int = 0
    logged_bytes: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    unsent: dict[str, int] = field(default_factory=dict)
    gap_since: datetime | None = None
    erased: Erased = field(default_factory=Erased)
    fault: Exception | None = None
    """Why the document can't be loaded; then its content is unknown and nothing may be decided."""

    @property
    def is_new(self) -> bool:
        """Whether the service doesn't have this letter yet."""
        return not self.version and self.fault is None


def outbound(envelope: Envelope[Any], topic: str) -> Outbound:
    """Convert an envelope to the record to send."""
    key, value, headers = to_record(envelope, topic=topic)
    return Outbound(topic, key, value, tuple(headers))


def mark_in_documents(topic: str) -> str:
    """The name of a sequenced topic inside documents; only such topics carry a letter's events."""
    mark = mark_of(topic)
    if mark is None:
        raise ValueError(f"{topic} is not sequenced")
    return mark
