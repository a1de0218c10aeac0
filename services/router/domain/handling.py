"""What the holder does with a letter on its way through the bureau. Pure."""

import re

from services.router.domain.checks import HELD, check_holding, check_state, check_words
from services.router.domain.commands.holding import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    LinkLetter,
    PassOnLetter,
)
from services.router.domain.facts import Matter
from services.router.domain.standing import standing
from shared.contracts.progress_v1 import (
    LetterAccepted,
    LetterLinked,
    LetterPassedOn,
    NoteAdded,
    UnitAccepted,
)
from shared.kernel.access_policy import may_reach
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, OutOfOrder
from shared.kernel.letter_number import is_letter_number

MOST_NOTES = 1_000
MOST_LINKS = 50
CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9_.:\-]{0,63}")


def accept(command: AcceptLetter, matter: Matter) -> LetterAccepted:
    """Take the letter up. Raises: NotHeld, StaleAssignment, OutOfOrder."""
    check_holding(command, matter.letter)
    check_state(matter.letter, "routed", what="accept")
    return LetterAccepted(**matter.common(LetterAccepted, state="handling"))


def pass_on(command: PassOnLetter, matter: Matter) -> LetterPassedOn:
    """Give the letter to a unit, but not to one that it complains of.

    Raises: NotHeld, StaleAssignment, OutOfOrder, NotAllowed.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="pass on")
    for unit in (command.unit, command.police_type):
        if not may_reach(standing(letter), letter.holder, unit=unit):
            raise NotAllowed("the letter must not reach that unit")
    said = matter.common(LetterPassedOn)
    return LetterPassedOn(**said, unit=command.unit, police_type=command.police_type)


def accept_in_unit(command: AcceptInUnit, matter: Matter) -> UnitAccepted:
    """Take the letter up in the unit. Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue."""
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="accept in a unit")
    if letter.running("unit_sign_in") is None:
        raise OutOfOrder("nothing was passed on")
    if command.unit != letter.unit_code:
        raise BadValue("unit")
    return UnitAccepted(**matter.common(UnitAccepted), unit=command.unit)


def add_note(command: AddNote, matter: Matter) -> NoteAdded:
    """Note something. Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, LimitReached."""
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "routed", "handling", "supplement", what="note")
    check_words(command.words)
    if letter.notes >= MOST_NOTES:
        raise LimitReached("so many notes and no more")
    return NoteAdded(**matter.bare(), note=letter.notes + 1, words=command.words)


def link(command: LinkLetter, matter: Matter) -> tuple[LetterLinked, ...]:
    """Say that the letter is the same as another; both still get their own answer.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, LimitReached.
    """
    letter = matter.letter
    check_holding(command, letter)
    _check_link(command)
    if letter.state not in (*HELD, "triage", "replied"):
        raise OutOfOrder(f"link while {letter.state}")
    if (command.kind, command.other) in letter.links:
        return ()
    if len(letter.links) >= MOST_LINKS:
        raise LimitReached("so many links and no more")
    return (LetterLinked(**matter.bare(), kind=command.kind, with_=command.other),)


def _check_link(command: LinkLetter) -> None:
    is_known = (
        is_letter_number(command.other) and command.other != command.own
        if command.kind == "duplicate"
        else CAMPAIGN.fullmatch(command.other) is not None
    )
    if not is_known:
        raise BadValue("with")
