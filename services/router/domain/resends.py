"""What a bureau that missed something is sent again."""

from dataclasses import dataclass
from typing import TypeAlias

from services.router.domain.actors import HolderCommand, ServiceCommand
from services.router.domain.bureau_view import snapshot
from services.router.domain.context import DecisionContext
from services.router.domain.preconditions import check_holding, may_be_told
from shared.contracts.bureau_v1 import LetterSnapshot
from shared.contracts.slugs import Bureau
from shared.kernel.errors import NotHeld


@dataclass(frozen=True)
class ResendToHolder(HolderCommand):
    """Send the holder again what it missed of a letter."""

    bureau: Bureau
    from_sequence: int | None
    """The first number on its topic; None: all, unless it asks for a snapshot."""
    wants_snapshot: bool


@dataclass(frozen=True)
class ShowToHolder(ServiceCommand):
    """Send a bureau a snapshot of a letter, if it holds it."""

    bureau: Bureau


@dataclass(frozen=True)
class ResendFrom:
    """A request to send the bureau's records again from this number on. Goes on no topic."""

    bureau: Bureau
    from_sequence: int


Resent: TypeAlias = tuple[ResendFrom | LetterSnapshot, ...]


def resend(command: ResendToHolder, context: DecisionContext) -> Resent:
    """Send the missed records as they were, and a snapshot if one is wanted.

    After a withdrawal the bureau may still ask for records that it was sent, among them the end of
    its assignment, but gets nothing new. Raises: NotHeld, StaleAssignment.
    """
    letter = context.letter
    check_holding(command, letter)
    if not command.wants_snapshot:
        return (ResendFrom(command.bureau, command.from_sequence or 1),)
    if not may_be_told(letter):
        raise NotHeld
    if command.from_sequence is None:
        return (snapshot(letter, rulebook=context.rulebook),)
    again = ResendFrom(command.bureau, command.from_sequence)
    return again, snapshot(letter, rulebook=context.rulebook)


def show(command: ShowToHolder, context: DecisionContext) -> Resent:
    """Send a snapshot; nothing if the bureau doesn't hold the letter any more."""
    letter = context.letter
    if letter.holder != command.bureau or not may_be_told(letter):
        return ()
    return (snapshot(letter, rulebook=context.rulebook),)
