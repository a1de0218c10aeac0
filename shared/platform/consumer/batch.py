"""The records of one fetch, and how far each partition may be committed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from shared.contracts.envelope import Unreadable
from shared.platform.kafka.bus import Inbound, Partition, inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.letters.service_decider import Record
from shared.sealing.envelopes import BadEnvelope

Read = Callable[[Inbound], Record]


class Batch:
    """The records of one fetch, by partition. A cut ends its partition before that record."""

    def __init__(self, fetched: Mapping[Partition, Sequence[Any]]) -> None:
        self._raws = {at: [inbound(one) for one in found] for at, found in fetched.items() if found}
        self._cuts: dict[Partition, int] = {}
        self.read: list[Record | Faulty] = []
        """Every record, or its fault if it could not be read."""

    def __iter__(self) -> Iterator[Inbound]:
        """Yield every record as it was fetched."""
        return (raw for raws in self._raws.values() for raw in raws)

    def __contains__(self, raw: Inbound) -> bool:
        """Whether the record's position lies in this batch."""
        raws = self._raws.get(place_of(raw))
        return raws is not None and raws[0].offset <= raw.offset <= raws[-1].offset

    def read_all(self, read: Read, *, fatal: Collection[Partition] = ()) -> None:
        """Read every record, except in partitions whose next record has killed a process."""
        self.read = [
            Faulty(raw, "poison") if place_of(raw) in fatal else _read(raw, read) for raw in self
        ]

    @property
    def starts(self) -> dict[Partition, int]:
        """The first offset of each partition in this batch."""
        return {at: raws[0].offset for at, raws in self._raws.items()}

    def cut(self, cuts: Mapping[Partition, int]) -> None:
        """Stop each partition before the given offset."""
        starts = self.starts
        for at in cuts.keys() & starts.keys():
            self._cuts[at] = max(starts[at], min(cuts[at], self._cuts.get(at, cuts[at])))

    @property
    def records(self) -> list[Record]:
        """The records that can be handled, in order for each partition."""
        return [
            record
            for record in self.read
            if isinstance(record, Record) and self._is_before_cut(record)
        ]

    def ends(self) -> dict[Partition, int]:
        """The next offset of each partition that made progress."""
        ends = {at: self._cuts.get(at, raws[-1].offset + 1) for at, raws in self._raws.items()}
        return {at: end for at, end in ends.items() if end > self._raws[at][0].offset}

    def _is_before_cut(self, record: Record) -> bool:
        cut = self._cuts.get(place_of(record.raw))
        return cut is None or record.raw.offset < cut


def place_of(raw: Inbound) -> Partition:
    """The partition that a record came from."""
    return Partition(raw.topic, raw.partition)


def _read(raw: Inbound, read: Read) -> Record | Faulty:
    try:
        return read(raw)
    except Unreadable as fault:
        return Faulty(raw, "unreadable", fault.code)
    except BadEnvelope as fault:
        return Faulty(raw, "bad_envelope", fault.code)
