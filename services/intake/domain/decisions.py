"""What each command causes at the front desk: `decide`, which may refuse. Pure."""

from typing import assert_never

from services.intake.domain.commands import (
    AskRating,
    AskWithdrawal,
    Command,
    NoteProgress,
    SubmitLetter,
)
from services.intake.domain.copying import publication_copy
from services.intake.domain.folding import OwnerKnown, ProgressNoted
from services.intake.domain.letter import IntakeState, Letter, Nothing
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterReplied, LetterRouted
from shared.contracts.submitted_v1 import (
    IdentitySealed,
    IdentityWithheld,
    RatingSubmitted,
    WithdrawalRequested,
)
from shared.contracts.vocabulary import WithheldReason
from shared.contracts.words import ReplyText
from shared.kernel.errors import LimitReached, NotFound

Events = tuple[Event | OwnerKnown | ProgressNoted, ...]

MOST_REQUESTS = 50
"""Requests that one letter can take, so that its document stays small."""
UNNAMED: dict[str, WithheldReason] = {"complaint": "complaint", "report": "report"}
"""Categories for which no bureau learns who wrote. Source: DESIGN section 6."""


def decide(command: Command, state: IntakeState) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    Raises: NotFound, for a letter that is unknown or someone else's; LimitReached.
    """
    match command, state:
        case SubmitLetter(owner, letter), Nothing():
            return letter, OwnerKnown(owner)
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state)
        case _:
            assert_never(state)


def _of_letter(command: Command, letter: Letter) -> Events:
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
            return ProgressNoted(command.fact, command.at), *_consequences(command, letter)
        case _:
            assert_never(command)


def _check_asker(command: AskRating | AskWithdrawal, letter: Letter) -> None:
    if command.owner != letter.owner:
        raise NotFound
    if len(letter.requests) >= MOST_REQUESTS:
        raise LimitReached


def _consequences(command: NoteProgress, letter: Letter) -> Events:
    match command.fact:
        case LetterRouted():
            return (_identity(command.fact, letter, command.kid),)
        case LetterReplied(words=ReplyText() as reply) if _may_be_copied(letter, command.fact):
            copy = publication_copy(letter, reply)
            return (copy,) if copy is not None else ()
        case _:
            return ()


def _identity(
    routed: LetterRouted, letter: Letter, kid: str | None
) -> IdentitySealed | IdentityWithheld:
    """The identity for the new holder; withheld by the stricter of the writer's and router's category."""
    reason = UNNAMED.get(letter.category) or UNNAMED.get(routed.category)
    if reason is None and routed.masked:
        reason = "complaint"
    if reason is None and letter.identity is None:
        reason = "erased"
    if reason is None and kid is None:
        reason = "no_key"
    if reason is not None or kid is None:
        return IdentityWithheld(
            bureau=routed.bureau, assignment=routed.assignment, reason=reason or "no_key"
        )
    return IdentitySealed(
        bureau=routed.bureau, assignment=routed.assignment, kid=kid, envelope=letter.identity
    )


def _may_be_copied(letter: Letter, replied: LetterReplied) -> bool:
    return letter.consent_to_publish and letter.category != "report"
