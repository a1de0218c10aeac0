"""Who may be shown a writer's identity, and what is recorded of it.

Of a letter that isn't masked, a handler of its holder or a supervisor is shown it at once. Of a
masked one a handler asks, another person decides, and the handler may look for fifteen minutes.
The rule of who may see the letter at all is checked before; here it is who may see its writer.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.intake.domain.commands import (
    DecideReveal,
    RequestReveal,
    RevealCommand,
    RevealIdentity,
    ViewIdentity,
)
from services.intake.domain.conversation import Reveal, RevealDecision
from services.intake.domain.identity_sealing import is_masked
from services.intake.domain.letter import Letter
from shared.contracts.submitted_v1 import IdentityRevealed, RevealDecided, RevealRequested
from shared.contracts.words import Identity, Reason
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
from shared.kernel.seeing import Standing

MOST_REVEALS = 100
"""Of one letter; whoever needs more asks the operator what is going on."""
VIEW = timedelta(minutes=15)
"""How long what was shown may be looked at again, and how long a grant lasts."""

RevealEvent = RevealRequested | RevealDecided | IdentityRevealed


class NeedsGrant(Refused):
    """The letter is masked: a handler of its holder asks, and another person must grant it."""

    status = 403
    code = "needs_grant"


def reveal(command: RevealCommand, letter: Letter) -> tuple[RevealEvent, ...]:
    """What is recorded of it; nothing when somebody looks once more at what they were granted.

    Raises: NotFound; OutOfOrder, when the letter was withdrawn or its identity erased; NeedsGrant;
    NotAllowed; AlreadyDone; StaleAssignment; TooLate; LimitReached.
    """
    match command:
        case RevealIdentity():
            return (_revealed(command, letter),)
        case RequestReveal():
            return (_requested(command, letter),)
        case DecideReveal():
            return (_decided(command, letter),)
        case ViewIdentity():
            return _viewed(command, letter)


def identity_shown(letter: Letter, name: str, *, at: datetime) -> Identity:
    """The identity as it was when that reveal first showed it, for as long as the view lasts.

    Raises: NotFound; NeedsGrant, when the letter was masked since; TooLate; OutOfOrder.
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


def reveal_of(letter: Letter, name: str) -> Reveal:
    """The reveal under that name. Raises: NotFound."""
    found = next((one for one in letter.reveals if one.reveal == name), None)
    if found is None:
        raise NotFound
    return found


def waits(one: Reveal, letter: Letter) -> bool:
    """Whether somebody must still decide about it, and can."""
    is_open = one.requested_at is not None and one.decision is None
    return is_open and _still_holds(one, letter) and _has_writer(letter, is_handler=True)


def after(letter: Letter, event: RevealEvent) -> Letter:
    """The letter once that is recorded."""
    match event:
        case RevealRequested():
            return replace(letter, reveals=(*letter.reveals, _asked(event)))
        case RevealDecided():
            decision = RevealDecision(event.granted, event.staff, event.decided_at, event.until)
            return _with(letter, event.reveal, decision=decision)
        case IdentityRevealed():
            return _shown(letter, event)


def standing(letter: Letter) -> Standing:
    """Whose the letter is and which bureaus it must not reach, for the rule of who may see it."""
    return Standing(
        letter.bureau or "triage",
        unit=letter.unit,
        addressed_to=letter.addressed_to,
        about=complained_of(letter.about) if letter.about else None,
        excluded=frozenset(letter.excluded),
    )


def _revealed(command: RevealIdentity, letter: Letter) -> IdentityRevealed:
    is_handler = command.role == "handler"
    if is_handler and (letter.bureau is None or command.bureau != letter.bureau):
        raise NotFound
    if is_masked(letter):
        raise NeedsGrant
    _check_open(letter, is_handler=is_handler)
    _check_room(letter)
    return IdentityRevealed(
        reveal=command.reveal,
        role=command.role,
        bureau=command.bureau,
        staff=command.staff,
        reason=command.reason,
        signed_in_at=command.signed_in_at,
        revealed_at=command.at,
        words=command.words,
    )


def _requested(command: RequestReveal, letter: Letter) -> RevealRequested:
    if letter.bureau is None or command.bureau != letter.bureau:
        raise NotFound
    if not is_masked(letter):
        raise OutOfOrder("nobody must grant what the holder may see")
    _check_open(letter, is_handler=True)
    _check_room(letter)
    return RevealRequested(
        reveal=command.reveal,
        bureau=command.bureau,
        assignment=letter.assignment,
        staff=command.staff,
        reason=command.reason,
        requested_at=command.at,
        words=command.words,
    )


def _decided(command: DecideReveal, letter: Letter) -> RevealDecided:
    found = reveal_of(letter, command.reveal)
    if found.requested_at is None:
        raise NotFound
    if found.staff == command.staff:
        raise NotAllowed("another person must decide")
    if found.decision is not None:
        raise AlreadyDone
    if command.granted:
        _check_holds(found, letter)
    return RevealDecided(
        reveal=found.reveal,
        granted=command.granted,
        staff=command.staff,
        decided_at=command.at,
        until=command.at + VIEW if command.granted else None,
    )


def _viewed(command: ViewIdentity, letter: Letter) -> tuple[IdentityRevealed, ...]:
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


def _check_holds(found: Reveal, letter: Letter) -> None:
    """Raises: StaleAssignment, when the letter has left the holding for which it was asked."""
    if not _still_holds(found, letter):
        raise StaleAssignment
    _check_open(letter, is_handler=True)


def _check_open(letter: Letter, *, is_handler: bool) -> None:
    if not _has_writer(letter, is_handler=is_handler):
        raise OutOfOrder("there is nobody to reveal")


def _check_room(letter: Letter) -> None:
    if len(letter.reveals) >= MOST_REVEALS:
        raise LimitReached


def _has_writer(letter: Letter, *, is_handler: bool) -> bool:
    """A letter that was withdrawn is its writer's again, and no handler's."""
    return letter.identity is not None and not (is_handler and letter.state == "withdrawn")


def _still_holds(found: Reveal, letter: Letter) -> bool:
    return (found.bureau, found.assignment) == (letter.bureau, letter.assignment)


def _ends_at(found: Reveal) -> datetime | None:
    """When its view ends; None before anything was shown, and of reveals without a time."""
    if found.revealed_at is None:
        return None
    return found.decision.until if found.decision else found.revealed_at + VIEW


def _asked(event: RevealRequested) -> Reveal:
    return Reveal(
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


def _shown(letter: Letter, event: IdentityRevealed) -> Letter:
    """Shown once it was granted, or at once."""
    times = {"signed_in_at": event.signed_in_at, "revealed_at": event.revealed_at}
    identity = len(letter.earlier_identities)
    if any(one.reveal == event.reveal for one in letter.reveals):
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


def _with(letter: Letter, name: str, **change: Any) -> Letter:
    return replace(
        letter,
        reveals=tuple(
            replace(one, **change) if one.reveal == name else one for one in letter.reveals
        ),
    )


def _reason(words: object) -> Reason | None:
    return words if isinstance(words, Reason) else None
