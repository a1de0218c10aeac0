"""What the holder does with a letter on its way through the bureau."""

import re
from dataclasses import dataclass
from typing import get_args

from services.router.domain.actors import HolderCommand
from services.router.domain.context import DecisionContext
from services.router.domain.letter import Letter, standing
from services.router.domain.preconditions import HELD, check_holding, check_state, check_words
from shared.contracts.progress_v1 import (
    LetterAccepted,
    LetterLinked,
    LetterPassedOn,
    NoteAdded,
    UnitAccepted,
)
from shared.contracts.vocabulary import LinkKind, PoliceType
from shared.contracts.words import Note
from shared.kernel.access_policy import PastHolding, may_reach
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, OutOfOrder
from shared.kernel.frozen import replace
from shared.kernel.letter_number import is_letter_number


@dataclass(frozen=True)
class AcceptLetter(HolderCommand):
    """Start to handle a letter."""


@dataclass(frozen=True)
class PassOnLetter(HolderCommand):
    """Pass a letter on to a unit of the bureau."""

    unit: str
    """The bureau's own code."""
    police_type: PoliceType


@dataclass(frozen=True)
class AcceptInUnit(HolderCommand):
    """Accept a letter that was passed on to the unit."""

    unit: str


@dataclass(frozen=True)
class AddNote(HolderCommand):
    """Add a note that the writer never sees."""

    words: Note | None


@dataclass(frozen=True)
class LinkLetter(HolderCommand):
    """Link a letter to a duplicate or to a campaign."""

    kind: LinkKind
    other: str
    """The other letter's number, or the campaign's code."""
    own: str
    """The letter's own number."""


MOST_NOTES = 1_000
MOST_LINKS = 50
CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9_.:\-]{0,63}")


def accept(command: AcceptLetter, context: DecisionContext) -> tuple[LetterAccepted, ...]:
    """Accept the letter. Raises: NotHeld, StaleAssignment, OutOfOrder."""
    check_holding(command, context.letter)
    check_state(context.letter, "routed", what="accept")
    return (LetterAccepted(**context.fact_header(LetterAccepted, state="handling")),)


def reachable_units(letter: Letter) -> tuple[PoliceType, ...]:
    """Return the lines of work to whose units the letter may be passed on."""
    seen = standing(letter)
    return tuple(unit for unit in get_args(PoliceType) if may_reach(seen, letter.holder, unit=unit))


def pass_on(command: PassOnLetter, context: DecisionContext) -> tuple[LetterPassedOn, ...]:
    """Pass the letter on to a unit, but not to one that it complains about.

    Raises: NotHeld, StaleAssignment, OutOfOrder, NotAllowed.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="pass on")
    for unit in (command.unit, command.police_type):
        if not may_reach(standing(letter), letter.holder, unit=unit):
            raise NotAllowed("the letter must not reach that unit")
    header = context.fact_header(LetterPassedOn)
    return (LetterPassedOn(**header, unit=command.unit, police_type=command.police_type),)


def accept_in_unit(command: AcceptInUnit, context: DecisionContext) -> tuple[UnitAccepted, ...]:
    """Accept the letter in the unit. Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue."""
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="accept in a unit")
    if letter.running("unit_sign_in") is None:
        raise OutOfOrder("nothing was passed on")
    if command.unit != letter.unit_code:
        raise BadValue("unit")
    return (UnitAccepted(**context.fact_header(UnitAccepted), unit=command.unit),)


def add_note(command: AddNote, context: DecisionContext) -> tuple[NoteAdded, ...]:
    """Add a note. Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, LimitReached."""
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "routed", "handling", "supplement", what="note")
    check_words(command.words)
    if letter.notes >= MOST_NOTES:
        raise LimitReached("so many notes and no more")
    return (NoteAdded(**context.plain_header(), note=letter.notes + 1, words=command.words),)


def link(command: LinkLetter, context: DecisionContext) -> tuple[LetterLinked, ...]:
    """Link the letter to another or to a campaign; each still gets its own answer.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, LimitReached.
    """
    letter = context.letter
    check_holding(command, letter)
    _check_link(command)
    if letter.state not in (*HELD, "triage", "replied"):
        raise OutOfOrder(f"link while {letter.state}")
    if (command.kind, command.other) in letter.links:
        return ()
    if len(letter.links) >= MOST_LINKS:
        raise LimitReached("so many links and no more")
    return (LetterLinked(**context.plain_header(), kind=command.kind, with_=command.other),)


def _check_link(command: LinkLetter) -> None:
    is_known = (
        is_letter_number(command.other) and command.other != command.own
        if command.kind == "duplicate"
        else CAMPAIGN.fullmatch(command.other) is not None
    )
    if not is_known:
        raise BadValue("with")


def apply_accepted(letter: Letter, event: LetterAccepted) -> Letter:
    """Record when the letter was first accepted."""
    return replace(letter, accepted_at=letter.accepted_at or event.at)


def apply_passed_on(letter: Letter, event: LetterPassedOn) -> Letter:
    """Set the unit; the holding of the unit before it ends."""
    over = (PastHolding(letter.holder, letter.unit, letter.facts),) if letter.unit else ()
    return replace(letter, unit=event.police_type, unit_code=event.unit, held=(*letter.held, *over))


def apply_note_added(letter: Letter, event: NoteAdded) -> Letter:
    """Count the note; its words stay in the log."""
    return replace(letter, notes=event.note)


def apply_linked(letter: Letter, event: LetterLinked) -> Letter:
    """Record what the letter is linked to."""
    return replace(letter, links=(*letter.links, (event.kind, event.with_)))
