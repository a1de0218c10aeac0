"""What each fact leaves behind at the front desk: `evolve`, which never refuses. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.identities import identity_kid, keeps_identity
from services.intake.domain.letter import (
    Answer,
    IntakeState,
    Letter,
    Nothing,
    Request,
    RequestKind,
    Step,
)
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterRated,
    LetterReceived,
    LetterReplied,
    LetterWithdrawn,
    ReplySubmitted,
    RequestRefused,
)
from shared.contracts.submitted_v1 import (
    IdentitySealed,
    IdentityWithheld,
    LetterSubmitted,
    PublicationCopied,
    RatingSubmitted,
    WithdrawalRequested,
)
from shared.contracts.vocabulary import RequestRefusal
from shared.contracts.words import Contact, Identity, LetterText, ReplyText

MOST_STEPS = 200
HIDDEN = (ReplySubmitted,)
"""Facts that are no step for the writer to see: a reply that still waits for its signature."""


@dataclass(frozen=True)
class OwnerKnown:
    """Whose letter it is. Goes on no topic."""

    owner: str


@dataclass(frozen=True)
class ProgressNoted:
    """What the router said, and when. Goes on no topic: it came from one."""

    fact: Fact
    at: datetime


def evolve(state: IntakeState, event: object) -> IntakeState:
    """The state that `event` leaves behind.

    A fact is a fact: one that changes nothing is no error.
    """
    match state, event:
        case Nothing(), LetterSubmitted():
            return _submitted(event)
        case Letter(), OwnerKnown(owner):
            return replace(state, owner=owner)
        case Letter(), RatingSubmitted():
            return _asked(state, event.request_id, "rating")
        case Letter(), WithdrawalRequested():
            return _asked(state, event.request_id, "withdrawal")
        case Letter(), PublicationCopied():
            return replace(state, copies=event.copy_number)
        case Letter(), IdentitySealed() | IdentityWithheld():
            return replace(state, identity_kid=identity_kid(event))
        case Letter(), ProgressNoted(fact, at):
            return _noted(_changed(state, fact, at), fact, at)
        case _:
            return state


def _submitted(event: LetterSubmitted) -> Letter:
    return Letter(
        owner="",
        received_at=event.received_at,
        channel=event.channel,
        lang=event.lang,
        category=event.category,
        place=event.place,
        addressed_to=event.addressed_to,
        consent_to_publish=event.consent_to_publish,
        words=event.words if isinstance(event.words, LetterText) else None,
        contact=event.contact if isinstance(event.contact, Contact) else None,
        identity=event.identity if isinstance(event.identity, Identity) else None,
    )


def _asked(letter: Letter, request_id: str, kind: RequestKind) -> Letter:
    return replace(letter, requests=(*letter.requests, Request(request_id, kind)))


def _changed(letter: Letter, fact: Fact, at: datetime) -> Letter:
    """What only some facts say."""
    match fact:
        case LetterReceived():
            due = fact.receipt
            return replace(letter, reply_due_on=due.due_on, reply_is_provisional=due.provisional)
        case LetterReplied():
            words = fact.words if isinstance(fact.words, ReplyText) else None
            return replace(letter, answer=Answer(words, fact.outcome, at))
        case LetterRated():
            return _settled(letter, "rating")
        case LetterWithdrawn():
            return _settled(letter, "withdrawal")
        case RequestRefused():
            return _refused(letter, fact.request_id, fact.code)
        case _:
            return letter


def _noted(letter: Letter, fact: Fact, at: datetime) -> Letter:
    """What every fact says: state, holder, and a step of the letter's history."""
    bureau = None if fact.holder == "triage" else fact.holder
    moved = replace(letter, state=fact.state, bureau=bureau, assignment=fact.assignment)
    if not keeps_identity(fact, letter):
        moved = replace(moved, identity_kid=None)
    if isinstance(fact, HIDDEN) or len(letter.history) >= MOST_STEPS:
        return moved
    step = Step(at, fact.type.removeprefix("gd.mailbox.").rsplit(".", 1)[0], bureau)
    return replace(moved, history=(*letter.history, step))


def _settled(letter: Letter, kind: RequestKind) -> Letter:
    """The oldest open request of that kind is done."""
    waiting = next(
        (one for one in letter.requests if (one.kind, one.status) == (kind, "sent")), None
    )
    return letter if waiting is None else _with(letter, replace(waiting, status="done"))


def _refused(letter: Letter, request_id: str, code: RequestRefusal) -> Letter:
    waiting = next((one for one in letter.requests if one.request_id == request_id), None)
    if waiting is None:
        return letter
    return _with(letter, replace(waiting, status="refused", code=code))


def _with(letter: Letter, request: Request) -> Letter:
    return replace(
        letter,
        requests=tuple(
            request if one.request_id == request.request_id else one for one in letter.requests
        ),
    )
