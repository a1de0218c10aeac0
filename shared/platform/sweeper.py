"""What sends again the effects that nobody had acknowledged: the last resort of every command.

An HTTP command or a fired clock is kept before it is sent. When the process dies or the broker is
away in between, its document stays marked `unsent`; this loop finds the mark, sends, and clears it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from shared.platform import documents
from shared.platform.bus import BusFault, Outbound
from shared.platform.clock import Now
from shared.platform.database import Collection, DatabaseFault, Document
from shared.platform.letters import clear_unsent
from shared.platform.sender import Sender
from shared.platform.shell_metrics import GAPS, SWEPT, UNSENT

LOG = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=5)
"""How long whoever wrote an effect has to have it acknowledged."""
GAP_PATIENCE = timedelta(minutes=1)
PAUSE_S = 1.0
MOST_AT_ONCE = 100
MOST_COUNTED = 1_000


class Sweeper:
    """Sends what stays unsent, for one collection of letters."""

    def __init__(self, collection: Collection, sender: Sender, *, now: Now) -> None:
        self._collection = collection
        self._sender = sender
        self._now = now

    async def run(self) -> None:
        """Sweep each second until cancelled; a failing broker or database is tried again."""
        while True:
            try:
                await self.sweep()
                GAPS.set(await self._count_gaps())
            except (BusFault, DatabaseFault) as fault:
                LOG.warning("sweep failed", extra={"fault": type(fault).__name__})
            await asyncio.sleep(PAUSE_S)

    async def sweep(self) -> int:
        """Send again what is overdue.

        The number of letters found. Raises: BusFault, DatabaseFault.
        """
        overdue = await self._collection.find(
            {"unsent_since": {"$lte": self._now() - PATIENCE}},
            fields={"log": 1, "sent": 1, "unsent": 1},
            limit=MOST_AT_ONCE,
        )
        UNSENT.set(len(overdue))
        records = [record for one in overdue for record in _unsent_records(one)]
        await self._sender.resend(records)
        SWEPT.inc(len(records))
        await clear_unsent(
            self._collection,
            {
                one["_id"]: {mark: (low, one["sent"][mark]) for mark, low in one["unsent"].items()}
                for one in overdue
            },
        )
        return len(overdue)

    async def _count_gaps(self) -> int:
        found = await self._collection.find(
            {"gap_since": {"$lte": self._now() - GAP_PATIENCE}},
            fields={"_id": 1},
            limit=MOST_COUNTED,
        )
        return len(found)


def _unsent_records(document: Document) -> list[Outbound]:
    unsent: dict[str, int] = document["unsent"]
    return [
        entry.record
        for entry in documents.log(document)
        if entry.sequence >= unsent.get(entry.mark, entry.sequence + 1)
    ]
