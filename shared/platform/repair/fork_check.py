"""The check that refuses to serve from a database that is older than the service's own topics.

A database that was restored from an earlier copy would assign sequence numbers again that readers
have already seen. Every event is stored by a majority of the database before it is sent, so a
record on one of the service's own topics with a higher sequence than the document's `sent` proves
that the database lost writes.

Each running process notes every minute that the database is current. At its start a process reads
only the records since the last note, minus a margin; a restored database brings back an old note.
"""

import logging
from collections.abc import Collection as Names
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.contracts.reading import source_of
from shared.contracts.topics import BY_NAME, RELEASES
from shared.platform.kafka.bus import Bus, Inbound
from shared.platform.letters.dead_letters import event_of
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.stored_letter import mark_in_documents
from shared.platform.mongo.database import Collection, Insert, Update
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

NOTE = "current"
"""The `_id` of the only note: until the instant `at` the database is known to be current."""
NOTE_EVERY_S = 60.0
MARGIN = timedelta(hours=1)
"""More than the difference of host clocks, and than a dump of the database takes."""


class DatabaseBehind(Exception):
    """One of the service's own topics has an event that its database has not sent."""

    def __init__(self, *, topic: str, subject: str, on_topic: int, in_database: int) -> None:
        super().__init__(topic, subject, on_topic, in_database)
        self.topic = topic
        self.subject = subject
        self.on_topic = on_topic
        self.in_database = in_database

    def __str__(self) -> str:
        return (
            f"数据库落后于主题，拒绝启动 · the database is behind its topic {self.topic}: "
            f"that has event {self.on_topic} of {self.subject}, the database has sent "
            f"{self.in_database}. It is an older copy or the wrong database: "
            "see docs/runbooks/restored.md"
        )


class _Event(NamedTuple):
    topic: str
    subject: str
    sequence: int


class ForkCheck:
    """Compares what a service's database has sent with the records on its topics."""

    def __init__(
        self, bus: Bus, letters: Collection, *, notes: Collection, writes: Names[str], now: Now
    ) -> None:
        """`notes`: where the note is stored. `now`: the time by which records are stamped."""
        self._bus = bus
        self._letters = letters
        self._notes = notes
        self._topics = [topic for topic in writes if _is_compared(topic)]
        self._now = now
        self._noted: datetime | None = None
        """The note as last read or written; None until the check has passed."""

    async def check(self) -> None:
        """Return once the database is known to have everything that its topics have.

        Other replicas may send meanwhile; what they send is stored already. Raises: DatabaseBehind;
        BusFault, DatabaseFault, if it could not be determined.
        """
        if self._noted is not None:
            return
        begun = self._now()
        note = await self._notes.one({"_id": NOTE})
        since = note["at"] - MARGIN if note else None
        async with aclosing(self._bus.since(self._topics, since)) as batches:
            async for records in batches:
                await self._compare(records, since)
        await self._notes.write([Insert({"_id": NOTE, "at": begun})])
        self._noted = note["at"] if note else begun

    async def run(self) -> None:
        """Note every minute that the database is current, until cancelled."""
        await run_periodically(
            self.note, name="noting that the database is current", pause_s=NOTE_EVERY_S
        )

    async def note(self) -> None:
        """Note that the database is current, unless it was replaced under this process.

        The note only grows, so one that is older than ours belongs to an older database.
        Raises: DatabaseFault.
        """
        if self._noted is None:
            return
        at = max(self._now(), self._noted)
        where = {"_id": NOTE, "at": {"$gte": self._noted, "$lte": at}}
        written = await self._notes.write([Update(where, {"$set": {"at": at}})])
        if written.matched:
            self._noted = at

    async def _compare(self, records: Sequence[Inbound], since: datetime | None) -> None:
        """Compare the records with the documents' `sent`. Raises: DatabaseBehind; DatabaseFault."""
        events = [
            _Event(raw.topic, *event)
            for raw in records
            if (since is None or raw.appended_at >= since)
            and _is_by_its_writer(raw)
            and (event := event_of(raw))
        ]
        subjects = sorted({event.subject for event in events})
        found = await self._letters.find({"_id": {"$in": subjects}}, fields={"sent": 1})
        sent = {document["_id"]: document.get("sent", {}) for document in found}
        for topic, subject, sequence in events:
            known = sent.get(subject, {}).get(mark_in_documents(topic), 0)
            if sequence > known:
                LOG.error("database is behind its topics", extra={"topic": topic})
                raise DatabaseBehind(
                    topic=topic, subject=subject, on_topic=sequence, in_database=known
                )


def _is_by_its_writer(raw: Inbound) -> bool:
    """Whether a record names this service as its source; a foreign one proves nothing."""
    source = source_of(BY_NAME[raw.topic].writers[0]).encode()
    return ("ce_source", source) in raw.headers


def _is_compared(topic: str) -> bool:
    """Whether the topic's events are numbered by letter document.

    `public.releases` is numbered by publication, but each of its events has one on
    `letters.published`.
    """
    return BY_NAME[topic].is_sequenced and topic != RELEASES.name
