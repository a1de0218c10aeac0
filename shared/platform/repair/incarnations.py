"""Whether the topics are still those that this service wrote to and read from.

Topic bootstrap writes a random id for each topic that it creates to `mailbox.topics`. If a broker
lost its data or a topic was recreated, the id differs: then the service's log is sent again, and
commits under the old id are ignored (ADR-0007).
"""

import logging
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from collections.abc import Collection as Names
from dataclasses import dataclass
from typing import Any

from shared.contracts.envelope import Foreign, Unreadable, from_record
from shared.contracts.topics import BY_NAME, TOPICS
from shared.contracts.topics_v1 import TopicCreated
from shared.platform.kafka.bus import Bus, Inbound
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.sender import Sender
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Collection, Document, Insert, Update
from shared.platform.runtime.shell_metrics import RESENT

LOG = logging.getLogger(__name__)

CHUNK = 500
"""Log entries that are sent together when a log is sent again."""
CHUNK_BYTES = 4 << 20
"""Size in bytes at which a chunk is sent, however few entries it has."""


class TopicsMissing(Exception):
    """Topic bootstrap has not run, or topics have other settings than the contract requires."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the log was sent again to some topics, under their current incarnations."""

    ids: Mapping[str, str]
    """The current incarnation of each topic."""
    replaced: Mapping[str, Document]
    """The previous note of each topic, which must be unchanged when the next one is written."""
    after: str
    """The letter up to which every entry is on the topics; empty at the start."""


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
        """The broker's current id of every topic that this service reads or writes.

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
        known = {note["_id"]: note["incarnation"] for note in kept}
        return frozenset(topic for topic in self._writes if known.get(topic) != ids[topic])

    async def checkpoint(self, topics: Iterable[str], ids: Mapping[str, str]) -> Checkpoint:
        """Where to continue sending the log to `topics` under these ids.

        All replicas send letters in the order of their numbers, so a note of one holds for all. If
        topics have progressed differently, sending continues from the least advanced.
        """
        names = sorted(topics)
        await self._collection.write([Insert({"_id": name, "incarnation": ""}) for name in names])
        found = await self._collection.find({"_id": {"$in": names}})
        resent = [note["resent"] if _is_under_way(note, ids) else {"after": ""} for note in found]
        return Checkpoint(
            ids={name: ids[name] for name in names},
            replaced={
                note["_id"]: {"incarnation": note["incarnation"], "asked": note.get("asked")}
                for note in found
            },
            after=min((note["after"] for note in resent), default=""),
        )

    async def advance(self, checkpoint: Checkpoint, letter: str) -> None:
        """Note that every entry up to that letter is on the checkpoint's topics."""
        await self._note(
            checkpoint,
            lambda incarnation: {"$set": {"resent": {"incarnation": incarnation, "after": letter}}},
        )

    async def complete(self, checkpoint: Checkpoint) -> None:
        """Note that the whole log is on the checkpoint's topics."""
        await self._note(
            checkpoint,
            lambda incarnation: {"$set": {"incarnation": incarnation}, "$unset": {"resent": ""}},
        )

    async def forget(self, topics: Iterable[str]) -> None:
        """Note that the whole log must be sent to `topics`, also after a restart.

        Runs of other replicas under way don't count, because they started before this request.
        """
        change = {"$set": {"incarnation": "", "asked": uuid.uuid4().hex}, "$unset": {"resent": ""}}
        await self._collection.write([Update({"_id": name}, change) for name in sorted(topics)])

    async def _note(self, checkpoint: Checkpoint, change: Callable[[str], Document]) -> None:
        await self._collection.write(
            [
                Update({"_id": name, **checkpoint.replaced[name]}, change(incarnation))
                for name, incarnation in checkpoint.ids.items()
            ]
        )

    async def _check_partitions(self, topics: Names[str]) -> None:
        found = await self._bus.partitions(topics)
        for topic in sorted(topics):
            wanted = BY_NAME[topic].partitions
            if found.get(topic) != wanted:
                raise TopicsMissing(f"{topic} has {found.get(topic, 0)} partitions, not {wanted}")


def incarnation_ids(records: Iterable[Inbound]) -> dict[str, str]:
    """The newest id of each topic in `records` of `mailbox.topics`."""
    ids: dict[str, str] = {}
    for record in records:
        try:
            event = from_record(
                Foreign(record.key, record.value, record.headers), topic=record.topic
            )
        except Unreadable:
            LOG.exception("unreadable record on mailbox.topics")
            continue
        if isinstance(event.data, TopicCreated):
            ids[event.subject] = event.data.incarnation
    return ids


async def resend_log(
    history: EventLog,
    sender: Sender,
    *,
    topics: Names[str],
    after: str = "",
    note: Callable[[str], Awaitable[None]] | None = None,
) -> int:
    """Send every letter's log entries for `topics` again, byte for byte; return their number.

    `after`: the letter after which to start. `note`: called with a letter when everything up to it
    is acknowledged. Raises: BusFault, DatabaseFault.
    """
    sender.forget()
    count = 0
    async for letter, sent in resend_entries(
        history,
        sender,
        where={"_id": {"$gt": after}},
        is_wanted=lambda entry: entry.record.topic in topics,
    ):
        count += sent.total()
        if note is not None:
            await note(letter)
    return count


async def resend_entries(
    history: EventLog,
    sender: Sender,
    *,
    where: Mapping[str, Any],
    is_wanted: Callable[[LogEntry], bool],
) -> AsyncIterator[tuple[str, Counter[str]]]:
    """Send the wanted entries of letters that match `where` again, in the order of their numbers.

    Yields after each step the last letter in it, and the number of entries by topic. At most one
    step and one letter are in memory. Raises: BusFault, DatabaseFault.
    """
    chunk: list[LogEntry] = []
    size, letter = 0, ""
    async for letter, entries in history.stream(where):
        wanted = [entry for entry in entries if is_wanted(entry)]
        chunk += wanted
        size += sum(entry.bytes for entry in wanted)
        if len(chunk) >= CHUNK or size >= CHUNK_BYTES:
            yield letter, await _resend(chunk, sender)
            chunk, size = [], 0
    if chunk:
        yield letter, await _resend(chunk, sender)


async def _resend(chunk: list[LogEntry], sender: Sender) -> Counter[str]:
    await sender.resend([entry.record for entry in chunk])
    RESENT.inc(len(chunk))
    return Counter(entry.record.topic for entry in chunk)


def _is_under_way(noted: Document, ids: Mapping[str, str]) -> bool:
    """Whether sending the log under the current incarnation was started and not completed."""
    return "resent" in noted and noted["resent"]["incarnation"] == ids[noted["_id"]]
