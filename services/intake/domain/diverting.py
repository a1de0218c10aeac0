"""What do the writer and the duty desk make of a diverted emergency? Its rules. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.intake.domain.commands import EraseLetter
from services.intake.domain.diversion import RELEASING, Caught, Diversion
from services.intake.domain.duties import (
    Divert,
    NoteLetterMade,
    ResolveDiversion,
    SayHappening,
    SeeDiversion,
)
from shared.contracts.diverted_v1 import DiversionResolved, DutySeen, LetterDiverted
from shared.contracts.event import Event
from shared.contracts.values import By, ClockChange
from shared.kernel.errors import AlreadyDone, BadValue, ForeignLetter, NotFound, OutOfOrder

STOPPED = (ClockChange(clock="diversion", change="stopped"),)
WRITER = By(role="writer")


@dataclass(frozen=True)
class WordsCaught:
    """What was written and by whom. Goes on no topic, like all events below."""

    owner: str
    caught: Caught


@dataclass(frozen=True)
class HappeningSaid:
    """The writer says that it is happening now."""


@dataclass(frozen=True)
class LetterMade:
    """The letter has the words now."""


@dataclass(frozen=True)
class CaughtErased:
    """A rule's time is over."""


DiversionNoted: TypeAlias = WordsCaught | HappeningSaid | LetterMade | CaughtErased


def divert(command: Divert) -> tuple[Event | DiversionNoted, ...]:
    """What a first one causes."""
    return command.diverted, WordsCaught(command.owner, command.caught)


def of_diversion(command: object, diversion: Diversion) -> tuple[Event | DiversionNoted, ...]:
    """What a command causes to one that is there; nothing when it has already happened.

    Raises: AlreadyDone, when it was resolved otherwise; BadValue; NotFound; OutOfOrder.
    """
    match command:
        case Divert():
            return ()
        case SeeDiversion(staff, at):
            return _seen(diversion, staff, at)
        case ResolveDiversion():
            return _resolve(command, diversion)
        case SayHappening():
            return _say(command, diversion)
        case NoteLetterMade():
            return () if diversion.is_letter else (LetterMade(),)
        case EraseLetter():
            return _erase(diversion)
        case _:
            raise NotFound


def _seen(diversion: Diversion, staff: str, at: datetime) -> tuple[DutySeen, ...]:
    if diversion.seen_at is not None:
        return ()
    return (DutySeen(by=By(role="duty", staff=staff), seen_at=at, clocks=STOPPED),)


def _resolve(command: ResolveDiversion, diversion: Diversion) -> tuple[Event, ...]:
    """Whoever resolves it has seen it."""
    if (command.outcome == "handed_to_110") is (command.reference is None):
        raise BadValue("reference")
    seen = _seen(diversion, command.staff, command.at)
    if diversion.outcome is None:
        by = By(role="duty", staff=command.staff)
        return *seen, DiversionResolved(by=by, outcome=command.outcome, reference=command.reference)
    if (diversion.outcome, diversion.reference) != (command.outcome, command.reference):
        raise AlreadyDone
    return seen


def _say(command: SayHappening, diversion: Diversion) -> tuple[Event | HappeningSaid, ...]:
    if command.owner != diversion.owner:
        raise ForeignLetter
    if diversion.threshold == "stop":
        raise OutOfOrder("nobody was asked")
    if command.is_happening:
        if diversion.outcome is not None:
            raise OutOfOrder("it is resolved")
        return () if diversion.says_now else (HappeningSaid(),)
    if diversion.outcome in RELEASING:
        return ()
    if not diversion.asks:
        raise OutOfOrder("it is with the duty desk")
    return (DiversionResolved(by=WRITER, outcome="writer_says_no"),)


def _erase(diversion: Diversion) -> tuple[CaughtErased, ...]:
    """What the desk may still need stays, and what is to become a letter."""
    if diversion.is_open or diversion.letter_to_send:
        raise OutOfOrder("erase while open")
    if diversion.caught is None or diversion.caught == diversion.caught.without_words():
        return ()
    return (CaughtErased(),)


def diverted(event: LetterDiverted) -> Diversion:
    """What the first event leaves behind."""
    return Diversion(
        owner="",
        diverted_at=event.diverted_at,
        threshold=event.threshold,
        reasons=event.reasons,
        city=event.city,
        found_in=event.letter,
        see_by=event.see_by,
        repeats=event.repeats,
    )


def after(diversion: Diversion, event: object) -> Diversion:
    """The diversion that `event` leaves behind."""
    caught = diversion.caught
    match event:
        case WordsCaught(owner, kept):
            return replace(diversion, owner=owner, caught=kept)
        case DutySeen(seen_at=at):
            return replace(diversion, seen_at=diversion.seen_at or at)
        case DiversionResolved(outcome=outcome, reference=reference):
            return replace(diversion, outcome=outcome, reference=reference)
        case HappeningSaid():
            return replace(diversion, says_now=True)
        case LetterMade():
            return replace(diversion, is_letter=True, caught=caught and caught.without_words())
        case CaughtErased():
            return replace(diversion, caught=caught and caught.without_words())
        case _:
            return diversion
