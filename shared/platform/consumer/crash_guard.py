"""Finds a record that kills the process that handles it, and sets it aside.

After two processes in a row died at one position, the records that follow are suspects: those of
two batches are handled one by one, and each is noted before it is handled. A record that was in
hand when the next process died is not handled again.
"""

import logging
from collections.abc import Awaitable, Collection, Iterable, Mapping

from shared.platform.consumer.crash_notes import CrashNotes, ReadPosition
from shared.platform.consumer.fetch_buffer import MOST_RECORDS
from shared.platform.kafka.bus import Partition
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime.shell_metrics import LAST_POISON, family_of

LOG = logging.getLogger(__name__)

MOST_DEATHS = 2
"""Processes that may die at a position before its records become suspects."""
SUSPECTS = 2 * MOST_RECORDS
"""Number of suspect offsets after a crash: one batch in hand, and the next being read."""


class CrashGuard:
    """The crash guard of one member of a group."""

    def __init__(self, notes: CrashNotes, incarnations: Mapping[str, str]) -> None:
        self._notes = notes
        self._incarnations = incarnations
        self._until: dict[Partition, int] = {}
        """For each partition with suspects, the offset at which they end."""
        self._unclear: set[Partition] = set()
        """Partitions where a process died and whose end at that time isn't known."""
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
        """Partitions that `narrow` needs to hear about."""
        return self._unclear

    async def begin(self, starts: Mapping[Partition, int]) -> None:
        """Start at these positions. Raises: DatabaseFault; may be repeated."""
        found = await self._notes.found(starts, self._incarnations)
        readings = {at: found.get(at, ReadPosition(start)) for at, start in starts.items()}
        self._fatal |= {at: reading.position for at, reading in readings.items() if reading.in_hand}
        self._fatal = {at: fatal for at, fatal in self._fatal.items() if starts.get(at) == fatal}
        self._unclear = {at for at, reading in readings.items() if reading.deaths}
        self._until = {
            at: until for at, until in self._until.items() if starts.get(at, until) < until
        }
        self._until |= {
            at: reading.position + SUSPECTS
            for at, reading in readings.items()
            if reading.deaths >= MOST_DEATHS
        }
        for at in self._fatal:
            readings[at] = readings[at]._replace(in_hand=True)
        await self._notes.begin(readings, self._incarnations)

    async def take(self, positions: Mapping[Partition, int]) -> None:
        """Note suspect records at these positions before they are handled."""
        for at, position in positions.items():
            if at in self._until and at not in self._fatal:
                await self._notes.take(at, position)

    async def narrow(self, positions: Mapping[Partition, tuple[int, int | None]]) -> None:
        """Clear records that came after the crash, by each partition's position and end.

        If a partition was empty when a process died, its next record can't be the cause.
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
        """Note that everything before these offsets is handled."""
        for at, end in ends.items():
            if at in self._fatal:
                LOG.error("record set aside that killed a process", extra=_place(at, end - 1))
                LAST_POISON.labels(family_of(at.topic)).set_to_current_time()
                del self._fatal[at]
            self._acquit(at, end)

    async def put_down(self, partitions: Iterable[Partition]) -> None:
        """Note that no record of these partitions killed this process."""
        suspects = [at for at in partitions if at in self._until and at not in self._fatal]
        await self._write(self._notes.put_down(suspects))

    async def leave(self, partitions: Collection[Partition]) -> None:
        """Give up these partitions alive. A suspect in hand remains suspect for the next reader."""
        await self.put_down(partitions)
        await self._write(self._notes.leave([at for at in partitions if at not in self._until]))

    @staticmethod
    async def _write(notes: Awaitable[None]) -> None:
        """Write notes; a failure only makes the next process more cautious."""
        try:
            await notes
        except DatabaseFault as fault:
            LOG.warning("crash notes not written", extra={"fault": type(fault).__name__})

    def _acquit(self, at: Partition, position: int) -> None:
        """End the suspicion once the position is past the suspects."""
        if position >= self._until.get(at, position):
            self._until.pop(at, None)


def _place(at: Partition, position: int) -> dict[str, object]:
    return {"topic": at.topic, "partition": at.partition, "offset": position}
