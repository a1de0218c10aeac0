"""Where does a group go on, and under which incarnation of its topics was that committed?

The incarnation id is the metadata of every commit. The local broker keeps offsets but no metadata,
so the same fact is noted in the service's own database too, after the first commit; a partition
without a matching note or metadata is read from the beginning, which repeats nothing (what is
`seen` is dropped). That retention took records which the group had not read is noted there as well,
until somebody has asked for them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.contracts.topics import BY_NAME
from shared.platform.consumer.crash_notes import CrashNotes
from shared.platform.mongo.database import Collection, Delete, Insert, Update


@dataclass(frozen=True, slots=True)
class Places:
    """Where a group begins."""

    starts: Mapping[TopicPartition, int]
    """The next offset to read."""
    lost: frozenset[TopicPartition]
    """Those of which something is gone that the group never read under this incarnation."""


class Positions:
    """The notes of one service. Every method raises DatabaseFault when the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self.crashes = CrashNotes(collection)
        self._noted: set[TopicPartition] = set()

    async def places(
        self,
        committed: Mapping[TopicPartition, OffsetAndMetadata],
        *,
        firsts: Mapping[TopicPartition, int],
        incarnations: Mapping[str, str],
    ) -> Places:
        """Where to begin in the partitions of `firsts`, which has the first offset of each."""
        trusted = await self.trusted(committed, incarnations)
        after = {at: committed[at].offset if at in trusted else 0 for at in firsts}
        return Places(
            {at: max(first, after[at]) for at, first in firsts.items()},
            frozenset(at for at in firsts if after[at] < firsts[at]),
        )

    async def trusted(
        self,
        committed: Mapping[TopicPartition, OffsetAndMetadata],
        incarnations: Mapping[str, str],
    ) -> frozenset[TopicPartition]:
        """Those partitions whose commit was made under the topic's present incarnation."""
        self._noted.clear()
        names = {_name(at): at for at in committed}
        found = await self._collection.find({"_id": {"$in": list(names)}})
        noted = {names[one["_id"]]: one["incarnation"] for one in found}
        return frozenset(
            at
            for at, offset in committed.items()
            if (offset.metadata or noted.get(at)) == incarnations[at.topic]
        )

    async def note(
        self, partitions: Iterable[TopicPartition], incarnations: Mapping[str, str]
    ) -> None:
        """Note that these partitions now have a commit under these incarnations; once is enough."""
        new = [at for at in partitions if at not in self._noted]
        if not new:
            return
        await self._collection.write([Insert({"_id": _name(at), "incarnation": ""}) for at in new])
        await self._collection.write(
            [
                Update({"_id": _name(at)}, {"$set": {"incarnation": incarnations[at.topic]}})
                for at in new
            ]
        )
        self._noted.update(new)

    async def note_lost(self, topics: Iterable[str]) -> None:
        """Note that records of these topics are gone which this service had not read."""
        await self._collection.write([Insert({"_id": _lost(topic)}) for topic in sorted(topics)])

    async def lost(self) -> frozenset[str]:
        """The topics of which records are gone and have not been asked for again."""
        names = {_lost(topic): topic for topic in BY_NAME}
        found = await self._collection.find({"_id": {"$in": list(names)}})
        return frozenset(names[one["_id"]] for one in found)

    async def settled(self, topics: Iterable[str]) -> None:
        """Whoever had to was asked for what these topics lost, and our own log was sent again."""
        await self._collection.write([Delete({"_id": _lost(topic)}) for topic in topics])


def _name(at: TopicPartition) -> str:
    return f"{at.topic}/{at.partition}"


def _lost(topic: str) -> str:
    return f"lost/{topic}"
