"""Gauges of overdue letters, unfired levels, undelivered calls and unseen diversions.

Each process counts all letters, including those that others handle: a process that has stopped
working can't report it.
"""

from datetime import UTC, datetime, timedelta

from services.notifier import metrics, store
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

PAUSE_S = 5.0
SOON = timedelta(hours=24)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ClockGauges:
    """Updates the gauges every few seconds."""

    def __init__(self, letters: Collection, *, now: Now) -> None:
        self._letters = letters
        self._now = now

    async def run(self) -> None:
        """Count until cancelled; retry if the database fails, while the heartbeat metric stops."""
        await run_periodically(self.count, name="counting clocks", pause_s=PAUSE_S)

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        letters, now = self._letters, self._now()
        metrics.UNSEEN_DIVERSIONS.set(await store.unseen(letters, now))
        metrics.OLDEST_UNSEEN_DIVERSION.set(await self._age("unseen_since", now))
        metrics.OLDEST_CALL.set(_age(await store.call_waiting_since(letters, now), now))
        metrics.OLDEST_UNFIRED.set(await self._age("fires_at", now))
        metrics.OVERDUE.set(await store.passing_between(letters, NEVER, until=now))
        metrics.DUE_SOON.set(await store.passing_between(letters, now, until=now + SOON))
        metrics.WATCHED.set_to_current_time()

    async def _age(self, at: str, now: datetime) -> float:
        return _age(await store.earliest(self._letters, at, before=now), now)


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0
