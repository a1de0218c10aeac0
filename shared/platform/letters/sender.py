"""How what was kept is sent: in order for each letter, and not again when just acknowledged.

Damping: what this process had acknowledged within the last minute is not sent again for a duplicate
(explicit resends are sent all the same); without it a redelivered batch would multiply its effects.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from time import monotonic

from shared.platform.kafka.bus import Bus, Outbound
from shared.platform.runtime.shell_metrics import DAMPED, SEND_FAILURES, SENT, family_of

ACKNOWLEDGED_WITHIN = timedelta(seconds=5)
"""Time for the process that stored an event to get it acknowledged; then others resend it."""
DAMPING_S = 60.0
MOST_REMEMBERED = 50_000
"""Acknowledged records that one process remembers (some 20 MiB); the oldest are forgotten first."""

RecordName = tuple[str, bytes, bytes]


class Sender:
    """Sends through one bus, and remembers for a minute what was acknowledged."""

    def __init__(self, bus: Bus, *, clock: Callable[[], float] = monotonic) -> None:
        """`clock`: seconds that only go forward."""
        self._bus = bus
        self._clock = clock
        self._acknowledged: OrderedDict[RecordName, float] = OrderedDict()
        self.failed = asyncio.Event()
        """Set when the broker did not take something: it may come back as another."""

    async def send(self, fresh: Sequence[Outbound], *, again: Sequence[Outbound] = ()) -> None:
        """Send `fresh`, and of `again` what wasn't acknowledged lately, until all is.

        Raises: BusFault, when any of it was not; what was acknowledged stays remembered.
        """
        self._forget_old()
        repeats = self._not_lately(again, {_name(record) for record in fresh}) if again else []
        DAMPED.inc(len(again) - len(repeats))
        await self._send([*repeats, *fresh])

    async def resend(self, records: Sequence[Outbound]) -> None:
        """Send again, whatever was acknowledged before. Raises: BusFault."""
        await self._send(records)

    async def attempt(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        """Send again as far as the broker takes it; for each record none, or why it wasn't."""
        if not records:
            return []
        faults = await self._bus.send(records)
        now, sent = self._clock(), Counter[str]()
        for record, fault in zip(records, faults, strict=True):
            if fault is None:
                name = _name(record)
                self._acknowledged[name] = now
                self._acknowledged.move_to_end(name)
                sent[record.topic] += 1
        self._forget_old()
        for topic, count in sent.items():
            SENT.labels(family_of(topic)).inc(count)
        failures = sum(fault is not None for fault in faults)
        if failures:
            SEND_FAILURES.inc(failures)
            self.failed.set()
        return faults

    async def begin_anew(self) -> None:
        """Remember nothing, and send as another producer: the cluster was. Raises: BusFault."""
        self.forget()
        await self._bus.renew()

    def forget(self) -> None:
        """Remember nothing: the topics were made anew."""
        self._acknowledged.clear()

    def _not_lately(
        self, again: Sequence[Outbound], fresh: Collection[RecordName]
    ) -> list[Outbound]:
        return [
            record
            for record in again
            if (name := _name(record)) not in self._acknowledged and name not in fresh
        ]

    async def _send(self, records: Sequence[Outbound]) -> None:
        for fault in await self.attempt(records):
            if fault is not None:
                raise fault

    def _forget_old(self) -> None:
        oldest = self._clock() - DAMPING_S
        while self._acknowledged:
            name, at = next(iter(self._acknowledged.items()))
            if at >= oldest and len(self._acknowledged) <= MOST_REMEMBERED:
                return
            del self._acknowledged[name]


def _name(record: Outbound) -> RecordName:
    """Topic, key and event id: what tells this record from every other."""
    return record.topic, record.key, dict(record.headers).get("ce_id", b"")
