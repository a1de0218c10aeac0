"""What each command causes: `decide`, one table by type of command."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from services.notifier.domain import (
    contact,
    delivery_queue,
    duty_calls,
    level_firing,
    own_clocks,
    progress,
)
from services.notifier.domain.evolve import NotifierEvent
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationContext, NotificationPolicy

Outcome: TypeAlias = (
    delivery_queue.NoteDelivered
    | delivery_queue.PostponeDelivery
    | delivery_queue.HoldDelivery
    | delivery_queue.RefuseDelivery
    | delivery_queue.GiveUpDelivery
    | duty_calls.CallNextLevel
)
"""How an attempt to deliver a message ended."""
Command: TypeAlias = (
    contact.KeepContact
    | progress.RecordProgress
    | own_clocks.RecordOtherEvent
    | level_firing.FireClocks
    | Outcome
)
Rule: TypeAlias = Callable[[Any, NotificationContext], tuple[NotifierEvent, ...]]

RULES: Final[Mapping[type[Command], Rule]] = MappingProxyType(
    {
        contact.KeepContact: contact.keep_contact,
        progress.RecordProgress: progress.record_progress,
        own_clocks.RecordOtherEvent: own_clocks.record_other_event,
        level_firing.FireClocks: level_firing.fire,
        delivery_queue.NoteDelivered: delivery_queue.note_delivered,
        delivery_queue.PostponeDelivery: delivery_queue.postpone,
        delivery_queue.HoldDelivery: delivery_queue.hold,
        delivery_queue.RefuseDelivery: delivery_queue.refuse,
        delivery_queue.GiveUpDelivery: delivery_queue.give_up,
        duty_calls.CallNextLevel: duty_calls.call_next_level,
    }
)
"""The rule for each command; a test shows that none is missing."""


def decide(
    command: Command, letter: NotifierLetter, *, policy: NotificationPolicy
) -> tuple[NotifierEvent, ...]:
    """Return what `command` causes in `letter`; nothing if it has already happened.

    Raises: OutOfOrder, if no level is due; NotFound, for an unknown delivery.
    """
    return RULES[type(command)](command, NotificationContext(letter, policy))
