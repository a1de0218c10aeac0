"""What each command causes at the front desk: `decide`, which may refuse. Pure."""

from typing import assert_never

from services.intake.domain.commands import (
    AskRating,
    AskWithdrawal,
    Command,
    NoteProgress,
    SealIdentity,
    SubmitLetter,
)
from services.intake.domain.copying import publication_copy
from services.intake.domain.folding import OwnerKnown, ProgressNoted
from services.intake.domain.identities import KeyOf, identity_again, identity_for
from services.intake.domain.letter import IntakeState, Letter, Nothing
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterReplied, LetterRouted
from shared.contracts.submitted_v1 import RatingSubmitted, WithdrawalRequested
from shared.contracts.words import ReplyText
from shared.kernel.errors import LimitReached, NotFound

Events = tuple[Event | OwnerKnown | ProgressNoted, ...]

MOST_REQUESTS = 50
"""Requests that one letter can take, so that its document stays small."""


def decide(command: Command, state: IntakeState, *, key_of: KeyOf) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    `key_of`: who has a key to seal an identity for.
    Raises: NotFound, for a letter that is unknown or someone else's; LimitReached.
    """
    match command, state:
        case SubmitLetter(owner, letter), Nothing():
            return letter, OwnerKnown(owner)
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state, key_of=key_of)
        case _:
            assert_never(state)


def _of_letter(command: Command, letter: Letter, *, key_of: KeyOf) -> Events:
    match command:
        case SubmitLetter():
            return ()
        case AskRating():
            _check_asker(command, letter)
            return (
                RatingSubmitted(
                    request_id=command.request_id,
                    solved=command.solved,
                    score=command.score,
                    words=command.words,
                ),
            )
        case AskWithdrawal():
            _check_asker(command, letter)
            return (WithdrawalRequested(request_id=command.request_id, reason=command.reason),)
        case NoteProgress():
            noted = ProgressNoted(command.fact, command.at)
            return noted, *_consequences(command.fact, letter, key_of=key_of)
        case SealIdentity():
            return identity_again(command, letter, key_of=key_of)
        case _:
            assert_never(command)


def _check_asker(command: AskRating | AskWithdrawal, letter: Letter) -> None:
    if command.owner != letter.owner:
        raise NotFound
    if len(letter.requests) >= MOST_REQUESTS:
        raise LimitReached


def _consequences(fact: Fact, letter: Letter, *, key_of: KeyOf) -> Events:
    match fact:
        case LetterRouted():
            return (identity_for(fact, letter, key_of=key_of),)
        case LetterReplied(words=ReplyText() as reply) if _may_be_copied(letter):
            copy = publication_copy(letter, reply)
            return (copy,) if copy is not None else ()
        case _:
            return ()


def _may_be_copied(letter: Letter) -> bool:
    return letter.consent_to_publish and letter.category != "report"
