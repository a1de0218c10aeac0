"""What was erased of a letter, and what that takes from its events, heard and said. Pure.

What others had said until the erasing was decided loses it whenever it comes, and so does what the
service itself had said until it heard of it. What is said later may have words again.
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
"""How finely the database keeps instants."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an erasing reaches."""

    at: datetime
    """When it was decided (UTC), by the clock of who decided it."""
    sent: Mapping[str, int]
    """Per topic, the last that this service had said itself when it heard of it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The erasings of one letter."""

    marks: Mapping[Erasable, Mark] = field(default_factory=dict)

    def with_(self, what: Iterable[Erasable], *, at: datetime, sent: Mapping[str, int]) -> Self:
        """One more."""
        mark = Mark(_rounded_up(at), dict(sent))
        return replace(self, marks={**self.marks, **dict.fromkeys(what, mark)})

    def heard(self, raw: Inbound, event_type: str) -> Inbound:
        """A record of others without what it may not bring any more."""
        if not self.marks:
            return raw
        said_at = _time_of(raw)
        what = [of for of, mark in self.marks.items() if said_at is None or said_at <= mark.at]
        value = erased(raw.value, event_type, what=what)
        return raw if value is raw.value else replace(raw, value=value)

    def said(self, value: bytes, event_type: str, *, topic_mark: str, sequence: int) -> bytes:
        """The value of an event of the letter's own log without what it may not say any more."""
        what = [of for of, mark in self.marks.items() if sequence <= mark.sent.get(topic_mark, 0)]
        return erased(value, event_type, what=what)

    def to_document(self) -> Document:
        """As kept."""
        return {of: {"at": mark.at, "sent": mark.sent} for of, mark in self.marks.items()}

    @staticmethod
    def of_document(document: Document) -> Erased:
        """Of a letter's whole document, or of as much of it as was read."""
        kept = document.get("erased", {})
        return Erased({of: Mark(mark["at"], mark["sent"]) for of, mark in kept.items()})


def _rounded_up(at: datetime) -> datetime:
    """No earlier than `at` once the database has kept it."""
    rest = at.microsecond % 1000
    return at + _KEPT_AS - timedelta(microseconds=rest) if rest else at


def _time_of(raw: Inbound) -> datetime | None:
    """When its writer decided it; none where that can't be read."""
    said = dict(raw.headers).get("ce_time")
    try:
        return None if said is None else time_of(said.decode())
    except (Unreadable, UnicodeDecodeError):
        return None
