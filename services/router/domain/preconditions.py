"""Checks that rules share: who may act, in which state, and where a letter may go."""

from datetime import date

from services.router.domain.actors import HolderCommand
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import Letter, standing
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import State
from shared.contracts.words import Note, Reason, ReplyText
from shared.kernel.access_policy import is_inspections_alone, may_reach
from shared.kernel.complaints import INSPECTION, complained_of
from shared.kernel.errors import BadValue, NotAllowed, NotHeld, OutOfOrder, StaleAssignment

OPEN: tuple[State, ...] = ("submitted", "triage", "routed", "handling", "supplement", "signing")
"""States before an answer."""
ENDED: tuple[State, ...] = ("declined", "closed", "withdrawn")
HELD: tuple[State, ...] = ("routed", "handling", "supplement", "signing")
"""States in which a bureau works on the letter, or the triage desk has a refusal signed."""


def check_holding(command: HolderCommand, letter: Letter) -> None:
    """Check that the actor is the holder and knows the current holding.

    A bureau that a complaint turns out to be about holds nothing any more, although it still sees
    the letter. The system of the province doesn't hold what the department's inspection holds.
    Raises: NotHeld, StaleAssignment.
    """
    is_theirs = command.bureau == letter.holder and not is_hidden(letter)
    if not is_theirs or (letter.is_quiet and command.by.role == "bureau"):
        raise NotHeld
    if command.assignment != letter.assignment:
        raise StaleAssignment


def is_hidden(letter: Letter) -> bool:
    """Whether the letter must not reach the bureau that holds it."""
    unit = INSPECTION if letter.is_quiet else None
    return letter.bureau is not None and not may_reach(standing(letter), letter.bureau, unit=unit)


def may_be_heard_of(letter: Letter) -> bool:
    """Whether the system of the holding bureau may know that the letter exists."""
    return not is_hidden(letter) and not letter.is_quiet


def may_be_told(letter: Letter) -> bool:
    """Whether the holder may be sent anything new; after a withdrawal nothing is."""
    return letter.state != "withdrawn" and may_be_heard_of(letter)


def check_state(letter: Letter, *states: State, what: str) -> None:
    """Check that the letter is in one of the states. Raises: OutOfOrder."""
    if letter.state not in states:
        raise OutOfOrder(f"{what} while {letter.state}")


def check_target(letter: Letter, bureau: Bureau, *, on: date, rulebook: Rulebook) -> None:
    """Check that the letter may go to that bureau. Raises: NotAllowed."""
    seen = standing(letter)
    unit = INSPECTION if is_inspections_alone(seen) else None
    if not may_reach(seen, bureau, unit=unit):
        raise NotAllowed("the letter must not reach that bureau")
    if not rulebook.offices.has_joined(bureau, on):
        raise NotAllowed("that bureau has not joined yet: the province's desk holds its letters")


def kept_out(letter: Letter) -> tuple[Bureau, ...]:
    """Return the bureaus that must not see the letter, as facts list them; empty while unknown."""
    about = complained_of(letter.about) if letter.about else None
    whole = {about.bureau} if about and about.is_whole else set()
    return tuple(slug for slug in BUREAUS if slug in whole or slug in letter.excluded)


def check_words(words: Note | Reason | ReplyText | None) -> None:
    """Check that there is a text. Raises: BadValue."""
    if words is None or not words.text.strip():
        raise BadValue("words")
