"""The job that keeps the overview of letters up to date."""

from datetime import datetime, timedelta
from typing import Final

from services.router.jobs.pacing import pause_for
from services.router.store.overview import LetterOverview
from shared.platform.letters.periodic import run_periodically
from shared.platform.runtime.clock import Now

PAUSE_S: Final = 2.0
SHARE: Final = 0.1
"""Most of the time for this job."""
WHOLE: Final = timedelta(hours=6)
"""Interval of full loads, which also find what older versions wrote without a mark."""


class OverviewRefresh:
    """Refreshes the overview of one process."""

    def __init__(self, overview: LetterOverview, *, now: Now) -> None:
        """`now`: the machine's clock, which sets the marks."""
        self._overview = overview
        self._now = now
        self._loaded_at: datetime | None = None
        self._is_marked = False
        """Whether no document of an older version lacks the mark any more."""

    async def run(self) -> None:
        """Refresh until cancelled; a failing database is tried again."""
        await run_periodically(
            self.look,
            name="refreshing the overview",
            pause_s=lambda took_s: max(PAUSE_S, pause_for(took_s, share=SHARE)),
            retry_s=PAUSE_S,
        )

    async def look(self) -> None:
        """Read what has changed, or everything if that was long ago; mark some old documents.

        Raises: DatabaseFault.
        """
        now = self._now()
        if self._loaded_at is None or now - self._loaded_at >= WHOLE:
            await self._overview.load(now)
            self._loaded_at = now
        else:
            await self._overview.refresh(now)
        if not self._is_marked:
            self._is_marked = not await self._overview.mark_old(now)
