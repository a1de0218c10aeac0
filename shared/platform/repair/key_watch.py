"""How does a process know everybody's public keys? It reads `mailbox.keys`, whole and all the time.

Without a group: every replica needs all of it. The topic is so small that it is read again from its
beginning each minute; so nobody needs to know whether it is still the one that was read before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any

from shared.contracts.envelope import Envelope, Foreign, Unreadable, from_record
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.topics import KEYS
from shared.platform.crypto.key_metrics import CHANGES, LACKING, LAST_READ, UNOPENABLE, UNUSABLE
from shared.platform.kafka.bus import Bus, Inbound
from shared.platform.letters.seals import Seals
from shared.platform.repair.stored_keys import KeptKeys
from shared.platform.runtime.clock import Now
from shared.sealing.key_directory import Lack

LOG = logging.getLogger(__name__)

PAUSE_S = 1.0


class KeyWatch:
    """Keeps the book of one process, and tells when somebody should look."""

    def __init__(self, bus: Bus, kept: KeptKeys, *, seals: Seals, now: Now) -> None:
        self._bus = bus
        self._kept = kept
        self._seals = seals
        self._now = now
        self._last: dict[str, int] = {}
        """Of each holder the sequence of the record that stands last on the topic."""
        self._unkept: set[str] = set()
        """Holders whose news is in the book and not yet in the database."""
        self.overtaken: tuple[str, ...] = ()
        """Holders of whom something older stood last when the topic was read to its end, so that
        compaction would keep that.
        """
        self._reported: set[tuple[int, int, datetime]] = set()
        """Unreadable records that were counted and logged: partition, offset and the broker's time.
        The topic is read again each minute.
        """
        self._bad: frozenset[str] = frozenset()
        self._unopenable: frozenset[str] = frozenset()

    async def load(self) -> None:
        """Begin with what this service has heard before. Raises: DatabaseFault."""
        await self._kept.load(self._seals.sealer.book)
        self.look()

    async def run(self) -> None:
        """Read until cancelled; whatever fails is tried again with what is known until then."""
        while True:
            try:
                await self._follow()
            except Exception as fault:  # noqa: BLE001 - nothing on that topic may end a service
                LOG.warning("keys not read", extra={"fault": type(fault).__name__})
            await asyncio.sleep(PAUSE_S)

    async def hear(self, records: Sequence[Inbound]) -> None:
        """Note what these say, none: that this is the end for now.

        Raises: DatabaseFault: then it is known, and kept with what is heard next.
        """
        book = self._seals.sealer.book
        for said in self._changes(records):
            self._last[said.subject] = said.sequence or 0
            if book.take(said.subject, said.data.keys, sequence=said.sequence or 0):
                self._note_change(said)
        if not records:
            LAST_READ.set_to_current_time()
            self.overtaken = tuple(
                holder for holder, last in self._last.items() if last < book.sequence(holder)
            )
        for holder in sorted(self._unkept):
            await self._kept.keep(holder, book.keys_of(holder), sequence=book.sequence(holder))
            self._unkept.discard(holder)

    def look(self) -> None:
        """Show for whom nothing can be sealed now, and what can't be opened here."""
        lacking = self._seals.sealer.book.lacking(self._now())
        reasons: tuple[Lack, ...] = ("no_key", "bad_key")
        for reason in reasons:
            LACKING.labels(reason).set(sum(lack == reason for lack in lacking.values()))
        bad = frozenset(holder for holder, lack in lacking.items() if lack == "bad_key")
        for holder in sorted(bad - self._bad):
            LOG.error("no valid key", extra={"holder": holder})
        for holder in sorted(self._bad - bad):
            LOG.warning("valid key again", extra={"holder": holder})
        self._bad = bad
        self._look_at_own()

    def _changes(self, records: Sequence[Inbound]) -> Iterator[Envelope[Any]]:
        """What can be read of them and tells of keys."""
        for raw in records:
            try:
                said = from_record(Foreign(raw.key, raw.value, raw.headers), topic=raw.topic)
            except Unreadable as fault:
                self._report(raw, fault)
                continue
            if isinstance(said.data, KeyChanged):
                yield said

    def _report(self, raw: Inbound, fault: Unreadable) -> None:
        """Count and log an unreadable record once."""
        place = (raw.partition, raw.offset, raw.appended_at)
        if place in self._reported:
            return
        self._reported.add(place)
        UNUSABLE.inc()
        LOG.error("unreadable record on mailbox.keys", extra={"code": fault.code})

    def _note_change(self, said: Envelope[Any]) -> None:
        CHANGES.inc()
        self._unkept.add(said.subject)
        LOG.warning(
            "public key changed",
            extra={"holder": said.subject, "kid": said.data.kid, "event": said.id},
        )

    def _look_at_own(self) -> None:
        """Whether what others seal for this service can be opened."""
        at, seals = self._now(), self._seals
        ours = seals.sealer.book.keys_of(seals.service)
        wanted = {key.kid for key in ours if key.retired is None or at < key.retired}
        missing = frozenset(kid for kid in wanted if not seals.opener.has(kid))
        for kid in sorted(missing - self._unopenable):
            LOG.error("private part of a key is missing", extra={"kid": kid})
        self._unopenable = missing
        UNOPENABLE.set(len(missing))

    async def _follow(self) -> None:
        async with aclosing(self._bus.follow(KEYS.name, KEYS.partitions)) as batches:
            async for batch in batches:
                await self.hear(batch)
                self.look()
