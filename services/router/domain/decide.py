"""What each command causes: `decide`, which may refuse. Pure."""

from typing import TypeAlias, assert_never

from services.router.domain import deciding
from services.router.domain.commands import Command
from services.router.domain.commands.answering import AnsweringCommand
from services.router.domain.commands.deciding import RoutingCommand, WatchingCommand
from services.router.domain.commands.holding import HoldingCommand, OfHolder
from services.router.domain.commands.serving import (
    ClockCommand,
    ConfirmClock,
    ReceiveLetter,
    RepeatingCommand,
    ResendToHolder,
    ServingCommand,
)
from services.router.domain.commands.writing import WritingCommand
from services.router.domain.context import CLOCK, RULE, WRITER, Matter
from services.router.domain.due_dates import Book
from services.router.domain.folding.apart import Apart
from services.router.domain.letter import Letter, Nothing, RouterState
from services.router.domain.registration import receive
from services.router.domain.resends import SaidAgain, repeat
from shared.contracts.event import Event
from shared.kernel.errors import NotFound, NotHeld
from shared.kernel.working_days import civil_date

Events: TypeAlias = tuple[Event | Apart | SaidAgain, ...]


def decide(command: Command, state: RouterState, *, book: Book) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    A letter lives under the version of the policies that was in force on its day of receipt.

    Raises: NotFound, NotHeld, StaleAssignment, OutOfOrder, BadValue, NotAllowed, LimitReached,
    TooLate.
    """
    match command, state:
        case ReceiveLetter(), Nothing():
            return receive(command, book.on(civil_date(command.letter.received_at)))
        case ((OfHolder() | ResendToHolder()), Nothing()):
            raise NotHeld
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state, book.under(state.policy_version))
        case _:
            assert_never(state)


def _of_letter(command: Command, letter: Letter, book: Book) -> Events:
    if isinstance(command, HoldingCommand | AnsweringCommand):
        return _by_holder(command, Matter(letter, book, command.by, command.at))
    if isinstance(command, RoutingCommand | WatchingCommand):
        return _at_desk(command, Matter(letter, book, command.by, command.at))
    if isinstance(command, WritingCommand):
        return deciding.wanted(command, Matter(letter, book, WRITER, command.at))
    if isinstance(command, ServingCommand):
        return deciding.served(command, letter, book=book)
    if isinstance(command, ClockCommand):
        by = CLOCK if isinstance(command, ConfirmClock) else RULE
        return deciding.counted(command, Matter(letter, book, by, command.at))
    if isinstance(command, RepeatingCommand):
        return repeat(command, letter, book=book)
    if isinstance(command, ReceiveLetter):
        return ()
    assert_never(command)


def _by_holder(command: HoldingCommand | AnsweringCommand, matter: Matter) -> Events:
    if isinstance(command, HoldingCommand):
        return deciding.handled(command, matter)
    return deciding.answered(command, matter)


def _at_desk(command: RoutingCommand | WatchingCommand, matter: Matter) -> Events:
    if isinstance(command, RoutingCommand):
        return deciding.placed(command, matter)
    return deciding.watched(command, matter)
