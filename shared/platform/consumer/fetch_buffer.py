"""Fetched records that wait to be handled: one batch at most, bounded in number and bytes."""

from collections.abc import Collection
from typing import Any

from shared.platform.kafka.bus import Partition

MOST_RECORDS = 500
"""Records per batch; the next batch is not decided until all of the first is sent."""
MOST_BYTES = 16 * 1024 * 1024
"""Bytes per batch; only its last record may exceed it."""
HEADER_BYTES = 128
"""Memory overhead of a header, in bytes."""


class FetchBuffer:
    """Fetched records, in order for each partition."""

    def __init__(self) -> None:
        self._records: dict[Partition, list[Any]] = {}
        self._count = 0
        self._bytes = 0

    def __bool__(self) -> bool:
        """Whether it holds any record."""
        return bool(self._records)

    @property
    def has_room(self) -> bool:
        """Whether one more record may be fetched."""
        return self._count < MOST_RECORDS and self._bytes < MOST_BYTES

    def add(self, record: Any) -> None:
        """Append a record of the Kafka client to its partition."""
        self._records.setdefault(Partition(record.topic, record.partition), []).append(record)
        self._count += 1
        self._bytes += _size(record)

    def drop(self, at: Partition) -> int | None:
        """Drop the partition's records; return the first one's offset, if there was any."""
        if at not in self._records:
            return None
        first: int = self._records[at][0].offset
        self._remove(at, len(self._records[at]))
        return first

    def take(self, *, alone: Collection[Partition] = ()) -> dict[Partition, list[Any]]:
        """Take everything, or a single record of a partition in `alone` when it comes first."""
        first = next(iter(self._records), None)
        if first is not None and first in alone:
            taken = {first: self._records[first][:1]}
        else:
            taken = {at: found for at, found in self._records.items() if at not in alone}
        for at, found in taken.items():
            self._remove(at, len(found))
        return taken

    def _remove(self, at: Partition, count: int) -> None:
        removed, left = self._records[at][:count], self._records.pop(at)[count:]
        if left:
            self._records[at] = left
        self._count -= count
        self._bytes -= sum(map(_size, removed))


def _size(record: Any) -> int:
    headers = sum(HEADER_BYTES + len(value or b"") for _, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers
