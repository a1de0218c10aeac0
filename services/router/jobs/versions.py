"""Which letters came under policies that are gone? An operator is told, and nobody waits."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final

from services.router import metrics
from services.router.domain import Book
from services.router.store import versions_in_use
from shared.platform.mongo.database import Collection, DatabaseFault

LOG = logging.getLogger(__name__)

LOOK_S: Final = 3_600.0
AGAIN_S: Final = 5.0
"""After a look that failed."""


class MissingVersions:
    """Counts the letters on which a clock runs whose version of the policies isn't loaded."""

    def __init__(self, documents: Collection, *, book: Book) -> None:
        self._documents = documents
        self._known = {one.version for one in book.versions.tables}

    async def run(self) -> None:
        """Look at the start and each hour until cancelled."""
        while True:
            pause_s = LOOK_S
            try:
                await self.look()
            except DatabaseFault as fault:
                LOG.warning("policies not looked after", extra={"fault": type(fault).__name__})
                pause_s = AGAIN_S
            await asyncio.sleep(pause_s)

    async def look(self) -> Counter[str]:
        """How many letters there are of each version that is missing. Raises: DatabaseFault."""
        found = Counter[str]()
        async for version in versions_in_use(self._documents):
            if version not in self._known:
                found[version] += 1
        for version, letters in sorted(found.items()):
            LOG.error(
                "policies of letters are missing", extra={"version": version, "count": letters}
            )
        metrics.WITHOUT_POLICIES.set(found.total())
        return found
