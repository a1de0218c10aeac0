"""What each command causes: `decide`, which may refuse. Pure."""

from dataclasses import replace
from typing import assert_never

from services.notifier.domain.commands import (
    Command,
    ContactKept,
    DeliveryChanged,
    DeliveryQueued,
    FireClocks,
    Happening,
    HearProgress,
    KeepContact,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    ProgressHeard,
    RefuseDelivery,
)
from services.notifier.domain.letter import Delivery, DueLevel, Letter, due_levels
from services.notifier.domain.messages import MESSAGES
from shared.contracts.deadlines_v1 import ClockFired
from shared.kernel.errors import NotFound, OutOfOrder


def decide(command: Command, letter: Letter) -> tuple[Happening, ...]:
    """What `command` causes to `letter`.

    Raises: OutOfOrder, when no level is due (a refusal, so that the shell does not remember a
    firing that fired nothing and hold it against a later one); NotFound, for an unknown delivery.
    """
    match command:
        case KeepContact():
            return (ContactKept(command.contact, command.lang),)
        case HearProgress():
            return (ProgressHeard(command.fact, command.sequence), *_to_tell(command))
        case FireClocks():
            return _fire(command, letter)
        case NoteDelivered() | PostponeDelivery() | RefuseDelivery():
            return _end_attempt(command, letter)
        case _:
            assert_never(command)


def _to_tell(command: HearProgress) -> tuple[DeliveryQueued, ...]:
    """The message for which `command` is the reason, if there is one."""
    message = MESSAGES.get(type(command.fact))
    if message is None:
        return ()
    name = f"{command.letter}/{command.event_id}"
    return (DeliveryQueued(Delivery(name, message, queued_at=command.at, try_at=command.at)),)


def _fire(command: FireClocks, letter: Letter) -> tuple[ClockFired, ...]:
    due = due_levels(letter.clocks, command.now)
    if not due:
        raise OutOfOrder("no level is due")
    return tuple(_fired(level, letter) for level in due)


def _fired(level: DueLevel, letter: Letter) -> ClockFired:
    return ClockFired(
        clock=level.clock,
        round=level.round,
        level=level.level,
        due_on=level.due_on,
        passed_at=level.at,
        progress_sequence=letter.progress,
    )


def _end_attempt(command: Outcome, letter: Letter) -> tuple[DeliveryChanged, ...]:
    """Nothing when the delivery has ended before: another process was faster."""
    delivery = letter.delivery(command.delivery)
    if delivery is None:
        raise NotFound("delivery")
    if delivery.standing != "waiting":
        return ()
    return (DeliveryChanged(_after(command, delivery)),)


def _after(command: Outcome, delivery: Delivery) -> Delivery:
    match command:
        case NoteDelivered():
            return replace(delivery, standing="delivered")
        case PostponeDelivery(until=until):
            return replace(delivery, attempts=delivery.attempts + 1, try_at=until)
        case RefuseDelivery(code=code):
            return replace(delivery, standing="refused", code=code)
        case _:
            assert_never(command)
