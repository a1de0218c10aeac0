"""What each command causes at the front desk: `decide`, which may refuse. Pure."""

from typing import assert_never

from services.intake.domain.asking import ask, change
from services.intake.domain.commands import (
    Ask,
    Change,
    ChangeConsent,
    ChangeContact,
    Command,
    DecideReveal,
    EraseLetter,
    NoteProgress,
    NotePublication,
    RequestReveal,
    RevealIdentity,
    SealIdentity,
    SubmitLetter,
    ViewIdentity,
)
from services.intake.domain.diversion import Diversion
from services.intake.domain.diverting import DiversionNoted, divert, of_diversion
from services.intake.domain.duties import (
    Divert,
    NoteLetterMade,
    ResolveDiversion,
    SayHappening,
    SeeDiversion,
)
from services.intake.domain.erasure import erase
from services.intake.domain.evolve import OwnerKnown, ProgressNoted, PublicationNoted
from services.intake.domain.identity_sealing import KeyOf, identity_again, identity_for
from services.intake.domain.letter import IntakeState, Letter, Nothing
from services.intake.domain.publication_copy import copy_of_reply
from services.intake.domain.reveals import reveal
from services.intake.domain.writer_view import noted
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterReplied, LetterRouted
from shared.kernel.errors import NotFound

Events = tuple[Event | OwnerKnown | ProgressNoted | PublicationNoted | DiversionNoted, ...]


def decide(command: Command, state: IntakeState, *, key_of: KeyOf) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    `key_of`: who has a key to seal an identity for.
    Raises: NotFound, for a letter that is unknown or someone else's; AlreadyDone; BadValue;
    LimitReached; OutOfOrder.
    """
    match command, state:
        case SubmitLetter(owner, letter), Nothing():
            return letter, OwnerKnown(owner)
        case Divert(), Nothing():
            return divert(command)
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state, key_of=key_of)
        case _, Diversion():
            return of_diversion(command, state)
        case _:
            assert_never(state)


def _of_letter(command: Command, letter: Letter, *, key_of: KeyOf) -> Events:
    match command:
        case SubmitLetter():
            return ()
        case ChangeConsent() | ChangeContact():
            _check_owner(command, letter)
            return change(command, letter)
        case NoteProgress() | NotePublication() | SealIdentity() | EraseLetter():
            return _follow(command, letter, key_of=key_of)
        case RevealIdentity() | RequestReveal() | DecideReveal() | ViewIdentity():
            return reveal(command, letter)
        case Divert() | SeeDiversion() | ResolveDiversion() | SayHappening() | NoteLetterMade():
            raise NotFound
        case _:
            _check_owner(command, letter)
            return (ask(command, letter),)


def _follow(
    command: NoteProgress | NotePublication | SealIdentity | EraseLetter,
    letter: Letter,
    *,
    key_of: KeyOf,
) -> Events:
    """What follows for the letter from what others said, and from the passing of time."""
    match command:
        case NoteProgress():
            return _progress(command, letter, key_of=key_of)
        case NotePublication(event):
            return (PublicationNoted(event),)
        case SealIdentity():
            return identity_again(command, letter, key_of=key_of)
        case EraseLetter():
            return erase(command, letter)
        case _:
            assert_never(command)


def _check_owner(command: Ask | Change, letter: Letter) -> None:
    if command.owner != letter.owner:
        raise NotFound


def _progress(command: NoteProgress, letter: Letter, *, key_of: KeyOf) -> Events:
    """What the router said, and what follows from it at the front desk."""
    fact, said = command.fact, ProgressNoted(command.fact, command.at)
    match fact:
        case LetterRouted():
            return said, identity_for(fact, letter, key_of=key_of)
        case LetterReplied():
            copy = copy_of_reply(noted(letter, fact, at=command.at))
            return (said, copy) if copy else (said,)
        case _:
            return (said,)
