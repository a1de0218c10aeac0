"""Marks of what was erased from a letter, and how they apply to its events, received and sent.

Events of other services that were decided before the erasure lose the erased content whenever they
arrive; so do the service's own events from before it applied the erasure. Later events may have
words again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from shared.contracts.erasing import erased
from shared.contracts.reading import Unreadable, time_of
from shared.contracts.vocabulary import Erasable
from shared.platform.kafka.bus import Inbound
from shared.platform.mongo.database import Document

_KEPT_AS = timedelta(milliseconds=1)
"""The database's resolution of instants."""


@dataclass(frozen=True, slots=True)
class ErasureMark:
    """How far an erasure reaches."""

    at: datetime
    """When the erasure was decided (UTC), by the clock of the deciding service."""
    sent: Mapping[str, int]
    """Per topic mark, the last sequence that this service had emitted when it applied the erasure.
    """


@dataclass(frozen=True, slots=True)
class Erased:
    """The erasures of one letter."""

    marks: Mapping[Erasable, ErasureMark] = field(default_factory=dict)

    def with_(self, what: Iterable[Erasable], *, at: datetime, sent: Mapping[str, int]) -> Self:
        """Return a copy with one more erasure."""
        mark = ErasureMark(_rounded_up(at), dict(sent))
        return replace(self, marks={**self.marks, **dict.fromkeys(what, mark)})

    def heard(self, raw: Inbound, event_type: str) -> Inbound:
        """Return another service's record without erased content."""
        if not self.marks:
            return raw
        said_at = _time_of(raw)
        what = [of for of, mark in self.marks.items() if said_at is None or said_at <= mark.at]
        value = erased(raw.value, event_type, what=what)
        return raw if value is raw.value else replace(raw, value=value)

    def said(self, value: bytes, event_type: str, *, topic_mark: str, sequence: int) -> bytes:
        """Return the value of an event from the letter's own log without erased content."""
        what = [of for of, mark in self.marks.items() if sequence <= mark.sent.get(topic_mark, 0)]
        return erased(value, event_type, what=what)

    def to_document(self) -> Document:
        """The form in which it is stored."""
        return {of: {"at": mark.at, "sent": mark.sent} for of, mark in self.marks.items()}

    @staticmethod
    def of_document(document: Document) -> Erased:
        """Read from a letter's document, or from a projection of it."""
        kept = document.get("erased", {})
        return Erased({of: ErasureMark(mark["at"], mark["sent"]) for of, mark in kept.items()})


def _rounded_up(at: datetime) -> datetime:
    """The instant rounded up to whole milliseconds, so that the stored one is no earlier."""
    rest = at.microsecond % 1000
    return at + _KEPT_AS - timedelta(microseconds=rest) if rest else at


def _time_of(raw: Inbound) -> datetime | None:
    """When the event was decided (UTC); None if the header can't be read."""
    header = dict(raw.headers).get("ce_time")
    try:
        return None if header is None else time_of(header.decode())
    except (Unreadable, UnicodeDecodeError):
        return None
