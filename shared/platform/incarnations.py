"""Whether the topics are still the ones that this service wrote to and read from.

Topic bootstrap writes a random id for each topic that it creates into `mailbox.topics`. A broker
that lost its data, or a topic made anew, shows as another id: then the service's log is sent again,
and what was committed under the old id counts for nothing (ADR-0007).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Collection as Names
from typing import Any

from shared.contracts.envelope import Foreign, Unreadable, from_record
from shared.contracts.topics import BY_NAME, TOPICS
from shared.contracts.topics_v1 import TopicCreated
from shared.platform.bus import Bus, Inbound, Outbound
from shared.platform.database import Collection, Insert, Update
from shared.platform.history import History
from shared.platform.kept import Entry
from shared.platform.sender import Sender
from shared.platform.shell_metrics import RESENT

LOG = logging.getLogger(__name__)

CHUNK = 500


class TopicsMissing(Exception):
    """Topic bootstrap has not been run, or topics have other partitions than the contract says."""


class Incarnations:
    """The ids of the topics that one service reads and writes."""

    def __init__(
        self, bus: Bus, collection: Collection, *, reads: Names[str], writes: Names[str]
    ) -> None:
        self._bus = bus
        self._collection = collection
        self._reads = frozenset(reads)
        self._writes = frozenset(writes)

    async def current(self) -> dict[str, str]:
        """The id of every topic that this service reads or writes, as the broker has it now.

        Raises: TopicsMissing; BusFault.
        """
        wanted = self._reads | self._writes
        await self._check_partitions(wanted | {TOPICS.name})
        ids = incarnation_ids(await self._bus.read_all(TOPICS.name, TOPICS.partitions))
        missing = wanted - ids.keys()
        if missing:
            raise TopicsMissing(f"no incarnation id of {min(missing)}: run topic bootstrap")
        return {topic: ids[topic] for topic in wanted}

    async def remade(self, ids: Mapping[str, str]) -> frozenset[str]:
        """The topics written by this service whose log was not yet sent under the id in `ids`."""
        kept = await self._collection.find({"_id": {"$in": sorted(self._writes)}})
        known = {one["_id"]: one["incarnation"] for one in kept}
        return frozenset(topic for topic in self._writes if known.get(topic) != ids[topic])

    async def remember(self, topics: Iterable[str], ids: Mapping[str, str]) -> None:
        """Note that the log was sent whole to `topics` under these ids."""
        names = sorted(topics)
        await self._collection.write([Insert({"_id": name, "incarnation": ""}) for name in names])
        await self._collection.write(
            [Update({"_id": name}, {"$set": {"incarnation": ids[name]}}) for name in names]
        )

    async def forget(self, topics: Iterable[str]) -> None:
        """Note that the log must be sent whole to `topics`, if need be after a new start."""
        await self._collection.write(
            [Update({"_id": name}, {"$set": {"incarnation": ""}}) for name in sorted(topics)]
        )

    async def _check_partitions(self, topics: Names[str]) -> None:
        found = await self._bus.partitions(topics)
        for topic in sorted(topics):
            wanted = BY_NAME[topic].partitions
            if found.get(topic) != wanted:
                raise TopicsMissing(f"{topic} has {found.get(topic, 0)} partitions, not {wanted}")


def incarnation_ids(records: Iterable[Inbound]) -> dict[str, str]:
    """The newest id of each topic that `records` of `mailbox.topics` tell of."""
    ids: dict[str, str] = {}
    for record in records:
        try:
            said = from_record(
                Foreign(record.key, record.value, record.headers), topic=record.topic
            )
        except Unreadable:
            LOG.exception("unreadable record on mailbox.topics")
            continue
        if isinstance(said.data, TopicCreated):
            ids[said.subject] = said.data.incarnation
    return ids


async def resend_log(history: History, sender: Sender, *, topics: Names[str]) -> int:
    """Send every letter's log entries for `topics` again, byte for byte; how many that were.

    Raises: BusFault, DatabaseFault: then nothing is remembered, and it begins again.
    """
    sender.forget()
    sent = await resend_entries(
        history, sender, where={}, is_wanted=lambda entry: entry.record.topic in topics
    )
    return sent.total()


async def resend_entries(
    history: History,
    sender: Sender,
    *,
    where: Mapping[str, Any],
    is_wanted: Callable[[Entry], bool],
) -> Counter[str]:
    """Send what is wanted of the letters that match `where` again; how many for each topic.

    Raises: BusFault, DatabaseFault; what was sent before is on its topic once more.
    """
    chunk: list[Outbound] = []
    sent: Counter[str] = Counter()

    async def send() -> None:
        await sender.resend(chunk)
        sent.update(one.topic for one in chunk)
        RESENT.inc(len(chunk))
        chunk.clear()

    async for _, entries in history.stream(where):
        chunk += [entry.record for entry in entries if is_wanted(entry)]
        if len(chunk) >= CHUNK:
            await send()
    await send()
    return sent
