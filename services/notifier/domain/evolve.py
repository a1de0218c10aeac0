"""What each event leaves behind: `evolve`, which never refuses. Pure."""

from dataclasses import replace
from typing import assert_never

from services.notifier.domain.clocks import after, proposed, told
from services.notifier.domain.commands import (
    ClocksHeard,
    ContactKept,
    DeliveryChanged,
    DeliveryQueued,
    Happening,
    LevelTold,
    ProgressHeard,
)
from services.notifier.domain.deliveries import Delivery, takes_its_place
from services.notifier.domain.letter import Letter, RunningClock
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterPassedOn, LetterReceived, LetterReclassified

MOST_TOLD = 50
"""Messages to staff that are kept once they have ended."""


def evolve(letter: Letter, event: Happening) -> Letter:
    """The letter that `event` leaves behind."""
    match event:
        case ContactKept():
            return replace(letter, was_submitted=True, contact=event.contact, lang=event.lang)
        case ProgressHeard():
            return _heard(letter, event)
        case ClocksHeard(clocks, event_id, since, repeats):
            running = after(clocks, letter.clocks, event=event_id, since=since)
            heard = replace(letter, clocks=running, repeats=repeats or letter.repeats)
            return _without_warnings(heard)
        case ClockFired():
            return replace(letter, clocks=tuple(proposed(event, one) for one in letter.clocks))
        case LevelTold(level, again_at):
            ours = (told(level, one, again_at=again_at) for one in letter.clocks)
            return replace(letter, clocks=tuple(ours))
        case DeliveryQueued(delivery):
            others = _without_replaced(letter.deliveries, delivery)
            return replace(letter, deliveries=(*_recent(others), delivery))
        case DeliveryChanged(delivery):
            others = _without_replaced(letter.deliveries, delivery)
            all_ = (delivery if one.id == delivery.id else one for one in others)
            return replace(letter, deliveries=tuple(all_))
        case _:
            assert_never(event)


def _heard(letter: Letter, event: ProgressHeard) -> Letter:
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
    return _without_warnings(_described(moved, fact))


def _described(letter: Letter, fact: Fact) -> Letter:
    """The letter with whom it complains of and who works on it, where that is said."""
    match fact:
        case LetterReceived():
            said = replace(letter, policy_version=fact.policy_version)
            return replace(said, about=fact.about, excluded=fact.excluded)
        case LetterReclassified():
            return replace(letter, about=fact.about, excluded=fact.excluded)
        case LetterPassedOn(unit=unit):
            return replace(letter, unit=unit)
        case _:
            return letter


def _without_warnings(letter: Letter) -> Letter:
    """Nobody is warned any more of what can't happen: its clock has stopped or has another day."""
    running = {_run(one) for one in letter.clocks if not one.is_paused}
    return replace(
        letter,
        deliveries=tuple(
            replace(one, standing="dropped") if _is_pointless(one, running) else one
            for one in letter.deliveries
        ),
    )


def _without_replaced(deliveries: tuple[Delivery, ...], later: Delivery) -> tuple[Delivery, ...]:
    """With the calls dropped that a later one takes the place of."""
    return tuple(
        replace(one, standing="dropped") if takes_its_place(later, one) else one
        for one in deliveries
    )


def _is_pointless(delivery: Delivery, running: set[tuple[object, ...]]) -> bool:
    about = delivery.details
    is_idle = (about.clock, about.round, about.by) not in running
    return delivery.standing == "waiting" and delivery.is_warning and is_idle


def _run(clock: RunningClock) -> tuple[object, ...]:
    return clock.clock, clock.round, clock.due_on


def _recent(deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Without the oldest of what staff were told, of which there may be any number."""
    ended = [one for one in deliveries if one.to is not None and one.standing != "waiting"]
    old = {one.id for one in ended[:-MOST_TOLD]} if len(ended) > MOST_TOLD else set()
    return tuple(one for one in deliveries if one.id not in old)
