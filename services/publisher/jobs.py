"""Periodic jobs of the publisher: counts of waiting drafts, and figures about all letters."""

from __future__ import annotations

from services.publisher import store
from services.publisher.domain.disclosure_control import public_figures
from services.publisher.metrics import DRAFTS_WAITING, FIGURES_COUNTED
from shared.kernel.working_days import civil_date
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection
from shared.platform.runtime.clock import Now

MOST_SHARE = 0.05
"""The largest share of time that figures may take: they read every letter."""


class DraftGauge:
    """Keeps the gauge of waiting drafts."""

    def __init__(self, letters: Collection, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Count until cancelled; retries after database faults."""
        await run_periodically(self.count, name="counting drafts", pause_s=self._pause_s)

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        DRAFTS_WAITING.set(await store.count_drafts(self._letters, self._now()))


class FiguresCounter:
    """Counts all letters repeatedly and stores each day's last count.

    Everyone sees the last count of a past day: the difference of two counts of one day would show
    what became of a single letter.
    """

    def __init__(self, letters: Collection, days: Collection, *, now: Now, pause_s: float) -> None:
        """`days`: where the last count of each day is stored."""
        self._letters = letters
        self._days = days
        self._now = now
        self._pause_s = pause_s
        self._shown: store.DayFigures | None = None

    def latest(self) -> store.DayFigures | None:
        """What everyone may see; None if nothing was counted before today."""
        return self._shown

    async def run(self) -> None:
        """Count until cancelled, less often if it takes long; retries after database faults."""
        await run_periodically(
            self.count,
            name="counting figures",
            pause_s=lambda took_s: max(self._pause_s, took_s / MOST_SHARE),
        )

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        at = self._now()
        figures = await store.counted(self._letters)
        await store.keep_figures(self._days, public_figures(figures), at=at)
        self._shown = await store.figures_before(self._days, civil_date(at))
        FIGURES_COUNTED.set(at.timestamp())
