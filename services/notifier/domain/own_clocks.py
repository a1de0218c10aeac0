"""Clocks that no router watches: of diversions, and of problems with publications."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from services.notifier.domain.clocks import DueLevel, after
from services.notifier.domain.deliveries import (
    Delivery,
    DeliveryCause,
    Desk,
    MessageDetails,
    StaffMessage,
)
from services.notifier.domain.delivery_queue import DeliveryQueued, without_pointless
from services.notifier.domain.duty_calls import call, last_page, since_first_tried
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationContext, NotificationPolicy
from services.notifier.domain.writer_messages import messages_to_writer
from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from shared.contracts.values import ClockChange, Level
from shared.contracts.vocabulary import ClockName
from shared.kernel.working_days import civil_date

OWN_CLOCKS: Final[frozenset[ClockName]] = frozenset(("diversion", "publication_problem"))
"""Their levels are announced at once, and proposed to nobody."""


@dataclass(frozen=True)
class RecordOtherEvent:
    """Record an event of intake or the publisher: keep its clock, and notify writer and staff."""

    letter: str
    event: Event
    event_id: str
    at: datetime


@dataclass(frozen=True)
class OwnClocksChanged:
    """Own clocks were started or stopped, by that event."""

    clocks: tuple[ClockChange, ...]
    event: str
    """`<letter>/<event id>`."""
    since: datetime | None = None
    """When the measured time began; for a diversion, when it was diverted."""
    repeats: str | None = None
    """For a diversion: the writer's first unseen one."""


OwnClockEvents: TypeAlias = tuple[OwnClocksChanged | DeliveryQueued, ...]


def record_other_event(command: RecordOtherEvent, context: NotificationContext) -> OwnClockEvents:
    """Change own clocks, and queue the messages about the event."""
    event, policy = command.event, context.policy
    changes = changes_of(event)
    cause = DeliveryCause(f"{command.letter}/{command.event_id}", command.at)
    changed = OwnClocksChanged(changes, cause.name, command.at)
    if isinstance(event, LetterDiverted):
        changed = replace(changed, since=event.diverted_at, repeats=event.repeats)
    messages = (
        *_start_messages(event, cause=cause, policy=policy),
        *messages_to_writer(event, context.letter, cause=cause, quiet=policy.quiet),
    )
    return *((changed,) if changes else ()), *map(DeliveryQueued, messages)


def apply_own_clocks(letter: NotifierLetter, event: OwnClocksChanged) -> NotifierLetter:
    """Return the letter with these clocks, without warnings that have become pointless."""
    clocks = after(event.clocks, letter.clocks, event=event.event, since=event.since)
    return without_pointless(
        replace(letter, clocks=clocks, repeats=event.repeats or letter.repeats)
    )


def changes_of(event: Event) -> tuple[ClockChange, ...]:
    """Return how the event changes own clocks."""
    match event:
        case LetterDiverted(clocks=()):
            page = Level(level="page", at=event.see_by)
            return (
                ClockChange(
                    clock="diversion",
                    change="started",
                    due_on=civil_date(event.see_by),
                    passes_at=event.see_by,
                    levels=(page,),
                ),
            )
        case DutySeen(clocks=()):
            return (ClockChange(clock="diversion", change="stopped"),)
        case (
            LetterDiverted(clocks=clocks)
            | DutySeen(clocks=clocks)
            | PublicationProblemReported(clocks=clocks)
            | PublicationProblemDecided(clocks=clocks)
        ):
            return clocks
        case _:
            return ()


def _start_messages(
    event: Event, *, cause: DeliveryCause, policy: NotificationPolicy
) -> Iterator[Delivery]:
    """Call the duty desk about a diversion at once; tell editors of a problem outside quiet hours.

    A repeat isn't called about while the writer's first diversion is unseen.
    """
    if isinstance(event, LetterDiverted) and event.repeats:
        return
    started = (change for change in changes_of(event) if change.change == "started")
    for change in started:
        details = MessageDetails(by=change.due_on, clock=change.clock, round=change.round)
        if change.clock == "diversion":
            yield call(replace(details, page=1), cause=cause, policy=policy)
        else:
            at = policy.quiet.after(cause.at)
            yield _to_editors(f"{cause.name}/editors", "problem", details, at)


def own_level_messages(
    level: DueLevel, letter: NotifierLetter, *, policy: NotificationPolicy
) -> Iterator[Delivery]:
    """Return the messages about a level that one of our own clocks has reached."""
    name = (level.clock, level.round)
    clock = next((each for each in letter.clocks if (each.clock, each.round) == name), None)
    if clock is None:
        return
    details = MessageDetails(
        by=level.due_on, clock=level.clock, round=level.round, level=level.level
    )
    if level.clock == "diversion":
        details = replace(details, page=last_page(letter) + 1)
        cause = DeliveryCause(clock.event, level.at)
        yield since_first_tried(call(details, cause=cause, policy=policy), letter)
    else:
        at = policy.quiet.after(level.at)
        yield _to_editors(f"{clock.event}/{level.level}/editors", "level", details, at)


def _to_editors(
    name: str, message: StaffMessage, details: MessageDetails, at: datetime
) -> Delivery:
    return Delivery(name, message, queued_at=at, try_at=at, to=Desk("editors"), details=details)
