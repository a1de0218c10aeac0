"""Clocks: which of them run after a change, and which of their levels are still to come.

A level is proposed once for each round and due date of its clock: if a clock moves away from a date
and back to it, levels that were proposed for that date are not proposed again. The exception is a
level that a pause has postponed: it is proposed again for the later instant.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.values import ClockChange, Level
from shared.contracts.vocabulary import ClockName, LevelName
from shared.kernel.running_clocks import apply_clock_events


@dataclass(frozen=True)
class WatchedClock:
    """A clock that runs or is paused, with the levels that are still to come."""

    clock: ClockName
    round: int
    due_on: date
    """It runs until 24:00 of this day in Asia/Shanghai."""
    passes_at: datetime
    levels: tuple[Level, ...] = ()
    fired: tuple[tuple[LevelName, date], ...] = ()
    """Levels of this round that were proposed, each with the due date that it was proposed for."""
    proposed_at: tuple[tuple[LevelName, datetime], ...] = ()
    """The instant for which each level was proposed last; a pause postpones later levels."""
    is_paused: bool = False
    event: str = ""
    """For own clocks: `<letter>/<id of the event that started it>`, a prefix of message ids."""
    since: datetime | None = None
    """For own clocks: when the measured time began."""


@dataclass(frozen=True)
class DueLevel:
    """A level whose instant has come."""

    clock: ClockName
    round: int
    level: LevelName
    due_on: date
    at: datetime

    @property
    def name(self) -> str:
        """A name unique among the levels of a letter, and the same each time the level is found."""
        return f"{self.clock}:{self.round}:{self.level}:{self.due_on}:{self.at:%Y%m%dT%H%M%S}"


def levels_to_come(clocks: Iterable[WatchedClock]) -> Iterable[DueLevel]:
    """Return all levels of running clocks that were not proposed yet."""
    return (
        DueLevel(clock.clock, clock.round, level.level, clock.due_on, level.at)
        for clock in clocks
        if not clock.is_paused
        for level in clock.levels
    )


def due_levels(clocks: Iterable[WatchedClock], now: datetime) -> tuple[DueLevel, ...]:
    """Return the levels that were reached by `now` and not proposed yet, earliest first."""
    due = (level for level in levels_to_come(clocks) if level.at <= now)
    return tuple(sorted(due, key=lambda level: level.at))


def after(
    changes: Iterable[ClockChange],
    running: tuple[WatchedClock, ...],
    *,
    event: str = "",
    since: datetime | None = None,
) -> tuple[WatchedClock, ...]:
    """Return the clocks after `changes`, in the order of their starts."""

    def counted(
        change: ClockChange, before: WatchedClock | None, due_on: date, passes_at: datetime
    ) -> WatchedClock:
        return WatchedClock(
            change.clock,
            change.round,
            due_on,
            passes_at,
            levels=tuple(level for level in change.levels if not _is_done(level, due_on, before)),
            fired=before.fired if before else (),
            proposed_at=before.proposed_at if before else (),
            event=before.event if before else event,
            since=before.since if before else since,
        )

    return apply_clock_events(changes, running, counted=counted)


def proposed(event: ClockFired | DueLevel, clock: WatchedClock) -> WatchedClock:
    """Return the clock after that level was proposed or announced; other clocks are unchanged."""
    if (clock.clock, clock.round, clock.due_on) != (event.clock, event.round, event.due_on):
        return clock
    at = event.passed_at if isinstance(event, ClockFired) else event.at
    return replace(
        clock,
        levels=tuple(level for level in clock.levels if level.level != event.level),
        fired=tuple(dict.fromkeys((*clock.fired, (event.level, event.due_on)))),
        proposed_at=tuple((dict(clock.proposed_at) | {event.level: at}).items()),
    )


def announced(level: DueLevel, clock: WatchedClock, *, again_at: datetime | None) -> WatchedClock:
    """Return the clock as `proposed` does; with `again_at`, the level comes again then."""
    then = proposed(level, clock)
    if then is clock or again_at is None:
        return then
    again = Level(level=level.level, at=again_at)
    return replace(then, levels=(*then.levels, again))


def _is_done(level: Level, due_on: date, before: WatchedClock | None) -> bool:
    """Whether that level was proposed for that due date, and for no earlier instant."""
    if before is None or (level.level, due_on) not in before.fired:
        return False
    return level.at <= dict(before.proposed_at).get(level.level, level.at)
