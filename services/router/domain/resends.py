"""What a bureau that misses something is told again. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from services.router.domain.commands.serving import (
    RepeatingCommand,
    ResendToHolder,
    ShowToHolder,
)
from services.router.domain.due_dates import Book
from services.router.domain.letter import Letter
from services.router.domain.preconditions import check_holding, may_be_told
from services.router.domain.showing import snapshot
from shared.contracts.bureau_v1 import LetterSnapshot
from shared.contracts.slugs import Bureau
from shared.kernel.errors import NotHeld


@dataclass(frozen=True)
class SaidAgain:
    """What the bureau was told from a number on is to be sent again. Goes on no topic."""

    bureau: Bureau
    from_sequence: int


Repeated: TypeAlias = tuple[SaidAgain | LetterSnapshot, ...]


def repeat(command: RepeatingCommand, letter: Letter, *, book: Book) -> Repeated:
    """What the holder is told again. Raises: NotHeld, StaleAssignment."""
    if isinstance(command, ShowToHolder):
        return _shown(command, letter, book)
    return _resent(command, letter, book)


def _resent(command: ResendToHolder, letter: Letter, book: Book) -> Repeated:
    """What the holder misses, as it was said, and how the letter stands if that is wanted.

    After a withdrawal the bureau may still ask for what it was told, the end of its assignment
    among it, but nothing new is said.
    """
    check_holding(command, letter)
    if not command.wants_snapshot:
        return (SaidAgain(command.bureau, command.from_sequence or 1),)
    if not may_be_told(letter):
        raise NotHeld
    if command.from_sequence is None:
        return (snapshot(letter, book=book),)
    return SaidAgain(command.bureau, command.from_sequence), snapshot(letter, book=book)


def _shown(command: ShowToHolder, letter: Letter, book: Book) -> Repeated:
    """How the letter stands; nothing if the bureau doesn't hold it any more."""
    if letter.holder != command.bureau or not may_be_told(letter):
        return ()
    return (snapshot(letter, book=book),)
