"""The queue of a letter's messages: attempts to deliver them, and messages no longer needed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from services.notifier.domain.clocks import WatchedClock
from services.notifier.domain.deliveries import Delivery, replaces
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationContext
from shared.kernel.errors import NotFound

MOST_ENDED: Final = 50
"""How many messages to staff are kept after they have ended."""


@dataclass(frozen=True)
class NoteDelivered:
    """The gateway has accepted the message."""

    delivery: str


@dataclass(frozen=True)
class PostponeDelivery:
    """The gateway could not accept the message: try again at `until`."""

    delivery: str
    until: datetime


@dataclass(frozen=True)
class HoldDelivery:
    """It is quiet hours: try at `until`; until then the message is not late."""

    delivery: str
    until: datetime


@dataclass(frozen=True)
class RefuseDelivery:
    """The gateway will never accept the message; `code` says why."""

    delivery: str
    code: str


@dataclass(frozen=True)
class GiveUpDelivery:
    """The message has expired without being accepted; `code`: the gateway's last answer."""

    delivery: str
    at: datetime
    code: str


@dataclass(frozen=True)
class DeliveryQueued:
    """A message is to be sent."""

    delivery: Delivery


@dataclass(frozen=True)
class DeliveryChanged:
    """A message was attempted, moved to another desk, or dropped; its new state."""

    delivery: Delivery


Changes: TypeAlias = tuple[DeliveryChanged, ...]


def note_delivered(command: NoteDelivered, context: NotificationContext) -> Changes:
    """End the message as delivered."""
    return _changed(waiting(command.delivery, context.letter), standing="delivered")


def postpone(command: PostponeDelivery, context: NotificationContext) -> Changes:
    """Count a failed attempt. Nothing if the message has ended, like all rules here."""
    message = waiting(command.delivery, context.letter)
    return (DeliveryChanged(tried_again(message, command.until)),) if message else ()


def hold(command: HoldDelivery, context: NotificationContext) -> Changes:
    """Move the message to the end of the quiet hours; keep when it was first due, if attempted."""
    message, until = waiting(command.delivery, context.letter), command.until
    due_at = (message.due_at or message.queued_at) if message and message.attempts else None
    return _changed(message, queued_at=until, try_at=until, due_at=due_at)


def refuse(command: RefuseDelivery, context: NotificationContext) -> Changes:
    """End the message as refused."""
    message = waiting(command.delivery, context.letter)
    return _changed(message, standing="refused", code=command.code)


def give_up(command: GiveUpDelivery, context: NotificationContext) -> Changes:
    """End the message as given up."""
    message, at = waiting(command.delivery, context.letter), command.at
    return _changed(message, standing="given_up", code=command.code, given_up_at=at)


def waiting(delivery_id: str, letter: NotifierLetter) -> Delivery | None:
    """Return that message; None if it has ended: another process was faster. Raises: NotFound."""
    message = letter.delivery(delivery_id)
    if message is None:
        raise NotFound("delivery")
    return message if message.standing == "waiting" else None


def tried_again(message: Delivery, until: datetime) -> Delivery:
    """Return the message after a failed attempt, with the next one at `until`."""
    return replace(message, attempts=message.attempts + 1, try_at=until)


def _changed(message: Delivery | None, **fields: Any) -> Changes:
    if message is None:
        return ()
    changed: Delivery = replace(message, **fields)
    if changed.standing != "waiting":
        changed = replace(changed, secret=None)
    return (DeliveryChanged(changed),)


def apply_queued(letter: NotifierLetter, event: DeliveryQueued) -> NotifierLetter:
    """Return the letter with that message, without old ones to staff."""
    others = _without_replaced(letter.deliveries, event.delivery)
    return replace(letter, deliveries=(*_recent(others), event.delivery))


def apply_changed(letter: NotifierLetter, event: DeliveryChanged) -> NotifierLetter:
    """Return the letter with that message's new state."""
    others = _without_replaced(letter.deliveries, event.delivery)
    changed = (event.delivery if each.id == event.delivery.id else each for each in others)
    return replace(letter, deliveries=tuple(changed))


def without_pointless(letter: NotifierLetter) -> NotifierLetter:
    """Return the letter with warnings dropped whose clock has stopped, paused or moved."""
    running = {_run(clock) for clock in letter.clocks if not clock.is_paused}
    pointless = {each.id for each in letter.deliveries if _is_pointless(each, running)}
    return replace(letter, deliveries=_dropped(letter.deliveries, pointless))


def _without_replaced(deliveries: tuple[Delivery, ...], later: Delivery) -> tuple[Delivery, ...]:
    return _dropped(deliveries, {each.id for each in deliveries if replaces(later, each)})


def _dropped(deliveries: Iterable[Delivery], ids: set[str]) -> tuple[Delivery, ...]:
    return tuple(
        replace(each, standing="dropped") if each.id in ids else each for each in deliveries
    )


def _is_pointless(delivery: Delivery, running: set[tuple[object, ...]]) -> bool:
    about = delivery.details
    is_idle = (about.clock, about.round, about.by) not in running
    return delivery.standing == "waiting" and delivery.is_warning and is_idle


def _run(clock: WatchedClock) -> tuple[object, ...]:
    return clock.clock, clock.round, clock.due_on


def _recent(deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Return them without the oldest ended ones to staff, whose number has no bound."""
    ended = [each for each in deliveries if each.to is not None and each.standing != "waiting"]
    old = {each.id for each in ended[:-MOST_ENDED]} if len(ended) > MOST_ENDED else set()
    return tuple(each for each in deliveries if each.id not in old)
