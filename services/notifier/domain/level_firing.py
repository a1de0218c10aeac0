"""Levels that clocks have reached: proposed to the router, or announced if the clock is our own."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.clocks import DueLevel, announced, due_levels, proposed
from services.notifier.domain.delivery_queue import DeliveryQueued
from services.notifier.domain.duty_calls import next_call_at
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationContext
from services.notifier.domain.own_clocks import OWN_CLOCKS, own_level_messages
from shared.contracts.deadlines_v1 import ClockFired
from shared.kernel.errors import OutOfOrder


@dataclass(frozen=True)
class FireClocks:
    """Propose or announce every level that was reached by `now`."""

    now: datetime
    is_repeat: bool = False
    """Whether the desk is called about another diversion of the same writer instead."""


@dataclass(frozen=True)
class OwnLevelReached:
    """One of our own clocks has reached a level, which is announced."""

    level: DueLevel
    again_at: datetime | None = None
    """When it is announced again unless the clock stops."""


Fired: TypeAlias = tuple[ClockFired | OwnLevelReached | DeliveryQueued, ...]


def fire(command: FireClocks, context: NotificationContext) -> Fired:
    """Propose the router's levels, and announce our own.

    Raises: OutOfOrder, if no level is due. It is a refusal, because the shell stores the ids of
    commands that succeed: an early firing must not make a later one count as a repetition.
    """
    letter, policy = context.letter, context.policy
    due = due_levels(letter.clocks, command.now)
    if not due:
        raise OutOfOrder("no level is due")
    events: list[ClockFired | OwnLevelReached | DeliveryQueued] = []
    for level in due:
        if level.clock not in OWN_CLOCKS:
            events.append(_fired(level, letter))
            continue
        events.append(OwnLevelReached(level, next_call_at(level, command.now, policy=policy)))
        if not command.is_repeat:
            events += map(DeliveryQueued, own_level_messages(level, letter, policy=policy))
    return tuple(events)


def _fired(level: DueLevel, letter: NotifierLetter) -> ClockFired:
    return ClockFired(
        clock=level.clock,
        round=level.round,
        level=level.level,
        due_on=level.due_on,
        passed_at=level.at,
        progress_sequence=letter.progress,
    )


def apply_fired(letter: NotifierLetter, event: ClockFired) -> NotifierLetter:
    """Return the letter with that level proposed."""
    return replace(letter, clocks=tuple(proposed(event, clock) for clock in letter.clocks))


def apply_own_level(letter: NotifierLetter, event: OwnLevelReached) -> NotifierLetter:
    """Return the letter with that level announced."""
    clocks = (announced(event.level, clock, again_at=event.again_at) for clock in letter.clocks)
    return replace(letter, clocks=tuple(clocks))
