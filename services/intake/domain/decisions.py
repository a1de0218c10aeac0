"""What each command causes at the front desk: `decide`, which may refuse. Pure."""

from collections.abc import Callable
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
from shared.contracts.event import Event, Fact
from shared.contracts.progress_v1 import LetterReplied, LetterRouted
from shared.contracts.slugs import Bureau
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
KidOf = Callable[[Bureau], str | None]
"""The id of a bureau's valid key, or none when it has none."""

MOST_REQUESTS = 50
"""Requests that one letter can take, so that its document stays small."""
UNNAMED: dict[str, WithheldReason] = {"complaint": "complaint", "report": "report"}
"""Categories for which no bureau learns who wrote. Source: ADR-0003."""


def decide(command: Command, state: IntakeState, *, kid_of: KidOf) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    `kid_of`: who has a key to seal an identity for.
    Raises: NotFound, for a letter that is unknown or someone else's; LimitReached.
    """
    match command, state:
        case SubmitLetter(owner, letter), Nothing():
            return letter, OwnerKnown(owner)
        case _, Nothing():
            raise NotFound
        case _, Letter():
            return _of_letter(command, state, kid_of=kid_of)
        case _:
            assert_never(state)


def _of_letter(command: Command, letter: Letter, *, kid_of: KidOf) -> Events:
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
            return noted, *_consequences(command.fact, letter, kid_of=kid_of)
        case _:
            assert_never(command)


def _check_asker(command: AskRating | AskWithdrawal, letter: Letter) -> None:
    if command.owner != letter.owner:
        raise NotFound
    if len(letter.requests) >= MOST_REQUESTS:
        raise LimitReached


def _consequences(fact: Fact, letter: Letter, *, kid_of: KidOf) -> Events:
    match fact:
        case LetterRouted():
            return (_identity(fact, letter, kid=kid_of(fact.bureau)),)
        case LetterReplied(words=ReplyText() as reply) if _may_be_copied(letter):
            copy = publication_copy(letter, reply)
            return (copy,) if copy is not None else ()
        case _:
            return ()


def _identity(
    routed: LetterRouted, letter: Letter, *, kid: str | None
) -> IdentitySealed | IdentityWithheld:
    """The identity for the new holder.

    Withheld by the stricter of the writer's and router's category.
    """
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


def _may_be_copied(letter: Letter) -> bool:
    return letter.consent_to_publish and letter.category != "report"
