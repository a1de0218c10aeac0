"""A check for letters whose policies are not loaded; operators are told."""

import logging
from collections import Counter
from typing import Final

from services.router import metrics
from services.router.domain.due_dates import Rulebook
from services.router.store.queries import versions_in_use
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection

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
        await run_periodically(
            self.look, name="looking after policies", pause_s=LOOK_S, retry_s=AGAIN_S
        )

    async def look(self) -> int:
        """Return the number of letters under a missing version. Raises: DatabaseFault."""
        found = Counter[str]()
        async for version in versions_in_use(self._documents):
            if version not in self._known:
                found[version] += 1
        for version, letters in sorted(found.items()):
            LOG.error(
                "policies of letters are missing", extra={"version": version, "count": letters}
            )
        metrics.WITHOUT_POLICIES.set(found.total())
        return found.total()
