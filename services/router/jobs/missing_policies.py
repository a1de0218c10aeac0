"""A check for letters whose policies are not loaded; operators are told."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final

from services.router import metrics
from services.router.domain.due_dates import Rulebook
from services.router.store.queries import versions_in_use
from shared.platform.mongo.database import Collection, DatabaseFault

LOG = logging.getLogger(__name__)

LOOK_S: Final = 3_600.0
AGAIN_S: Final = 5.0
"""Pause after a check that failed."""


class MissingPolicies:
    """Counts the letters with a running clock whose policy version isn't loaded."""

    def __init__(self, documents: Collection, *, rulebook: Rulebook) -> None:
        self._documents = documents
        self._known = {table.version for table in rulebook.versions.tables}

    async def run(self) -> None:
        """Check at the start and each hour until cancelled."""
        while True:
            pause_s = LOOK_S
            try:
                await self.look()
            except DatabaseFault as fault:
                LOG.warning("policies not looked after", extra={"fault": type(fault).__name__})
                pause_s = AGAIN_S
            await asyncio.sleep(pause_s)

    async def look(self) -> Counter[str]:
        """Return the number of letters of each missing version. Raises: DatabaseFault."""
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
