"""A process's view of all public keys: it reads the whole of `mailbox.keys` continuously.

It reads without a consumer group, since every replica needs all of it. The topic is so small that
it is read again from its beginning every minute, so that a recreated topic needs no special
handling.
"""

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
    """Keeps one process's key directory up to date, and reports problems with keys."""

    def __init__(self, bus: Bus, kept: KeptKeys, *, seals: Seals, now: Now) -> None:
        self._bus = bus
        self._kept = kept
        self._seals = seals
        self._now = now
        self._last: dict[str, int] = {}
        """Per holder, the sequence of its last record on the topic."""
        self._unkept: set[str] = set()
        """Holders whose changes are in the directory but not yet in the database."""
        self.overtaken: tuple[str, ...] = ()
        """Holders whose last record on the fully read topic is not the newest known, so that
        compaction would keep an outdated one."""
        self._reported: set[tuple[int, int, datetime]] = set()
        """Unreadable records already counted and logged: partition, offset and the broker's time.

        The topic is read again every minute.
        """
        self._bad: frozenset[str] = frozenset()
        self._unopenable: frozenset[str] = frozenset()

    async def load(self) -> None:
        """Start from the copies stored by this service. Raises: DatabaseFault."""
        await self._kept.load(self._seals.sealer.book)
        self.look()

    async def run(self) -> None:
        """Read until cancelled; on failure, continue with what is known and retry."""
        while True:
            try:
                await self._follow()
            except Exception as fault:  # noqa: BLE001 - nothing on that topic may end a service
                LOG.warning("keys not read", extra={"fault": type(fault).__name__})
            await asyncio.sleep(PAUSE_S)

    async def hear(self, records: Sequence[Inbound]) -> None:
        """Apply these records; an empty batch means that the end was reached for now.

        Raises: DatabaseFault: the change is known then, and stored with the next batch.
        """
        book = self._seals.sealer.book
        for event in self._changes(records):
            self._last[event.subject] = event.sequence or 0
            if book.take(event.subject, event.data.keys, sequence=event.sequence or 0):
                self._note_change(event)
        if not records:
            LAST_READ.set_to_current_time()
            self.overtaken = tuple(
                holder for holder, last in self._last.items() if last < book.sequence(holder)
            )
        for holder in sorted(self._unkept):
            await self._kept.keep(holder, book.keys_of(holder), sequence=book.sequence(holder))
            self._unkept.discard(holder)

    def look(self) -> None:
        """Show holders that lack a usable key, and keys of ours that can't be opened here."""
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
        """Yield the readable records that change keys."""
        for raw in records:
            try:
                event = from_record(Foreign(raw.key, raw.value, raw.headers), topic=raw.topic)
            except Unreadable as fault:
                self._report(raw, fault)
                continue
            if isinstance(event.data, KeyChanged):
                yield event

    def _report(self, raw: Inbound, fault: Unreadable) -> None:
        """Count and log an unreadable record once."""
        place = (raw.partition, raw.offset, raw.appended_at)
        if place in self._reported:
            return
        self._reported.add(place)
        UNUSABLE.inc()
        LOG.error("unreadable record on mailbox.keys", extra={"code": fault.code})

    def _note_change(self, event: Envelope[Any]) -> None:
        CHANGES.inc()
        self._unkept.add(event.subject)
        LOG.warning(
            "public key changed",
            extra={"holder": event.subject, "kid": event.data.kid, "event": event.id},
        )

    def _look_at_own(self) -> None:
        """Report keys of this service whose private part is missing."""
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
