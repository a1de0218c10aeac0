"""Calls to the duty desk about a diversion, level by level until somebody has seen it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.clocks import DueLevel
from services.notifier.domain.deliveries import (
    Delivery,
    DeliveryCause,
    Desk,
    MessageDetails,
    replaces,
)
from services.notifier.domain.delivery_queue import (
    DeliveryChanged,
    DeliveryQueued,
    tried_again,
    waiting,
)
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationContext, NotificationPolicy
from shared.kernel.working_days import civil_date

QueueChanges: TypeAlias = tuple[DeliveryChanged | DeliveryQueued, ...]


@dataclass(frozen=True)
class CallNextLevel:
    """Somebody on duty can't be called: call the next level too, and these again at `until`."""

    delivery: str
    at: datetime
    until: datetime


def call_next_level(command: CallNextLevel, context: NotificationContext) -> QueueChanges:
    """Count a failed attempt, and call the next level, if there is one, once."""
    message = waiting(command.delivery, context.letter)
    if message is None:
        return ()
    changed = DeliveryChanged(tried_again(message, command.until))
    following = _next_level(message, context, at=command.at)
    return changed, *map(DeliveryQueued, following)


def _next_level(
    message: Delivery, context: NotificationContext, *, at: datetime
) -> Iterator[Delivery]:
    details = replace(message.details, page=message.details.page + 1)
    cause = DeliveryCause(message.id.rpartition("/page-")[0], at)
    following = call(details, cause=cause, policy=context.policy)
    if following.to != message.to and details.page > last_page(context.letter):
        yield following


def call(details: MessageDetails, *, cause: DeliveryCause, policy: NotificationPolicy) -> Delivery:
    """Return the call of that page to the desk whose turn it is, at any hour."""
    desk, _ = policy.called(details.page, on=details.by or civil_date(cause.at))
    return Delivery(
        f"{cause.name}/page-{details.page}",
        "page",
        queued_at=cause.at,
        try_at=cause.at,
        to=Desk(desk),
        details=details,
    )


def next_call_at(level: DueLevel, now: datetime, *, policy: NotificationPolicy) -> datetime | None:
    """Return when to call again if nobody sees the diversion; None for other clocks.

    Calls that were missed during a downtime are skipped: the next one follows `now`.
    """
    if level.clock != "diversion":
        return None
    _, every = policy.called(1, on=level.due_on)
    return level.at + ((now - level.at) // every + 1) * every


def last_page(letter: NotifierLetter) -> int:
    """Return the number of the last call; for a repeat, the first call was about the original."""
    none = 1 if letter.repeats else 0
    return max((message.details.page for message in letter.deliveries), default=none)


def since_first_tried(later: Delivery, letter: NotifierLetter) -> Delivery:
    """Return `later`, as old as the waiting call to the same desk that it replaces."""
    replaced = (message for message in letter.waiting if replaces(later, message))
    queued = (message.queued_at for message in replaced)
    return replace(later, queued_at=min(queued, default=later.queued_at))
