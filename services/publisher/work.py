"""The publisher's own loops: counting what waits for an editor, and all letters for everyone."""

from __future__ import annotations

from datetime import datetime

from services.publisher import store
from services.publisher.domain.figures import Figures
from services.publisher.metrics import DRAFTS_WAITING, FIGURES_COUNTED
from shared.platform.clock import Now
from shared.platform.database import Collection
from shared.platform.looping import repeat

MOST_SHARE = 0.05
"""Of its time that may be spent on counting figures: every letter is looked at."""


class Counting:
    """Keeps the gauge of waiting drafts."""

    def __init__(self, letters: Collection, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._now = now
        self._pause_s = pause_s

    async def run(self) -> None:
        """Count until cancelled; a failing database is asked again."""
        await repeat(self.count, name="counting drafts", pause_s=self._pause_s)

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        DRAFTS_WAITING.set(await store.count_drafts(self._letters, self._now()))


class Figuring:
    """Keeps the figures: all letters are counted anew each time, so that none counts twice."""

    def __init__(self, letters: Collection, *, now: Now, pause_s: float) -> None:
        self._letters = letters
        self._now = now
        self._pause_s = pause_s
        self._counted: tuple[Figures, datetime] | None = None

    def latest(self) -> tuple[Figures, datetime] | None:
        """What was counted last, and when; none before the first time."""
        return self._counted

    async def run(self) -> None:
        """Count until cancelled, less often where it takes long; a failing database waits."""
        await repeat(
            self.count,
            name="counting figures",
            pause_s=lambda took_s: max(self._pause_s, took_s / MOST_SHARE),
        )

    async def count(self) -> None:
        """Count once. Raises: DatabaseFault."""
        at = self._now()
        self._counted = (await store.counted(self._letters), at)
        FIGURES_COUNTED.set(at.timestamp())
