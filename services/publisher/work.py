"""The publisher's own loop: counting what waits for an editor, so that an operator sees it grow."""

from __future__ import annotations

import asyncio
import logging

from services.publisher import store
from services.publisher.metrics import DRAFTS_WAITING
from shared.platform.clock import Now
from shared.platform.database import Collection, DatabaseFault

LOG = logging.getLogger(__name__)


class Counting:
    """Keeps the gauge of waiting drafts."""

    def __init__(self, letters: Collection, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Count until cancelled; a failing database is asked again."""
        while True:
            try:
                await self.count()
            except DatabaseFault as fault:
                LOG.warning("drafts not counted", extra={"fault": type(fault).__name__})
            await asyncio.sleep(self._pause_s)

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        DRAFTS_WAITING.set(await store.count_drafts(self._letters, self._now()))
