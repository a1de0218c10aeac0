"""Gauges of unseen diversions: how many there are, and how long the oldest waits."""

from services.intake import store
from services.intake.metrics import OLDEST_UNSEEN, UNSEEN
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

PAUSE_S = 1.0


class DiversionGauges:
    """Keeps the gauges; they show no person, word or number."""

    def __init__(self, letters: Collection, *, now: Now) -> None:
        self._letters = letters
        self._now = now

    async def run(self) -> None:
        """Count each second until cancelled; without the database the gauges stay as they are."""
        await run_periodically(self.look, name="counting diversions", pause_s=PAUSE_S)

    async def look(self) -> None:
        """Set the gauges. Raises: DatabaseFault."""
        count, oldest = await store.unseen(self._letters)
        UNSEEN.set(count)
        OLDEST_UNSEEN.set(max(0.0, (self._now() - oldest).total_seconds()) if oldest else 0.0)
