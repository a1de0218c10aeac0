"""A broker in memory with partitions, and a connection for each process.

Records are never lost, but acknowledgements are, and a record may be refused while the next one is
accepted. The sender tries again, which repeats and reorders records.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiokafka.errors import KafkaTimeoutError
from typing_extensions import override

from shared.contracts.topics import BY_NAME
from shared.platform.kafka.bus import LOG_APPEND_TIME, Bus, Outbound, Partition
from tests.support.doubles import Clock, Fate, MemoryBus

MOST_AT_ONCE = 300
"""Records of one partition in a batch."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as the Kafka client hands it out."""

    topic: str
    partition: int
    offset: int
    timestamp: float
    """When the broker appended it, in milliseconds."""
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    timestamp_type: int = LOG_APPEND_TIME


class Broker:
    """The content of all topics."""

    def __init__(self, now: Clock) -> None:
        self._now = now
        self.standing: dict[Partition, list[Standing]] = {}
        self.fate: Callable[[], Fate] = lambda: "sent"
        """The outcome of the next record."""
        self.ends: dict[str, int] = {}
        """The number of records on each topic."""

    def append(self, record: Outbound) -> BaseException | None:
        """Append a record or refuse it; None when it is acknowledged."""
        fate = self.fate()
        if fate != "refused":
            at = _place_of(record.topic, record.key)
            held = self.standing.setdefault(at, [])
            self.ends[record.topic] = self.ends.get(record.topic, 0) + 1
            held.append(
                Standing(
                    record.topic,
                    at.partition,
                    len(held),
                    self._now().timestamp() * 1000,
                    record.key,
                    record.value,
                    record.headers,
                )
            )
        return None if fate == "sent" else KafkaTimeoutError()

    def on(self, topic: str) -> Iterable[Standing]:
        """All records of a topic, partition by partition."""
        return (one for at in partitions_of([topic]) for one in self.standing.get(at, ()))


class Line(MemoryBus):
    """One process's connection to the broker; nothing passes once it is cut."""

    def __init__(self, broker: Broker) -> None:
        super().__init__()
        self._broker = broker
        self.is_cut = False

    @override
    async def send(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        await asyncio.sleep(0)
        if self.is_cut:
            return [KafkaTimeoutError() for _ in records]
        return [self._broker.append(one) for one in records]


class Group:
    """How far a service has consumed, over all its processes."""

    def __init__(self, broker: Broker, topics: Iterable[str]) -> None:
        self._broker = broker
        self._topics = tuple(topics)
        self.partitions = partitions_of(self._topics)
        self._committed: dict[Partition, int] = {}
        self._done: dict[str, int] = {}
        """The number of processed records by topic."""

    def fresh(self, assigned: Collection[Partition]) -> dict[Partition, list[Standing]]:
        """The next records of these."""
        found: dict[Partition, list[Standing]] = {}
        ends, done = self._broker.ends, self._done
        behind = {topic for topic in self._topics if ends.get(topic, 0) != done.get(topic, 0)}
        for at in self.partitions if behind else ():
            if at.topic not in behind or at not in assigned:
                continue
            start, held = self._committed.get(at, 0), self._broker.standing.get(at, ())
            if start < len(held):
                found[at] = list(held[start : start + MOST_AT_ONCE])
        return found

    def commit(self, ends: dict[Partition, int]) -> None:
        """All records before these are processed."""
        for at, end in ends.items():
            self._put(at, end)

    def position(self, at: Partition) -> int:
        """The first offset that isn't processed."""
        return self._committed.get(at, 0)

    def end(self, at: Partition) -> int:
        """The end of the partition."""
        return len(self._broker.standing.get(at, ()))

    def step_back(self, at: Partition, count: int) -> None:
        """The last commits were lost, and that many records are read again."""
        self._put(at, max(0, self._committed.get(at, 0) - count))

    def _put(self, at: Partition, end: int) -> None:
        moved = end - self._committed.get(at, 0)
        self._done[at.topic] = self._done.get(at.topic, 0) + moved
        self._committed[at] = end


def partitions_of(topics: Iterable[str]) -> tuple[Partition, ...]:
    """Every partition of these topics."""
    return tuple(
        Partition(topic, number) for topic in topics for number in range(BY_NAME[topic].partitions)
    )


@lru_cache(1 << 16)
def _place_of(topic: str, key: bytes) -> Partition:
    return Bus.place_of(topic, key)
