"""Notes of where each process reads, which reveal that it died, and at which record.

A process notes its starting position in each partition, and removes the note when it stops or gives
the partition up. A note found later was left by a process that died. Nothing is written in between,
except while records are handled one by one (crash_guard.py).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import uuid4

from shared.platform.kafka.bus import Partition
from shared.platform.mongo.database import Collection, Delete, Document, Insert, Update


class ReadPosition(NamedTuple):
    """Where a group continues in a partition."""

    position: int
    deaths: int = 0
    """Number of processes in a row that died at this position."""
    in_hand: bool = False
    """Whether the last one had the record at this position in hand, and no other."""


class CrashNotes:
    """The notes of one process. Every method raises DatabaseFault if the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._process = uuid4().hex

    async def found(
        self, starts: Mapping[Partition, int], incarnations: Mapping[str, str]
    ) -> dict[Partition, ReadPosition]:
        """The notes for these positions, where the topic's incarnation is unchanged."""
        names = {_name(at): at for at in starts}
        notes = await self._collection.find({"_id": {"$in": list(names)}})
        return {
            at: self._reading(note, starts[at])
            for note in notes
            if note["incarnation"] == incarnations[(at := names[note["_id"]]).topic]
        }

    async def begin(
        self, starts: Mapping[Partition, ReadPosition], incarnations: Mapping[str, str]
    ) -> None:
        """Note where this process starts."""
        notes = {
            _name(at): start._asdict()
            | {"process": self._process, "incarnation": incarnations[at.topic]}
            for at, start in starts.items()
        }
        await self._collection.write([Insert({"_id": name} | note) for name, note in notes.items()])
        await self._collection.write(
            [Update({"_id": name}, {"$set": notes[name]}) for name in notes]
        )

    async def take(self, at: Partition, position: int) -> None:
        """Note that only the record at this position is in hand."""
        change = {"$set": {"position": position, "in_hand": True}}
        await self._collection.write([Update({"_id": _name(at), "process": self._process}, change)])

    async def put_down(self, partitions: Iterable[Partition]) -> None:
        """Note that nothing is in hand."""
        change = {"$set": {"in_hand": False}}
        await self._collection.write(
            [Update({"_id": _name(at), "process": self._process}, change) for at in partitions]
        )

    async def acquit(self, partitions: Iterable[Partition]) -> None:
        """Note that the records at these positions caused no death."""
        change = {"$set": {"deaths": 0}}
        await self._collection.write(
            [Update({"_id": _name(at), "process": self._process}, change) for at in partitions]
        )

    async def leave(self, partitions: Iterable[Partition]) -> None:
        """Remove this process's notes: it is alive and no longer reads these."""
        await self._collection.write(
            [Delete({"_id": _name(at), "process": self._process}) for at in partitions]
        )

    def _reading(self, note: Document, position: int) -> ReadPosition:
        """Read a note: one left by another process means that it died, here or elsewhere."""
        died, is_here = note["process"] != self._process, note["position"] == position
        deaths = (note["deaths"] if is_here else 0) + died
        return ReadPosition(position, deaths, is_here and died and note["in_hand"])


def _name(at: Partition) -> str:
    return f"reading/{at.topic}/{at.partition}"
