"""Committed positions of a bureau's reader, and whether they still belong to the same topic.

A committed position carries a mark of the record before it. When that record has changed, the topic
was recreated and must be read from the beginning. The local broker keeps no marks; it loses its
positions together with its topics.
"""

from collections.abc import Mapping

from clients.bureau._kafka.connection import Place
from clients.bureau._kafka.record import Raw

Kept = tuple[int, str]
"""The next offset to read, and the mark of the record before it."""


class Bookmarks:
    """The committed positions of one reader of one topic."""

    def __init__(self, kept: Mapping[Place, Kept]) -> None:
        self._before = dict(kept)
        self._done: dict[Place, Kept] = {}

    def is_read(self, partition: int, offset: int, *, topic: str) -> bool:
        """Whether that record was delivered in an earlier run."""
        return offset < self._before.get((topic, partition), (0, ""))[0]

    def is_other(self, record: Raw) -> bool:
        """Whether another record was read at this place before, so that the topic was recreated."""
        offset, mark = self._before.get((record.topic, record.partition), (0, ""))
        return bool(mark) and record.offset == offset - 1 and mark_of(record) != mark

    def is_cut_short(self, place: Place, position: int) -> bool:
        """Whether the topic ends at `position`, before the committed one."""
        return position < self._before.get(place, (0, ""))[0]

    def finish(self, record: Raw) -> None:
        """Mark everything up to this record as done."""
        place = (record.topic, record.partition)
        if not self.is_read(record.partition, record.offset, topic=record.topic):
            self._done[place] = (record.offset + 1, mark_of(record))

    def take_finished(self, *, without: frozenset[int]) -> dict[Place, Kept]:
        """Positions to commit now, except in the partitions `without`, where events wait."""
        ready = {place: kept for place, kept in self._done.items() if place[1] not in without}
        self._done = {place: kept for place, kept in self._done.items() if place[1] in without}
        return ready

    def begin_again(self) -> None:
        """Forget all positions."""
        self._before.clear()
        self._done.clear()


def mark_of(record: Raw) -> str:
    """The identity of a record: its id and the broker's timestamp."""
    name = dict(record.headers).get("ce_id", b"")[:300]
    return f"{name.decode('ascii', 'replace')}@{record.timestamp}"
