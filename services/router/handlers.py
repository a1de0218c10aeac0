"""What each record asks of the router. Pure: from an opened envelope to a command."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.router.domain import (
    AcceptLetter,
    ConfirmClock,
    Letter,
    PassIdentity,
    RateLetter,
    ReceiveLetter,
    ReplyToLetter,
    ResendToHolder,
    RouterState,
    WithdrawLetter,
    WithholdIdentity,
)
from services.router.store import subject_for
from shared.contracts.actions_v1 import Accept, Reply, RequestResend
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.envelope import Envelope
from shared.contracts.event import Action, Event
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import (
    IdentitySealed,
    IdentityWithheld,
    LetterSubmitted,
    RatingSubmitted,
    WithdrawalRequested,
)
from shared.contracts.topics import bureau_of, letters_of
from shared.contracts.values import By
from shared.contracts.vocabulary import ActionRefusal
from shared.contracts.words import Comment, ReplyText
from shared.kernel.errors import Refused
from shared.platform.rules import Arrival, Handlers, Outgoing, Record


def on_letter_submitted(event: Envelope[LetterSubmitted], arrival: Arrival) -> ReceiveLetter:
    """Register the letter."""
    return ReceiveLetter(event.data, arrival.at)


def on_rating_submitted(event: Envelope[RatingSubmitted], _: Arrival) -> RateLetter:
    """Decide the writer's rating."""
    words = event.data.words
    comment = words if isinstance(words, Comment) else None
    return RateLetter(event.data.request_id, event.data.solved, event.data.score, comment)


def on_withdrawal_requested(event: Envelope[WithdrawalRequested], _: Arrival) -> WithdrawLetter:
    """Decide whether the letter can still be taken back."""
    return WithdrawLetter(event.data.request_id, event.data.reason)


def on_identity_sealed(event: Envelope[IdentitySealed], _: Arrival) -> PassIdentity:
    """Forward the identity to the holder."""
    return PassIdentity(event.data)


def on_identity_withheld(event: Envelope[IdentityWithheld], _: Arrival) -> WithholdIdentity:
    """Tell the holder that none will come."""
    return WithholdIdentity(event.data)


def on_clock_fired(event: Envelope[ClockFired], _: Arrival) -> ConfirmClock:
    """Confirm the level or drop it."""
    return ConfirmClock(event.data)


def on_accept(event: Envelope[Accept], arrival: Arrival) -> AcceptLetter:
    """Decide the bureau's acceptance; the topic says who acts."""
    bureau = _acting(arrival)
    return AcceptLetter(bureau, event.data.assignment, _by(bureau, event.data))


def on_reply(event: Envelope[Reply], arrival: Arrival) -> ReplyToLetter:
    """Decide the bureau's reply, as of the broker's append time."""
    bureau, action = _acting(arrival), event.data
    return ReplyToLetter(
        bureau,
        action.assignment,
        _by(bureau, action),
        arrival.appended_at,
        action.outcome,
        action.words if isinstance(action.words, ReplyText) else None,
        action.finding,
        action.referred_to,
        action.commitments,
        action.publication_proposed,
    )


def on_request_resend(event: Envelope[RequestResend], arrival: Arrival) -> ResendToHolder:
    """Tell the bureau again what it misses."""
    action = event.data
    return ResendToHolder(
        _acting(arrival), action.assignment, action.from_sequence, action.snapshot
    )


HANDLERS: Handlers = {
    LetterSubmitted: on_letter_submitted,
    RatingSubmitted: on_rating_submitted,
    WithdrawalRequested: on_withdrawal_requested,
    IdentitySealed: on_identity_sealed,
    IdentityWithheld: on_identity_withheld,
    ClockFired: on_clock_fired,
    Accept: on_accept,
    Reply: on_reply,
    RequestResend: on_request_resend,
}


def answer(
    record: Record, outcome: tuple[Any, ...] | Refused, *, state: RouterState
) -> Iterable[Outgoing]:
    """What the bureau is told: sequenced if it holds the letter, else as a stranger."""
    action = record.envelope.data
    bureau = bureau_of(record.raw.topic)
    if bureau is None:
        return
    topic, subject = letters_of(bureau).name, subject_for(record.letter)
    if not isinstance(action, Action):
        unknown = ActionRefused(action_id=_id_of(record), code="unknown_type")
        yield Outgoing(topic, unknown, subject, is_sequenced=False)
    elif not isinstance(state, Letter) or (isinstance(outcome, Refused) and state.holder != bureau):
        foreign = ActionRefused(action_id=action.action_id, code="not_held")
        yield Outgoing(topic, foreign, subject, is_sequenced=False)
    elif isinstance(outcome, Refused):
        yield Outgoing(topic, _refused(action, outcome, state))
    else:
        yield Outgoing(topic, _applied(action, outcome, state))


def _refused(action: Action, no: Refused, letter: Letter) -> ActionRefused:
    return ActionRefused(
        action_id=action.action_id,
        code=_code(no),
        state=letter.state,
        assignment=letter.assignment,
    )


def _id_of(record: Record) -> UUID | None:
    """The action's id, where what came has one that can be read."""
    try:
        return UUID(record.envelope.id)
    except ValueError:
        return None


def _applied(action: Action, events: tuple[Any, ...], state: Letter) -> ActionApplied:
    resulting = [event.type for event in events if isinstance(event, Event)]
    return ActionApplied(
        state=state.state,
        holder=state.holder,
        assignment=state.assignment,
        by=By(role="rule"),
        action_id=action.action_id,
        resulting=resulting[0] if resulting else action.type,
    )


REFUSALS: dict[str, ActionRefusal] = {
    "out_of_order": "out_of_order",
    "stale_assignment": "stale_assignment",
    "id_reused": "id_reused",
    "bad_value": "bad_value",
    "not_allowed": "not_allowed",
    "limit": "limit",
    "too_late": "too_late",
}


def _code(no: Refused) -> ActionRefusal:
    """The refusal's code in the bureau's vocabulary; one that isn't in it tells nothing."""
    return REFUSALS.get(no.code, "not_held")


def _acting(arrival: Arrival) -> Bureau:
    bureau = bureau_of(arrival.topic)
    if bureau is None:
        raise ValueError(f"{arrival.topic} is no bureau's topic")
    return bureau


def _by(bureau: Bureau, action: Action) -> By:
    return By(role="bureau", bureau=bureau, staff=action.staff)
