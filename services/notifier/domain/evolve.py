"""What each event changes in the state of a letter: `evolve`, one table by type of event."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from services.notifier.domain import contact, delivery_queue, level_firing, own_clocks, progress
from services.notifier.domain.letter import NotifierLetter
from shared.contracts.deadlines_v1 import ClockFired

NotifierEvent: TypeAlias = (
    contact.ContactKept
    | progress.ProgressRecorded
    | own_clocks.OwnClocksChanged
    | ClockFired
    | level_firing.OwnLevelReached
    | delivery_queue.DeliveryQueued
    | delivery_queue.DeliveryChanged
)
"""Only `ClockFired` goes on a topic."""

FOLDS: Final[Mapping[type[NotifierEvent], Callable[[NotifierLetter, Any], NotifierLetter]]] = (
    MappingProxyType(
        {
            contact.ContactKept: contact.apply_contact,
            progress.ProgressRecorded: progress.apply_progress,
            own_clocks.OwnClocksChanged: own_clocks.apply_own_clocks,
            ClockFired: level_firing.apply_fired,
            level_firing.OwnLevelReached: level_firing.apply_own_level,
            delivery_queue.DeliveryQueued: delivery_queue.apply_queued,
            delivery_queue.DeliveryChanged: delivery_queue.apply_changed,
        }
    )
)
"""What each event changes; a test shows that none is missing."""


def evolve(letter: NotifierLetter, event: NotifierEvent) -> NotifierLetter:
    """Return the letter after `event`. Never refuses."""
    return FOLDS[type(event)](letter, event)
