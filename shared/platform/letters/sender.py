"""The sender: in order for each letter, without repeating what was just acknowledged.

Damping: a duplicate is not sent again if this process had it acknowledged within the last minute
(explicit resends are always sent). Without it, a redelivered batch would multiply its effects.
"""

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
"""Acknowledged records that one process remembers (about 20 MiB); the oldest are forgotten first.
"""

RecordName = tuple[str, bytes, bytes]


class Sender:
    """Sends through one bus and remembers for a minute what was acknowledged."""

    def __init__(self, bus: Bus, *, clock: Callable[[], float] = monotonic) -> None:
        """`clock`: monotonic seconds."""
        self._bus = bus
        self._clock = clock
        self._acknowledged: OrderedDict[RecordName, float] = OrderedDict()
        self.failed = asyncio.Event()
        """Set when the broker did not accept a record: the broker may return as a new cluster."""

    async def send(self, fresh: Sequence[Outbound], *, again: Sequence[Outbound] = ()) -> None:
        """Send `fresh`, and those of `again` that weren't acknowledged recently.

        Raises: BusFault, if any record was not acknowledged; the acknowledged ones stay remembered.
        """
        self._forget_old()
        repeats = self._not_lately(again, {_name(record) for record in fresh}) if again else []
        DAMPED.inc(len(again) - len(repeats))
        await self._send([*repeats, *fresh])

    async def resend(self, records: Sequence[Outbound]) -> None:
        """Send again regardless of earlier acknowledgements. Raises: BusFault."""
        await self._send(records)

    async def attempt(self, records: Sequence[Outbound]) -> list[BaseException | None]:
        """Send as many as the broker accepts; return for each record None or its fault."""
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
        """Forget acknowledgements and start a new producer, for a new cluster. Raises: BusFault."""
        self.forget()
        await self._bus.renew()

    def forget(self) -> None:
        """Forget acknowledgements, because the topics were recreated."""
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
    """Topic, key and event id, which identify a record."""
    return record.topic, record.key, dict(record.headers).get("ce_id", b"")
