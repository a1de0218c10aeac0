"""What must hold before anything is decided: who holds the letter, and where it may go. Pure."""

from datetime import date

from services.router.domain.commands.holding import OfHolder
from services.router.domain.commands.serving import ResendToHolder
from services.router.domain.dues import Book
from services.router.domain.letter import Letter
from services.router.domain.standing import standing
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import State
from shared.contracts.words import Note, Reason, ReplyText
from shared.kernel.access_policy import is_inspections_alone, may_reach
from shared.kernel.complaints import INSPECTION, complained_of
from shared.kernel.errors import BadValue, NotAllowed, NotHeld, OutOfOrder, StaleAssignment

OPEN: tuple[State, ...] = ("submitted", "triage", "routed", "handling", "supplement", "signing")
"""States in which no answer was given yet."""
ENDED: tuple[State, ...] = ("declined", "closed", "withdrawn")
HELD: tuple[State, ...] = ("routed", "handling", "supplement", "signing")
"""States in which a bureau works on the letter, unless the triage desk has a refusal signed."""


def check_holding(command: OfHolder | ResendToHolder, letter: Letter) -> None:
    """Only the holder may act, and only on the holding that it was told of.

    A bureau that turns out to be complained of holds nothing any more, for all that it sees; what
    the department's inspection holds, the province's system doesn't.
    Raises: NotHeld, StaleAssignment.
    """
    is_theirs = command.bureau == letter.holder and not is_hidden(letter)
    if not is_theirs or (letter.is_quiet and _is_by_system(command)):
        raise NotHeld
    if command.assignment != letter.assignment:
        raise StaleAssignment


def _is_by_system(command: OfHolder | ResendToHolder) -> bool:
    """Whether a bureau's own system asks, on its topic."""
    return isinstance(command, ResendToHolder) or command.by.role == "bureau"


def is_hidden(letter: Letter) -> bool:
    """Whether the letter must not reach the bureau that holds it."""
    unit = INSPECTION if letter.is_quiet else None
    return letter.bureau is not None and not may_reach(standing(letter), letter.bureau, unit=unit)


def may_be_heard_of(letter: Letter) -> bool:
    """Whether the system of the bureau that holds it may know that there is such a letter."""
    return not is_hidden(letter) and not letter.is_quiet


def may_be_told(letter: Letter) -> bool:
    """Whether its holder may still be told something new of it.

    Who has taken a letter back says nothing more to the bureau that had it.
    """
    return letter.state != "withdrawn" and may_be_heard_of(letter)


def check_state(letter: Letter, *states: State, what: str) -> None:
    """Nothing, if the letter is in one of the states. Raises: OutOfOrder."""
    if letter.state not in states:
        raise OutOfOrder(f"{what} while {letter.state}")


def check_target(letter: Letter, bureau: Bureau, *, on: date, book: Book) -> None:
    """Nothing, if the letter may go to that bureau. Raises: NotAllowed."""
    seen = standing(letter)
    unit = INSPECTION if is_inspections_alone(seen) else None
    if not may_reach(seen, bureau, unit=unit):
        raise NotAllowed("the letter must not reach that bureau")
    if not book.offices.has_joined(bureau, on):
        raise NotAllowed("that bureau has not joined yet: the province's desk holds its letters")


def kept_out(letter: Letter) -> tuple[Bureau, ...]:
    """Bureaus that must not see the letter, as facts say it; none while nobody knows which."""
    about = complained_of(letter.about) if letter.about else None
    whole = {about.bureau} if about and about.is_whole else set()
    return tuple(slug for slug in BUREAUS if slug in whole or slug in letter.excluded)


def check_words(words: Note | Reason | ReplyText | None) -> None:
    """Nothing, if there are any. Raises: BadValue."""
    if words is None or not words.text.strip():
        raise BadValue("words")
