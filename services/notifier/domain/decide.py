"""What each command causes: `decide`, which may refuse. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from services.notifier.domain.commands import (
    CallNextLevel,
    ClocksHeard,
    Command,
    ContactKept,
    DeliveryChanged,
    DeliveryQueued,
    FireClocks,
    GiveUpDelivery,
    Happening,
    HearOther,
    HearProgress,
    HoldDelivery,
    KeepContact,
    LevelTold,
    NoteDelivered,
    Outcome,
    PostponeDelivery,
    ProgressHeard,
    RefuseDelivery,
)
from services.notifier.domain.deliveries import Delivery
from services.notifier.domain.evolve import evolve
from services.notifier.domain.letter import OURS, DueLevel, Letter, due_levels
from services.notifier.domain.new_work import of_new_work, overtaken
from services.notifier.domain.notification_policy import Book
from services.notifier.domain.own_clocks import (
    changes_of,
    next_call,
    of_level,
    of_next_level,
    of_other,
    of_own_level,
)
from services.notifier.domain.writer_messages import to_writer
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.diverted_v1 import LetterDiverted
from shared.kernel.errors import NotFound, OutOfOrder


def decide(command: Command, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    """What `command` causes to `letter`; `book`: who is told of which level, and when.

    Raises: OutOfOrder, when no level is due (a refusal, so that the shell does not remember a
    firing that fired nothing and hold it against a later one); NotFound, for an unknown delivery.
    """
    match command:
        case KeepContact(contact, lang):
            return (ContactKept(contact, lang or letter.lang),)
        case HearProgress():
            return _hear_progress(command, letter, book=book)
        case HearOther():
            return _hear_other(command, letter, book=book)
        case FireClocks():
            return _fire(command, letter, book=book)
        case (
            NoteDelivered()
            | PostponeDelivery()
            | HoldDelivery()
            | RefuseDelivery()
            | GiveUpDelivery()
            | CallNextLevel()
        ):
            return _end_attempt(command, letter, book=book)
        case _:
            assert_never(command)


def _hear_progress(command: HearProgress, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    heard = ProgressHeard(command.fact, command.sequence)
    now = evolve(letter, heard)
    told = (
        *to_writer(command, now, quiet=book.quiet),
        *of_level(command, now, book=book),
        *of_new_work(command, now, before=letter, quiet=book.quiet),
    )
    changed = map(DeliveryChanged, overtaken(now, command.at))
    return heard, *changed, *map(DeliveryQueued, told)


def _hear_other(command: HearOther, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    changes = changes_of(command.event)
    name = f"{command.letter}/{command.event_id}"
    said = command.event
    heard = ClocksHeard(changes, name, command.at)
    if isinstance(said, LetterDiverted):
        heard = replace(heard, since=said.diverted_at, repeats=said.repeats)
    told = (*of_other(command, book=book), *to_writer(command, letter, quiet=book.quiet))
    return *((heard,) if changes else ()), *map(DeliveryQueued, told)


def _fire(command: FireClocks, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    """Proposals to the router; levels of our own clocks are told without asking anyone."""
    due = due_levels(letter.clocks, command.now)
    if not due:
        raise OutOfOrder("no level is due")
    events: list[Happening] = []
    for level in due:
        if level.clock not in OURS:
            events.append(_fired(level, letter))
            continue
        events.append(LevelTold(level, next_call(level, command.now, book=book)))
        if not command.is_repeat:
            events += map(DeliveryQueued, of_own_level(level, letter, book=book))
    return tuple(events)


def _fired(level: DueLevel, letter: Letter) -> ClockFired:
    return ClockFired(
        clock=level.clock,
        round=level.round,
        level=level.level,
        due_on=level.due_on,
        passed_at=level.at,
        progress_sequence=letter.progress,
    )


def _end_attempt(command: Outcome, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    """Nothing when the delivery has ended before: another process was faster."""
    delivery = letter.delivery(command.delivery)
    if delivery is None:
        raise NotFound("delivery")
    if delivery.standing != "waiting":
        return ()
    changed = DeliveryChanged(_after(command, delivery))
    if not isinstance(command, CallNextLevel):
        return (changed,)
    told = of_next_level(delivery, letter, at=command.at, book=book)
    return changed, *map(DeliveryQueued, told)


def _after(command: Outcome, delivery: Delivery) -> Delivery:
    match command:
        case NoteDelivered():
            return replace(delivery, standing="delivered")
        case PostponeDelivery(until=until) | CallNextLevel(until=until):
            return replace(delivery, attempts=delivery.attempts + 1, try_at=until)
        case HoldDelivery(until=until):
            return _held(delivery, until)
        case RefuseDelivery(code=code):
            return replace(delivery, standing="refused", code=code)
        case GiveUpDelivery(at=at, code=code):
            return replace(delivery, standing="given_up", code=code, given_up_at=at)
        case _:
            assert_never(command)


def _held(delivery: Delivery, until: datetime) -> Delivery:
    """Not late before then; its life began when it was first due, if it was tried at all."""
    due_at = (delivery.due_at or delivery.queued_at) if delivery.attempts else None
    return replace(delivery, queued_at=until, try_at=until, due_at=due_at)
