"""What comes next is read while the batch in hand waits for database and broker.

To read a record is to open its envelope, which keeps the processor busy; the end of a batch leaves
it idle. Nothing else is done ahead: each record is judged, handled and committed in its turn.
"""

from __future__ import annotations

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
"""Records read before all else that has become ready goes first."""


class Prefetcher:
    """Of one consumer."""

    def __init__(self, partitions: Partitions, read: Read) -> None:
        self._partitions = partitions
        self._read = read
        self._known: dict[tuple[Partition, int], Record] = {}
        """Records read before their turn, by partition and offset."""

    def read(self, raw: Inbound) -> Record:
        """Read a record in its turn, unless it was read before. Raises: what reading raises."""
        return self._known.pop((place_of(raw), raw.offset), None) or self._read(raw)

    @asynccontextmanager
    async def read_meanwhile(self) -> AsyncIterator[None]:
        """Fetch and read what comes next, as far as the block leaves time for it."""
        self._known.clear()
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait([looking])

    async def _look(self) -> None:
        try:
            while fetched := await self._partitions.fetch_ahead():
                raws = [inbound(record) for record in fetched]
                for start in range(0, len(raws), AT_ONCE):
                    self._read_some(raws[start : start + AT_ONCE])
                    await asyncio.sleep(0)
        except Exception as fault:  # noqa: BLE001 - what it is meets whoever reads in turn
            LOG.warning("not read ahead", extra={"fault": type(fault).__name__})

    def _read_some(self, raws: Iterable[Inbound]) -> None:
        for raw in raws:
            # What can't be read is read again in its turn, for its key may have come by then.
            with suppress(Unreadable, BadEnvelope):
                self._known[place_of(raw), raw.offset] = self._read(raw)
