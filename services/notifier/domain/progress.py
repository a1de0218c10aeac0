"""Facts of the router about a letter: its clocks, its holder, and whom it complains about."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.clocks import after
from services.notifier.domain.deliveries import DeliveryCause
from services.notifier.domain.delivery_queue import (
    DeliveryChanged,
    DeliveryQueued,
    without_pointless,
)
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.new_work import no_longer_theirs, work_messages
from services.notifier.domain.notification_policy import NotificationContext, level_messages
from services.notifier.domain.writer_messages import messages_to_writer
from shared.contracts import progress_v1
from shared.contracts.event import Fact


@dataclass(frozen=True)
class RecordProgress:
    """Record a fact of the router: keep its clocks, and notify writer and staff."""

    letter: str
    fact: Fact
    sequence: int
    event_id: str
    at: datetime


@dataclass(frozen=True)
class ProgressRecorded:
    """The router has stated a fact; its clocks are now ours."""

    fact: Fact
    sequence: int


ProgressEvents: TypeAlias = tuple[ProgressRecorded | DeliveryChanged | DeliveryQueued, ...]


def record_progress(command: RecordProgress, context: NotificationContext) -> ProgressEvents:
    """Record the fact, drop messages about work that is done, and queue new ones."""
    before, policy, fact = context.letter, context.policy, command.fact
    recorded = ProgressRecorded(fact, command.sequence)
    now = apply_progress(before, recorded)
    cause = DeliveryCause(f"{command.letter}/{command.event_id}", command.at)
    messages = (
        *messages_to_writer(fact, now, cause=cause, quiet=policy.quiet),
        *level_messages(fact, now, cause=cause, policy=policy),
        *work_messages(fact, now, before=before, cause=cause, quiet=policy.quiet),
    )
    changed = map(DeliveryChanged, no_longer_theirs(now, command.at))
    return recorded, *changed, *map(DeliveryQueued, messages)


def apply_progress(letter: NotifierLetter, event: ProgressRecorded) -> NotifierLetter:
    """Return the letter after a fact, without warnings that have become pointless."""
    fact = event.fact
    is_same = fact.assignment == letter.assignment and fact.holder == letter.holder
    moved = replace(
        letter,
        progress=event.sequence,
        holder=fact.holder,
        assignment=fact.assignment,
        unit=letter.unit if is_same else None,
        clocks=after(fact.clocks, letter.clocks),
    )
    return without_pointless(_described(moved, fact))


def _described(letter: NotifierLetter, fact: Fact) -> NotifierLetter:
    """Return the letter with what the fact says of who may see it, its policies and its unit."""
    match fact:
        case progress_v1.LetterReceived():
            received = replace(letter, policy_version=fact.policy_version)
            return replace(received, about=fact.about, excluded=fact.excluded)
        case progress_v1.LetterReclassified():
            return replace(letter, about=fact.about, excluded=fact.excluded)
        case progress_v1.ConflictDeclared():
            return replace(letter, conflicted=(*letter.conflicted, fact.staff))
        case progress_v1.LetterPassedOn(unit=unit):
            return replace(letter, unit=unit)
        case _:
            return letter
