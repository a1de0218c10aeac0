"""Whether this process has started, is alive, and may be sent work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Readiness:
    """The conditions under which this process may be sent work.

    If the broker leaves after the start, the process stays ready: commands are stored, and sent
    when the broker is back.
    """

    parts: dict[str, bool] = field(
        default_factory=lambda: {"database": False, "broker": False, "consuming": False}
    )
    is_database_away: Callable[[], bool] = bool
    """Checked on each call, since the database may leave after the start."""
    also: dict[str, Callable[[], bool]] = field(default_factory=dict)
    """Further conditions, checked on each call."""
    has_started: bool = False
    """Whether the database was reached and has its indexes; stays true if the database leaves."""
    is_stuck: Callable[[], bool] = bool
    """Whether this process has stopped consuming, which only a restart cures."""
    is_stopping: Callable[[], bool] = bool
    """Whether shutdown has begun: current work is finished, and no new work accepted."""

    async def __call__(self) -> Mapping[str, bool]:
        """The state of each part by name."""
        is_there = self.parts["database"] and not self.is_database_away()
        checked = {"database": is_there} | {name: check() for name, check in self.also.items()}
        stuck = {"consuming": False} if self.is_stuck() else {}
        return self.parts | checked | stuck | ({"staying": False} if self.is_stopping() else {})
