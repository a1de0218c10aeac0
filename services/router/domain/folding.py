"""What each fact leaves behind: `evolve`, which never refuses. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.router.domain.dues import after
from services.router.domain.letter import Letter, Nothing, RouterState, RunningClock
from services.router.domain.standing import ended
from shared.contracts.bureau_v1 import LetterIdentity, LetterSnapshot
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterEscalated,
    LetterRated,
    LetterReceived,
    LetterReplied,
    LetterRouted,
    RequestRefused,
    TriageEntered,
)
from shared.contracts.values import Attachment, ClockChange
from shared.contracts.vocabulary import ClockName
from shared.contracts.words import LetterText


@dataclass(frozen=True)
class LetterKept:
    """What the router keeps of a letter besides what it says of it. Goes on no topic."""

    words: LetterText | None
    attachments: tuple[Attachment, ...]


def evolve(state: RouterState, event: object) -> RouterState:
    """The state that `event` leaves behind.

    A fact is a fact: one that changes nothing is no error.
    """
    match state, event:
        case Nothing(), LetterReceived():
            return _clocked(_received(event), event.clocks)
        case Letter(), LetterKept():
            return replace(state, words=event.words, attachments=event.attachments)
        case Letter(), RequestRefused() | LetterIdentity() | LetterSnapshot():
            return state
        case Letter(), Fact():
            return _clocked(_changed(_moved(state, event), event), event.clocks)
        case _:
            return state


def _received(event: LetterReceived) -> Letter:
    return Letter(
        received_at=event.received_at,
        category=event.category,
        police_type=event.police_type,
        place=event.place,
        addressed_to=event.addressed_to,
        attachments=(),
        words=None,
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        receipt=event.receipt,
        about=event.about,
        excluded=event.excluded,
        facts=1,
    )


def _moved(letter: Letter, event: Fact) -> Letter:
    """What every fact says: the letter's state, its holder, and which holding that is."""
    held = ended(letter, event)
    return replace(
        letter,
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        facts=letter.facts + 1,
        held=(*letter.held, *held),
        unit=None if held else letter.unit,
    )


def _changed(letter: Letter, event: Fact) -> Letter:
    """What only some facts say."""
    match event:
        case TriageEntered():
            return replace(letter, triage_reasons=event.reasons)
        case LetterRouted():
            return replace(letter, masked=event.masked, triage_reasons=())
        case LetterReplied():
            return replace(letter, replies=event.reply, outcome=event.outcome)
        case LetterRated():
            return replace(letter, solved=event.solved)
        case LetterEscalated():
            return replace(letter, clocks=_without_level(letter, event))
        case _:
            return letter


def _clocked(letter: Letter, changes: Iterable[ClockChange]) -> Letter:
    rounds: dict[ClockName, int] = dict(letter.rounds)
    changes = tuple(changes)
    rounds.update({one.clock: one.round for one in changes if one.change == "started"})
    return replace(letter, clocks=after(changes, letter.clocks), rounds=tuple(rounds.items()))


def _without_level(letter: Letter, event: LetterEscalated) -> tuple[RunningClock, ...]:
    return tuple(
        replace(clock, levels=tuple(level for level in clock.levels if level != event.level))
        if clock.clock == event.clock
        else clock
        for clock in letter.clocks
    )
