"""Finds the record that kills the process that handles it, and sets it aside.

Where two processes in a row died at one position, records are suspects: those of two batches are
handled one by one, each noted before. One that was in hand when the next process died is not
handled again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Collection, Iterable, Mapping

from shared.platform.consumer.crash_notes import CrashNotes, Reading
from shared.platform.consumer.fetch_buffer import MOST_RECORDS
from shared.platform.kafka.bus import Partition
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime.shell_metrics import LAST_POISON, family_of

LOG = logging.getLogger(__name__)

MOST_DEATHS = 2
"""Processes that may die at a position before its records are suspects."""
SUSPECTS = 2 * MOST_RECORDS
"""Offsets after a crash: a batch was in hand and the next one was being read."""


class CrashGuard:
    """Of one member of a group."""

    def __init__(self, notes: CrashNotes, incarnations: Mapping[str, str]) -> None:
        self._notes = notes
        self._incarnations = incarnations
        self._until: dict[Partition, int] = {}
        """Of each partition with suspects, where they end."""
        self._unclear: set[Partition] = set()
        """Those where a process died and of which it isn't known where they ended then."""
        self._fatal: dict[Partition, int] = {}
        """Positions whose record was in hand when a process died."""

    @property
    def suspects(self) -> Collection[Partition]:
        """Partitions whose records are handled one by one."""
        return self._until.keys() | self._fatal.keys()

    @property
    def fatal(self) -> Collection[Partition]:
        """Partitions whose next record has killed a process."""
        return self._fatal.keys()

    @property
    def unclear(self) -> Collection[Partition]:
        """Partitions that `narrow` is to be told of."""
        return self._unclear

    async def begin(self, starts: Mapping[Partition, int]) -> None:
        """Begin at these positions. Raises: DatabaseFault; then it may be done again."""
        found = await self._notes.found(starts, self._incarnations)
        readings = {at: found.get(at, Reading(start)) for at, start in starts.items()}
        self._fatal |= {at: one.position for at, one in readings.items() if one.in_hand}
        self._fatal = {at: one for at, one in self._fatal.items() if starts.get(at) == one}
        self._unclear = {at for at, one in readings.items() if one.deaths}
        self._until = {
            at: until for at, until in self._until.items() if starts.get(at, until) < until
        }
        self._until |= {
            at: one.position + SUSPECTS for at, one in readings.items() if one.deaths >= MOST_DEATHS
        }
        for at in self._fatal:
            readings[at] = readings[at]._replace(in_hand=True)
        await self._notes.begin(readings, self._incarnations)

    async def take(self, positions: Mapping[Partition, int]) -> None:
        """Note the records at these positions before they are handled, if they are suspects."""
        for at, position in positions.items():
            if at in self._until and at not in self._fatal:
                await self._notes.take(at, position)

    async def narrow(self, positions: Mapping[Partition, tuple[int, int | None]]) -> None:
        """Suspect nothing that came after the crash, given position and end of each partition.

        Where nothing stood when a process died, it didn't die of what stands there.
        """
        idle = []
        for at, (position, end) in positions.items():
            if end is None:
                continue
            self._unclear.discard(at)
            if at in self._until:
                self._until[at] = min(self._until[at], end)
                self._acquit(at, position)
            if end <= position:
                idle.append(at)
        await self._write(self._notes.acquit(idle))

    def passed(self, ends: Mapping[Partition, int]) -> None:
        """What comes before these is dealt with."""
        for at, end in ends.items():
            if at in self._fatal:
                LOG.error("record set aside that killed a process", extra=_place(at, end - 1))
                LAST_POISON.labels(family_of(at.topic)).set_to_current_time()
                del self._fatal[at]
            self._acquit(at, end)

    async def put_down(self, partitions: Iterable[Partition]) -> None:
        """Note that this process has had nothing of these in hand that killed it."""
        suspects = [at for at in partitions if at in self._until and at not in self._fatal]
        await self._write(self._notes.put_down(suspects))

    async def leave(self, partitions: Collection[Partition]) -> None:
        """Give these up alive. A suspect that is in hand stays one, for whoever reads it next."""
        await self.put_down(partitions)
        await self._write(self._notes.leave([at for at in partitions if at not in self._until]))

    @staticmethod
    async def _write(notes: Awaitable[None]) -> None:
        """What the database doesn't take only makes the next process more careful."""
        try:
            await notes
        except DatabaseFault as fault:
            LOG.warning("crash notes not written", extra={"fault": type(fault).__name__})

    def _acquit(self, at: Partition, position: int) -> None:
        """End the suspicion where the suspects end."""
        if position >= self._until.get(at, position):
            self._until.pop(at, None)


def _place(at: Partition, position: int) -> dict[str, object]:
    return {"topic": at.topic, "partition": at.partition, "offset": position}
