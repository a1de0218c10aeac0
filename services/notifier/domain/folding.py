"""What each event leaves behind: `evolve`, which never refuses. Pure.

A level is proposed once for each round and due date of its clock: when a moved clock comes back to
a date for which a level was proposed before, that level is not proposed again.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from services.notifier.domain.commands import (
    ContactKept,
    DeliveryChanged,
    DeliveryQueued,
    Happening,
    ProgressHeard,
)
from services.notifier.domain.letter import Letter, RunningClock
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReceived
from shared.contracts.values import ClockChange


def evolve(letter: Letter, event: Happening) -> Letter:
    """The letter that `event` leaves behind."""
    match event:
        case ContactKept():
            return replace(letter, was_submitted=True, contact=event.contact, lang=event.lang)
        case ProgressHeard():
            clocks = after(event.fact.clocks, letter.clocks)
            heard = replace(letter, progress=event.sequence, clocks=clocks)
            return _received(heard, event.fact)
        case ClockFired():
            return replace(letter, clocks=tuple(_proposed(event, one) for one in letter.clocks))
        case DeliveryQueued(delivery):
            return replace(letter, deliveries=(*letter.deliveries, delivery))
        case DeliveryChanged(delivery):
            now = (delivery if one.id == delivery.id else one for one in letter.deliveries)
            return replace(letter, deliveries=tuple(now))
        case _:
            assert_never(event)


def _received(letter: Letter, fact: Fact) -> Letter:
    """The letter, with whom it complains of, once that is said."""
    if not isinstance(fact, LetterReceived):
        return letter
    return replace(letter, about=fact.about, excluded=fact.excluded)


def after(
    changes: Iterable[ClockChange], running: tuple[RunningClock, ...]
) -> tuple[RunningClock, ...]:
    """The clocks that there are once `changes` are made, in the order of their starts."""
    clocks = {one.clock: one for one in running}
    for change in changes:
        changed = _changed(change, clocks.get(change.clock))
        if changed is None:
            clocks.pop(change.clock, None)
        else:
            clocks[change.clock] = changed
    return tuple(clocks.values())


def _changed(change: ClockChange, before: RunningClock | None) -> RunningClock | None:
    """The clock after `change`; none when it does not run any more."""
    if change.change == "stopped":
        return None
    if change.change == "paused":
        return replace(before, is_paused=True) if before else None
    if change.due_on is None or change.passes_at is None:
        return replace(before, is_paused=False) if before else None
    fired = before.fired if before and before.round == change.round else ()
    return RunningClock(
        change.clock,
        change.round,
        change.due_on,
        change.passes_at,
        levels=tuple(one for one in change.levels if (one.level, change.due_on) not in fired),
        fired=fired,
    )


def _proposed(event: ClockFired, clock: RunningClock) -> RunningClock:
    if (clock.clock, clock.round, clock.due_on) != (event.clock, event.round, event.due_on):
        return clock
    return replace(
        clock,
        levels=tuple(one for one in clock.levels if one.level != event.level),
        fired=(*clock.fired, (event.level, event.due_on)),
    )
