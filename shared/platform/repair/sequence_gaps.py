"""What does a letter miss, and has that been asked for? Gaps, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.platform.kafka.bus import Bus, Partition
from shared.platform.mongo.database import Document

SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=32)
"""Between two requests for the same gap."""


class Reading(Protocol):
    """How far this process has read."""

    @property
    def assigned(self) -> frozenset[Partition]:
        """What it reads."""

    def end(self, at: Partition) -> int | None:
        """The offset after the last record there; none when nothing was fetched from it yet."""

    def position(self, at: Partition) -> int | None:
        """The offset of the first record that isn't handled yet."""


@dataclass(frozen=True, slots=True)
class SequenceGap:
    """Events of one topic that a letter misses."""

    letter: str
    mark: str
    at: Partition
    first: int
    last: int

    def before(self, early: Document) -> SequenceGap:
        """What is missing up to the first event that waits already in `early`."""
        waiting = [int(sequence) for sequence in early.get(self.mark, {})]
        last = min([self.last, *(at - 1 for at in waiting if at > self.first)])
        return replace(self, last=last)


def gaps_of(document: Document, topics: Mapping[str, str]) -> Iterator[SequenceGap]:
    """What the letter of this document misses of `topics`, by their marks."""
    seen = document.get("seen", {})
    for mark, heard in document.get("heard", {}).items():
        first = seen.get(mark, 0) + 1
        if mark in topics and first <= heard:
            letter = document["_id"]
            yield SequenceGap(
                letter, mark, Bus.place_of(topics[mark], letter.encode()), first, heard
            )


@dataclass(slots=True)
class Asked:
    """What is remembered of a gap that was asked for."""

    at: Partition
    first: int
    end: int
    """Where its partition ended then: the answer comes after."""
    pause: timedelta
    again_at: datetime
