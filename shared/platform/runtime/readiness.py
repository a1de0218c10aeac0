"""Whether this process has started, is alive, and may be sent work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Readiness:
    """What has to be so before this process may be sent work.

    A broker that leaves later makes nobody unready: what is told is kept, and sent when it is back.
    """

    parts: dict[str, bool] = field(
        default_factory=lambda: {"database": False, "broker": False, "consuming": False}
    )
    is_database_away: Callable[[], bool] = bool
    """Asked each time, since the database may leave after the start."""
    also: dict[str, Callable[[], bool]] = field(default_factory=dict)
    """What else has to be so, asked each time."""
    has_started: bool = False
    """Whether the database was reached, with its indexes; stays so when it leaves."""
    is_stuck: Callable[[], bool] = bool
    """Whether this process has stopped consuming, which only a restart cures."""
    is_stopping: Callable[[], bool] = bool
    """Whether the end has begun: what is under way is finished, and nothing new wanted."""

    async def __call__(self) -> Mapping[str, bool]:
        """Each part by name."""
        is_there = self.parts["database"] and not self.is_database_away()
        asked = {"database": is_there} | {one: ask() for one, ask in self.also.items()}
        stuck = {"consuming": False} if self.is_stuck() else {}
        return self.parts | asked | stuck | ({"staying": False} if self.is_stopping() else {})
