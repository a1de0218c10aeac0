"""Reveals: staff see who wrote a letter, and all of it is recorded.

Of a letter that isn't masked, a handler of its holder or a supervisor sees it at once. Of a masked
one a handler asks, another person decides, and the handler may look for fifteen minutes. Whether
they may see the letter at all is checked before; here it is whether they may see its writer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from services.intake.domain.identity_sealing import is_masked
from services.intake.domain.letter import IntakeLetter, Reveal, RevealDecision
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentityRevealed, RevealDecided, RevealRequested
from shared.contracts.vocabulary import RevealReason, Role
from shared.contracts.words import Identity, Reason
from shared.kernel.access_policy import LetterAccess
from shared.kernel.complaints import complained_of
from shared.kernel.errors import (
    AlreadyDone,
    LimitReached,
    NotAllowed,
    NotFound,
    OutOfOrder,
    Refused,
    StaleAssignment,
    TooLate,
)
from shared.kernel.viewers import person

MOST_REVEALS = 100
"""Of one letter."""
VIEW = timedelta(minutes=15)
"""How long an identity that was shown may be viewed again, and how long a grant lasts."""


class NeedsGrant(Refused):
    """The letter is masked: a handler of its holder asks, and another person must grant it."""

    status = 403
    code = "needs_grant"


@dataclass(frozen=True)
class RevealIdentity:
    """Show the identity to staff at once, and record it."""

    reveal: str
    role: Role
    bureau: Bureau | None
    """Of a handler, whose bureau must hold the letter; None for a supervisor."""
    staff: str
    reason: RevealReason
    signed_in_at: datetime
    words: Reason | None
    at: datetime


@dataclass(frozen=True)
class RequestReveal:
    """Ask, as a handler of the holder, to see who wrote a masked letter."""

    reveal: str
    bureau: Bureau
    staff: str
    reason: RevealReason
    words: Reason | None
    at: datetime


@dataclass(frozen=True)
class DecideReveal:
    """Grant or refuse a handler's request."""

    reveal: str
    staff: str
    granted: bool
    at: datetime


@dataclass(frozen=True)
class ViewIdentity:
    """Show the handler what was granted."""

    reveal: str
    staff: str
    signed_in_at: datetime
    at: datetime


RevealCommand: TypeAlias = RevealIdentity | RequestReveal | DecideReveal | ViewIdentity


def identity_shown(letter: IntakeLetter, name: str, *, at: datetime) -> Identity:
    """The identity as that reveal first showed it, while the view lasts.

    Raises: NotFound; NeedsGrant, if the letter was masked since; TooLate; OutOfOrder.
    """
    found = reveal_of(letter, name)
    if found.decision is None and is_masked(letter):
        raise NeedsGrant
    until = _ends_at(found)
    if until is None or at > until:
        raise TooLate("the view has ended")
    known = (*letter.earlier_identities, letter.identity)
    shown = known[found.identity] if found.identity < len(known) else None
    if shown is None:
        raise OutOfOrder("there is nobody to reveal")
    return shown


def reveal_of(letter: IntakeLetter, name: str) -> Reveal:
    """The reveal under that name. Raises: NotFound."""
    found = next((each for each in letter.reveals if each.reveal == name), None)
    if found is None:
        raise NotFound
    return found


def waits(asked: Reveal, letter: IntakeLetter) -> bool:
    """Whether somebody has still to decide about the request, and can."""
    is_open = asked.requested_at is not None and asked.decision is None
    return is_open and _still_holds(asked, letter) and _has_writer(letter, is_handler=True)


def standing(letter: IntakeLetter) -> LetterAccess:
    """The holder and the bureaus that must not see the letter, for the access policy."""
    return LetterAccess(
        letter.bureau or "triage",
        unit=letter.unit,
        addressed_to=letter.addressed_to,
        about=complained_of(letter.about) if letter.about else None,
        excluded=frozenset((*letter.excluded, *map(person, letter.conflicted))),
    )


def reveal_identity(command: RevealIdentity, letter: IntakeLetter) -> tuple[IdentityRevealed]:
    """Record that the identity is shown.

    Raises: NotFound; NeedsGrant; OutOfOrder, if it was withdrawn or erased; LimitReached.
    """
    is_handler = command.role == "handler"
    if is_handler and (letter.bureau is None or command.bureau != letter.bureau):
        raise NotFound
    if is_masked(letter):
        raise NeedsGrant
    _check_open(letter, is_handler=is_handler)
    _check_room(letter)
    shown = IdentityRevealed(
        reveal=command.reveal,
        role=command.role,
        bureau=command.bureau,
        staff=command.staff,
        reason=command.reason,
        signed_in_at=command.signed_in_at,
        revealed_at=command.at,
        words=command.words,
    )
    return (shown,)


