"""Up to where has a bureau read its topic, and is it still the same topic? Pure.

A kept position carries a mark of the record before it. When that record isn't there any more as it
was, the topic was made anew, and everything on it is to be read. The local broker keeps no marks;
its positions are forgotten together with its topics.
"""

from collections.abc import Mapping

from clients.bureau._kafka.connection import Place
from clients.bureau._kafka.record import Raw

Kept = tuple[int, str]
"""The offset that is read next, and the mark of the record before it."""


class Bookmarks:
    """The kept positions of one reader of one topic."""

    def __init__(self, kept: Mapping[Place, Kept]) -> None:
        self._before = dict(kept)
        self._done: dict[Place, Kept] = {}

    def is_read(self, partition: int, offset: int, *, topic: str) -> bool:
        """Whether that record was delivered in an earlier run."""
        return offset < self._before.get((topic, partition), (0, ""))[0]

    def is_other(self, record: Raw) -> bool:
        """Whether this record stands where another one was read: the topic is a new one."""
        offset, mark = self._before.get((record.topic, record.partition), (0, ""))
        return bool(mark) and record.offset == offset - 1 and mark_of(record) != mark

    def is_cut_short(self, place: Place, position: int) -> bool:
        """Whether all of the topic was read, to `position`, and the kept one lies behind that."""
        return position < self._before.get(place, (0, ""))[0]

    def finish(self, record: Raw) -> None:
        """Note that everything up to this record is done with."""
        place = (record.topic, record.partition)
        if not self.is_read(record.partition, record.offset, topic=record.topic):
            self._done[place] = (record.offset + 1, mark_of(record))

    def take_finished(self, *, without: frozenset[int]) -> dict[Place, Kept]:
        """Positions to keep now, but those in the partitions `without`, where something waits."""
        ready = {place: kept for place, kept in self._done.items() if place[1] not in without}
        self._done = {place: kept for place, kept in self._done.items() if place[1] in without}
        return ready

    def begin_again(self) -> None:
        """Nothing of this topic was read."""
        self._before.clear()
        self._done.clear()


def mark_of(record: Raw) -> str:
    """What tells this record from any other: its id and when the broker took it."""
    name = dict(record.headers).get("ce_id", b"")[:300]
    return f"{name.decode('ascii', 'replace')}@{record.timestamp}"
