"""Prefetches and reads the next records while a batch waits for database and broker.

Reading a record means opening its envelope, which is CPU work, and the end of a batch leaves the
processor idle. Nothing else is done ahead: each record is judged, handled and committed in turn.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from shared.contracts.envelope import Unreadable
from shared.platform.consumer.batch import Read, place_of
from shared.platform.consumer.partitions import Partitions
from shared.platform.kafka.bus import Inbound, Partition, inbound
from shared.platform.letters.service_decider import Record
from shared.sealing.envelopes import BadEnvelope

LOG = logging.getLogger(__name__)

AT_ONCE = 50
"""Records read before other ready tasks get their turn."""


class Prefetcher:
    """The prefetcher of one consumer."""

    def __init__(self, partitions: Partitions, read: Read) -> None:
        self._partitions = partitions
        self._read = read
        self._known: dict[tuple[Partition, int], Record] = {}
        """Records read before their turn, by partition and offset."""

    def read(self, raw: Inbound) -> Record:
        """Read a record in its turn, unless prefetched. Raises: the exceptions of reading."""
        return self._known.pop((place_of(raw), raw.offset), None) or self._read(raw)

    @asynccontextmanager
    async def read_meanwhile(self) -> AsyncIterator[None]:
        """Fetch and read the next records for as long as the block runs."""
        self._known.clear()
        prefetching = asyncio.create_task(self._prefetch())
        try:
            yield
        finally:
            prefetching.cancel()
            await asyncio.wait([prefetching])

    async def _prefetch(self) -> None:
        try:
            while fetched := await self._partitions.fetch_ahead():
                raws = [inbound(record) for record in fetched]
                for start in range(0, len(raws), AT_ONCE):
                    self._read_some(raws[start : start + AT_ONCE])
                    await asyncio.sleep(0)
        except Exception as fault:  # noqa: BLE001 - the fault meets whoever reads in turn
            LOG.warning("not read ahead", extra={"fault": type(fault).__name__})

    def _read_some(self, raws: Iterable[Inbound]) -> None:
        for raw in raws:
            # An unreadable record is read again in its turn, because its key may have arrived by
            # then.
            with suppress(Unreadable, BadEnvelope):
                self._known[place_of(raw), raw.offset] = self._read(raw)
