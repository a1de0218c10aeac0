"""Metrics of open letters by holder and state, counted by an index."""

import asyncio
from typing import Final, get_args

from services.router import metrics
from services.router.domain.preconditions import ENDED
from services.router.jobs.pacing import pause_for
from services.router.store.queries import standing_at
from shared.contracts.slugs import Holder
from shared.contracts.vocabulary import State
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

MOST_SHARE: Final = 0.05
"""Limit of the database's time for counting: letters go first."""
HOLDERS: Final[tuple[Holder, ...]] = get_args(Holder)
OPEN: Final[tuple[State, ...]] = tuple(one for one in get_args(State) if one not in ENDED)


class OpenLetters:
    """Updates the gauges of letters by holder and state."""

    def __init__(self, letters: Collection, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Count until cancelled; a failing database is tried again."""
        await run_periodically(self.count, name="counting open letters", pause_s=self._pause_s)

    async def count(self) -> None:
        """Count once, with a pause after each query. Raises: DatabaseFault.

        With many open letters, all queries at once would keep some databases busy for half a
        minute.
        """
        clock = asyncio.get_running_loop().time
        for holder in HOLDERS:
            for state in OPEN:
                began = clock()
                letters, since = await standing_at(self._letters, holder, state=state)
                age = (self._now() - since).total_seconds() if since else 0.0
                metrics.OPEN_LETTERS.labels(holder, state).set(letters)
                metrics.OLDEST_LETTER.labels(holder, state).set(max(0.0, age))
                await asyncio.sleep(pause_for(clock() - began, share=MOST_SHARE))
        metrics.OPEN_COUNTED.set_to_current_time()
