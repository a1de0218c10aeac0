"""What each command causes: `decide`, which may refuse. Pure."""

from typing import assert_never

from services.router.domain.answering import accept, reply, tell_identity
from services.router.domain.asking import confirm, rate, withdraw
from services.router.domain.commands import (
    AcceptLetter,
    Command,
    ConfirmClock,
    PassIdentity,
    RateLetter,
    ReceiveLetter,
    ReplyToLetter,
    ResendToHolder,
    RouteLetter,
    ShowToHolder,
    WithdrawLetter,
    WithholdIdentity,
)
from services.router.domain.dues import Book
from services.router.domain.folding import LetterKept
from services.router.domain.letter import Letter, Nothing, RouterState
from services.router.domain.receiving import receive, route_by_hand
from services.router.domain.repeating import SaidAgain, repeat
from shared.contracts.event import Event
from shared.kernel.errors import NotFound, NotHeld

Events = tuple[Event | LetterKept | SaidAgain, ...]


def decide(command: Command, state: RouterState, *, book: Book) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    Raises: NotFound, NotHeld, StaleAssignment, OutOfOrder, BadValue, NotAllowed.
    """
    match command, state:
        case ReceiveLetter(), Nothing():
            return receive(command, book)
        case ((AcceptLetter() | ReplyToLetter() | ResendToHolder()), Nothing()):
            raise NotHeld
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state, book)
        case _:
            assert_never(command)


def _of_letter(command: Command, letter: Letter, book: Book) -> Events:
    match command:
        case RouteLetter() | AcceptLetter() | ReplyToLetter():
            return _moved_on(command, letter, book)
        case ResendToHolder() | ShowToHolder():
            return repeat(command, letter)
        case RateLetter():
            return rate(command, letter)
        case WithdrawLetter():
            return withdraw(command, letter)
        case PassIdentity() | WithholdIdentity():
            return tell_identity(command, letter)
        case ConfirmClock():
            return confirm(command, letter)
        case ReceiveLetter():
            return ()
        case _:
            assert_never(command)


def _moved_on(
    command: RouteLetter | AcceptLetter | ReplyToLetter, letter: Letter, book: Book
) -> Events:
    """What desks and bureaus do with a letter."""
    match command:
        case RouteLetter():
            return (route_by_hand(command, letter, book=book),)
        case AcceptLetter():
            return (accept(command, letter),)
        case ReplyToLetter():
            return reply(command, letter, book=book)
        case _:
            assert_never(command)
