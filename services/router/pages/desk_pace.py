"""How long a clerk takes for a letter at the triage desk, shown to that clerk alone.

In this process's memory and for today only: it is for the clerk, and nobody can look it up.
"""

from collections import deque
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple

from shared.kernel.working_days import civil_date

MOST_KEPT: Final = 300
LONGEST: Final = timedelta(minutes=30)
"""A letter that was open for longer had been left alone."""


class ClerkPace(NamedTuple):
    """Today's pace of one clerk."""

    letters: int
    median_s: float


class DeskPace:
    """The times of all clerks of one process."""

    def __init__(self) -> None:
        self._times: dict[str, deque[tuple[datetime, float]]] = {}

    def note(self, staff: str, *, since: datetime | None, now: datetime) -> None:
        """Note that a clerk has decided about a letter that they had since then."""
        if since is not None and timedelta() <= now - since <= LONGEST:
            times = self._times.setdefault(staff, deque(maxlen=MOST_KEPT))
            times.append((now, (now - since).total_seconds()))

    def today(self, staff: str, now: datetime) -> ClerkPace | None:
        """Return the clerk's pace today; None before the first letter."""
        today = civil_date(now)
        times = [took for at, took in self._times.get(staff, ()) if civil_date(at) == today]
        return ClerkPace(len(times), median(times)) if times else None
