"""What each command causes at the front desk: `decide`, which may refuse. Pure."""

from collections.abc import Callable
from typing import assert_never

from services.intake.domain.asking import ask, change
from services.intake.domain.commands import (
    Ask,
    Change,
    ChangeConsent,
    ChangeContact,
    Command,
    NoteProgress,
    NotePublication,
    RevealIdentity,
    SubmitLetter,
)
from services.intake.domain.copying import copy_of_reply
from services.intake.domain.folding import OwnerKnown, ProgressNoted, PublicationNoted
from services.intake.domain.letter import IntakeState, Letter, Nothing
from services.intake.domain.progress import noted
from services.intake.domain.revealing import reveal
from shared.contracts.event import Event
from shared.contracts.progress_v1 import LetterReplied, LetterRouted
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from shared.contracts.vocabulary import WithheldReason
from shared.kernel.errors import NotFound

Events = tuple[Event | OwnerKnown | ProgressNoted | PublicationNoted, ...]
KidOf = Callable[[Bureau], str | None]
"""The id of a bureau's valid key, or none when it has none."""

UNNAMED: dict[str, WithheldReason] = {"complaint": "complaint", "report": "report"}
"""Categories for which no bureau learns who wrote. Source: ADR-0003."""


def decide(command: Command, state: IntakeState, *, kid_of: KidOf) -> Events:
    """What `command` causes in `state`; nothing when it has already happened.

    `kid_of`: who has a key to seal an identity for.
    Raises: NotFound, for a letter that is unknown or someone else's; LimitReached; OutOfOrder.
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
        case ChangeConsent() | ChangeContact():
            _check_owner(command, letter)
            return change(command, letter)
        case RevealIdentity():
            return (reveal(command, letter),)
        case NoteProgress():
            return _progress(command, letter, kid_of=kid_of)
        case NotePublication(event):
            return (PublicationNoted(event),)
        case _:
            _check_owner(command, letter)
            return (ask(command, letter),)


def _check_owner(command: Ask | Change, letter: Letter) -> None:
    if command.owner != letter.owner:
        raise NotFound


def _progress(command: NoteProgress, letter: Letter, *, kid_of: KidOf) -> Events:
    """What the router said, and what follows from it at the front desk."""
    fact, said = command.fact, ProgressNoted(command.fact, command.at)
    match fact:
        case LetterRouted():
            return said, _identity(fact, letter, kid=kid_of(fact.bureau))
        case LetterReplied():
            copy = copy_of_reply(noted(letter, fact, at=command.at))
            return (said, copy) if copy else (said,)
        case _:
            return (said,)


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
