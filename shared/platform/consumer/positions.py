"""Start positions of a group, each with the incarnation of its topic at the commit.

The incarnation id is the metadata of every commit. The local broker stores offsets but no metadata,
so it is also noted in the service's database after the first commit. A partition without a matching
note or metadata is read from the beginning, which has no effect on what is already `seen`. Records
that retention deleted unread are noted there too, until they were requested again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.contracts.topics import BY_NAME
from shared.platform.consumer.crash_notes import CrashNotes
from shared.platform.mongo.database import Collection, Delete, Insert, Update


@dataclass(frozen=True, slots=True)
class Places:
    """Where a group starts."""

    starts: Mapping[TopicPartition, int]
    """The next offset to read."""
    lost: frozenset[TopicPartition]
    """Partitions with records deleted before the group read them under this incarnation."""


class Positions:
    """The notes of one service. Every method raises DatabaseFault if the database fails."""

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
        """Where to start in the partitions of `firsts`, which has the first offset of each."""
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
        """The partitions that were committed under the topic's current incarnation."""
        self._noted.clear()
        names = {_name(at): at for at in committed}
        found = await self._collection.find({"_id": {"$in": list(names)}})
        noted = {names[note["_id"]]: note["incarnation"] for note in found}
        return frozenset(
            at
            for at, offset in committed.items()
            if (offset.metadata or noted.get(at)) == incarnations[at.topic]
        )

    async def note(
        self, partitions: Iterable[TopicPartition], incarnations: Mapping[str, str]
    ) -> None:
        """Note once that these partitions have a commit under these incarnations."""
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
        """Note that these topics lost records before this service read them."""
        await self._collection.write([Insert({"_id": _lost(topic)}) for topic in sorted(topics)])

    async def lost(self) -> frozenset[str]:
        """The topics that lost records that were not requested again yet."""
        names = {_lost(topic): topic for topic in BY_NAME}
        found = await self._collection.find({"_id": {"$in": list(names)}})
        return frozenset(names[note["_id"]] for note in found)

    async def settled(self, topics: Iterable[str]) -> None:
        """Forget lost topics: their writers were asked, and our own log was sent again."""
        await self._collection.write([Delete({"_id": _lost(topic)}) for topic in topics])


def _name(at: TopicPartition) -> str:
    return f"{at.topic}/{at.partition}"


def _lost(topic: str) -> str:
    return f"lost/{topic}"
