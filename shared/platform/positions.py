"""Under which incarnation of its topic a partition's offset was committed.

The incarnation id is the metadata of every commit. The local broker keeps offsets but no metadata,
so the same fact is noted in the service's own database too, after the first commit; a partition
without a matching note or metadata is read from the beginning, which repeats nothing (what is
`seen` is dropped).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.platform.database import Collection, Insert, Update


class Positions:
    """The notes of one service. Every method raises DatabaseFault when the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._noted: set[TopicPartition] = set()

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


def _name(at: TopicPartition) -> str:
    return f"{at.topic}/{at.partition}"
