"""Gaps in the events that a letter has received, and the requests for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.platform.kafka.bus import Bus, Partition
from shared.platform.mongo.database import Document

SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=32)
"""Bounds of the pause between two requests for the same gap."""


class ReadTopics(Protocol):
    """How far this process has read."""

    @property
    def assigned(self) -> frozenset[Partition]:
        """The partitions that it reads."""

    def end(self, at: Partition) -> int | None:
        """The offset after the partition's last record; None if nothing was fetched from it yet."""

    def position(self, at: Partition) -> int | None:
        """The offset of the first unhandled record."""


@dataclass(frozen=True, slots=True)
class SequenceGap:
    """Missing events of one topic and letter."""

    letter: str
    mark: str
    at: Partition
    first: int
    last: int

    def before(self, early: Document) -> SequenceGap:
        """The gap, ending before the first event that is already buffered in `early`."""
        waiting = [int(sequence) for sequence in early.get(self.mark, {})]
        last = min([self.last, *(at - 1 for at in waiting if at > self.first)])
        return replace(self, last=last)


def gaps_of(document: Document, topics: Mapping[str, str]) -> Iterator[SequenceGap]:
    """The gaps of this document's letter in `topics`, which are keyed by mark."""
    seen = document.get("seen", {})
    for mark, heard in document.get("heard", {}).items():
        first = seen.get(mark, 0) + 1
        if mark in topics and first <= heard:
            letter = document["_id"]
            yield SequenceGap(
                letter, mark, Bus.place_of(topics[mark], letter.encode()), first, heard
            )


@dataclass(slots=True)
class GapRequest:
    """One pending resend of missing events, and when to ask again."""

    at: Partition
    first: int
    end: int
    """The partition's end at that time; the answer comes after it."""
    pause: timedelta
    again_at: datetime
