"""Which clocks run after a change, and which of their levels are still to come? Pure.

A level is proposed once for each round and due date of its clock: when a moved clock comes back to
a date for which a level was proposed before, that level is not proposed again. But where a wait has
put it off, what was proposed for the earlier instant was stale: it is proposed for the later one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from services.notifier.domain.letter import DueLevel, RunningClock
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.values import ClockChange, Level


def after(
    changes: Iterable[ClockChange],
    running: tuple[RunningClock, ...],
    *,
    event: str = "",
    since: datetime | None = None,
) -> tuple[RunningClock, ...]:
    """The clocks that there are once `changes` are made, in the order of their starts.

    Several rounds of one clock may run at a time: each promise and each instruction has its own.
    """
    clocks = {(one.clock, one.round): one for one in running}
    for change in changes:
        name = (change.clock, change.round)
        changed = _changed(change, clocks.get(name), event=event, since=since)
        if changed is None:
            clocks.pop(name, None)
        else:
            clocks[name] = changed
    return tuple(clocks.values())


def proposed(event: ClockFired | DueLevel, clock: RunningClock) -> RunningClock:
    """The clock once that level of it was proposed or told; other clocks stay as they are."""
    if (clock.clock, clock.round, clock.due_on) != (event.clock, event.round, event.due_on):
        return clock
    at = event.passed_at if isinstance(event, ClockFired) else event.at
    return replace(
        clock,
        levels=tuple(one for one in clock.levels if one.level != event.level),
        fired=tuple(dict.fromkeys((*clock.fired, (event.level, event.due_on)))),
        proposed_at=tuple((dict(clock.proposed_at) | {event.level: at}).items()),
    )


def told(level: DueLevel, clock: RunningClock, *, again_at: datetime | None) -> RunningClock:
    """As `proposed`; a level that is told again stays to come."""
    then = proposed(level, clock)
    if then is clock or again_at is None:
        return then
    again = Level(level=level.level, at=again_at)
    return replace(then, levels=(*then.levels, again))


def _changed(
    change: ClockChange, before: RunningClock | None, *, event: str, since: datetime | None
) -> RunningClock | None:
    """The clock after `change`; none when it does not run any more."""
    if change.change == "stopped":
        return None
    if change.change == "paused":
        return replace(before, is_paused=True) if before else None
    if change.due_on is None or change.passes_at is None:
        is_paused = change.change == "moved" and before is not None and before.is_paused
        return replace(before, is_paused=is_paused) if before else None
    return RunningClock(
        change.clock,
        change.round,
        change.due_on,
        change.passes_at,
        levels=tuple(one for one in change.levels if not _is_done(one, change.due_on, before)),
        fired=before.fired if before else (),
        proposed_at=before.proposed_at if before else (),
        is_paused=change.change == "moved" and before is not None and before.is_paused,
        event=before.event if before else event,
        since=before.since if before else since,
    )


def _is_done(level: Level, due_on: date, before: RunningClock | None) -> bool:
    """Whether that level was proposed for that due date, and for no earlier instant."""
    if before is None or (level.level, due_on) not in before.fired:
        return False
    return level.at <= dict(before.proposed_at).get(level.level, level.at)
