"""Bodies of the route for running clocks."""

from datetime import date, datetime

from pydantic import BaseModel

from services.notifier.domain.clocks import WatchedClock
from shared.contracts.vocabulary import ClockName, LevelName


class ClockShown(BaseModel):
    """A clock as a supervisor sees it."""

    clock: ClockName
    round: int
    due_on: date
    """Civil date of Asia/Shanghai."""
    passes_at: datetime
    is_paused: bool
    proposed: tuple[LevelName, ...]
    """Levels of this round that were proposed to the router."""


class LetterShown(BaseModel):
    """A letter and its clocks."""

    letter: str
    passes_at: datetime
    """When its first clock passes."""
    clocks: tuple[ClockShown, ...]


class ClocksShown(BaseModel):
    """One page, the most urgent letter first."""

    letters: tuple[LetterShown, ...]
    next: str | None
    """Pass this as `after` to get the next page."""


def clock_shown(clock: WatchedClock) -> ClockShown:
    """Return the clock as a supervisor sees it."""
    return ClockShown(
        clock=clock.clock,
        round=clock.round,
        due_on=clock.due_on,
        passes_at=clock.passes_at,
        is_paused=clock.is_paused,
        proposed=tuple(level for level, _ in clock.fired),
    )