def request_reveal(command: RequestReveal, letter: IntakeLetter) -> tuple[RevealRequested]:
    """Record the request. Raises: NotFound; OutOfOrder, if nobody must grant it; LimitReached."""
    if letter.bureau is None or command.bureau != letter.bureau:
        raise NotFound
    if not is_masked(letter):
        raise OutOfOrder("nobody must grant what the holder may see")
    _check_open(letter, is_handler=True)
    _check_room(letter)
    asked = RevealRequested(
        reveal=command.reveal,
        bureau=command.bureau,
        assignment=letter.assignment,
        staff=command.staff,
        reason=command.reason,
        requested_at=command.at,
        words=command.words,
    )
    return (asked,)


def decide_reveal(command: DecideReveal, letter: IntakeLetter) -> tuple[RevealDecided]:
    """Record the decision of another person.

    Raises: NotFound; NotAllowed; AlreadyDone; StaleAssignment; OutOfOrder.
    """
    found = reveal_of(letter, command.reveal)
    if found.requested_at is None:
        raise NotFound
    if found.staff == command.staff:
        raise NotAllowed("another person must decide")
    if found.decision is not None:
        raise AlreadyDone
    if command.granted:
        _check_holds(found, letter)
    decided = RevealDecided(
        reveal=found.reveal,
        granted=command.granted,
        staff=command.staff,
        decided_at=command.at,
        until=command.at + VIEW if command.granted else None,
    )
    return (decided,)


def view_identity(command: ViewIdentity, letter: IntakeLetter) -> tuple[IdentityRevealed, ...]:
    """Record the first view of what was granted; later ones change nothing.

    Raises: NotFound; NeedsGrant; StaleAssignment; OutOfOrder; TooLate.
    """
    found = reveal_of(letter, command.reveal)
    if found.requested_at is None or found.staff != command.staff:
        raise NotFound
    if found.decision is None or not found.decision.granted:
        raise NeedsGrant
    _check_holds(found, letter)
    if command.at > (found.decision.until or found.decision.decided_at):
        raise TooLate("the view has ended")
    if found.revealed_at is not None:
        return ()
    shown = IdentityRevealed(
        reveal=found.reveal,
        role=found.role,
        bureau=found.bureau,
        staff=found.staff,
        reason=found.reason,
        signed_in_at=command.signed_in_at,
        revealed_at=command.at,
    )
    return (shown,)


def _check_holds(found: Reveal, letter: IntakeLetter) -> None:
    """Raises: StaleAssignment, if the letter has left the holding of the request."""
    if not _still_holds(found, letter):
        raise StaleAssignment
    _check_open(letter, is_handler=True)


def _check_open(letter: IntakeLetter, *, is_handler: bool) -> None:
    if not _has_writer(letter, is_handler=is_handler):
        raise OutOfOrder("there is nobody to reveal")


def _check_room(letter: IntakeLetter) -> None:
    if len(letter.reveals) >= MOST_REVEALS:
        raise LimitReached


def _has_writer(letter: IntakeLetter, *, is_handler: bool) -> bool:
    """Handlers must not see the writer of a letter that was withdrawn."""
    return letter.identity is not None and not (is_handler and letter.state == "withdrawn")


def _still_holds(found: Reveal, letter: IntakeLetter) -> bool:
    return (found.bureau, found.assignment) == (letter.bureau, letter.assignment)


def _ends_at(found: Reveal) -> datetime | None:
    """When its view ends; None before the identity was shown, and for reveals without a time."""
    if found.revealed_at is None:
        return None
    return found.decision.until if found.decision else found.revealed_at + VIEW


# --- folds -------------------------------------------------------------------------------------


def reveal_requested(letter: IntakeLetter, event: RevealRequested) -> IntakeLetter:
    """The letter with one more request."""
    asked = Reveal(
        event.reveal,
        "handler",
        event.bureau,
        event.staff,
        event.reason,
        None,
        _reason(event.words),
        assignment=event.assignment,
        requested_at=event.requested_at,
    )
    return replace(letter, reveals=(*letter.reveals, asked))


def reveal_decided(letter: IntakeLetter, event: RevealDecided) -> IntakeLetter:
    """The letter with that decision."""
    decision = RevealDecision(event.granted, event.staff, event.decided_at, event.until)
    return _with(letter, event.reveal, decision=decision)


def identity_revealed(letter: IntakeLetter, event: IdentityRevealed) -> IntakeLetter:
    """The letter with a view, of what was granted before or of the identity at once."""
    times = {"signed_in_at": event.signed_in_at, "revealed_at": event.revealed_at}
    identity = len(letter.earlier_identities)
    if any(each.reveal == event.reveal for each in letter.reveals):
        return _with(letter, event.reveal, identity=identity, **times)
    shown = Reveal(
        event.reveal,
        event.role,
        event.bureau,
        event.staff,
        event.reason,
        event.signed_in_at,
        _reason(event.words),
        revealed_at=event.revealed_at,
        identity=identity,
    )
    return replace(letter, reveals=(*letter.reveals, shown))


def _with(letter: IntakeLetter, name: str, **change: Any) -> IntakeLetter:
    return replace(
        letter,
        reveals=tuple(
            replace(each, **change) if each.reveal == name else each for each in letter.reveals
        ),
    )


def _reason(words: object) -> Reason | None:
    return words if isinstance(words, Reason) else None
