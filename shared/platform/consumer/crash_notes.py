"""Notes of where each process reads, by which the next one knows that it died, and at which record.

A process notes the position at which it begins in each partition, and removes the note when it
stops or gives the partition up. A note that is found was left by a process that died. Nothing is
written between the two, except while records are handled one by one (crash_guard.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import uuid4

from shared.platform.kafka.bus import Partition
from shared.platform.mongo.database import Collection, Delete, Document, Insert, Update


class Reading(NamedTuple):
    """Where a group goes on in a partition."""

    position: int
    deaths: int = 0
    """How many processes in a row died at this position."""
    in_hand: bool = False
    """Whether the last of them had the record at this position in hand, and no other."""


class CrashNotes:
    """Of one process of a service. Every method raises DatabaseFault when the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._process = uuid4().hex

    async def found(
        self, starts: Mapping[Partition, int], incarnations: Mapping[str, str]
    ) -> dict[Partition, Reading]:
        """What the notes say of these positions, if the topic is still the same."""
        names = {_name(at): at for at in starts}
        notes = await self._collection.find({"_id": {"$in": list(names)}})
        return {
            at: self._reading(note, starts[at])
            for note in notes
            if note["incarnation"] == incarnations[(at := names[note["_id"]]).topic]
        }

    async def begin(
        self, starts: Mapping[Partition, Reading], incarnations: Mapping[str, str]
    ) -> None:
        """Note where this process begins."""
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
        """Note that the record at the position is in hand, and no other."""
        change = {"$set": {"position": position, "in_hand": True}}
        await self._collection.write([Update({"_id": _name(at), "process": self._process}, change)])

    async def put_down(self, partitions: Iterable[Partition]) -> None:
        """Note that nothing is in hand."""
        change = {"$set": {"in_hand": False}}
        await self._collection.write(
            [Update({"_id": _name(at), "process": self._process}, change) for at in partitions]
        )

    async def acquit(self, partitions: Iterable[Partition]) -> None:
        """Note that nobody died of what stands at these positions."""
        change = {"$set": {"deaths": 0}}
        await self._collection.write(
            [Update({"_id": _name(at), "process": self._process}, change) for at in partitions]
        )

    async def leave(self, partitions: Iterable[Partition]) -> None:
        """Remove the notes of this process: it lives, and reads these no more."""
        await self._collection.write(
            [Delete({"_id": _name(at), "process": self._process}) for at in partitions]
        )

    def _reading(self, note: Document, position: int) -> Reading:
        """A note that another process left says that it died, and `position` says where."""
        died, is_here = note["process"] != self._process, note["position"] == position
        deaths = (note["deaths"] if is_here else 0) + died
        return Reading(position, deaths, is_here and died and note["in_hand"])


def _name(at: Partition) -> str:
    return f"reading/{at.topic}/{at.partition}"
