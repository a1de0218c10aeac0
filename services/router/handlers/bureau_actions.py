"""Commands from bureaus' actions: the topic says who acts, the broker when."""

from datetime import datetime
from typing import TypedDict

from services.router.domain.commitments import FulfilCommitment
from services.router.domain.extensions import RequestMoreTime
from services.router.domain.handling import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    LinkLetter,
    PassOnLetter,
)
from services.router.domain.letter import Pledge, words_as
from services.router.domain.questions import AskWriter
from services.router.domain.replies import DeclineLetter, ProposePublication, ReplyToLetter
from services.router.domain.resends import ResendToHolder
from services.router.domain.routing import ReturnLetter
from services.router.domain.supervision import AnswerInstruction
from shared.contracts import actions_v1 as actions
from shared.contracts.envelope import Envelope
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import bureau_of
from shared.contracts.values import By
from shared.contracts.words import Note, Reason, ReplyText
from shared.platform.letters.service_decider import Arrival


class ActionFields(TypedDict):
    """Who acts, on which holding, and when."""

    bureau: Bureau
    assignment: int
    by: By
    at: datetime


def on_accept(event: Envelope[actions.Accept], arrival: Arrival) -> AcceptLetter:
    """Accept the letter."""
    return AcceptLetter(**_acting(event.data, arrival))


def on_return(event: Envelope[actions.Return], arrival: Arrival) -> ReturnLetter:
    """Return the letter, if the bureau may."""
    action = event.data
    return ReturnLetter(
        **_acting(action, arrival),
        reason=action.reason,
        suggestion=action.suggestion,
        words=words_as(Note, action.words),
    )


def on_decline(event: Envelope[actions.Decline], arrival: Arrival) -> DeclineLetter:
    """Submit the bureau's refusal for signature."""
    action = event.data
    return DeclineLetter(
        **_acting(action, arrival),
        decline_reason=action.decline_reason,
        where_to_turn=action.where_to_turn,
        words=words_as(ReplyText, action.words),
        signed_by=action.signed_by,
    )


def on_pass_on(event: Envelope[actions.PassOn], arrival: Arrival) -> PassOnLetter:
    """Record the unit that the letter goes to."""
    action = event.data
    return PassOnLetter(
        **_acting(action, arrival), unit=action.unit, police_type=action.police_type
    )


def on_unit_accept(event: Envelope[actions.UnitAccept], arrival: Arrival) -> AcceptInUnit:
    """Record that the unit accepted it."""
    return AcceptInUnit(**_acting(event.data, arrival), unit=event.data.unit)


def on_note(event: Envelope[actions.Note], arrival: Arrival) -> AddNote:
    """Keep the bureau's note."""
    return AddNote(**_acting(event.data, arrival), words=words_as(Note, event.data.words))


def on_ask(event: Envelope[actions.Ask], arrival: Arrival) -> AskWriter:
    """Ask the writer."""
    return AskWriter(**_acting(event.data, arrival), words=words_as(Note, event.data.words))


def on_request_extension(
    event: Envelope[actions.RequestExtension], arrival: Arrival
) -> RequestMoreTime:
    """Request more time."""
    action = event.data
    return RequestMoreTime(
        **_acting(action, arrival),
        clock=action.clock,
        days=action.days,
        reason=action.reason,
        words=words_as(Reason, action.words),
    )


def on_reply(event: Envelope[actions.Reply], arrival: Arrival) -> ReplyToLetter:
    """Submit the bureau's reply."""
    action = event.data
    return ReplyToLetter(
        **_acting(action, arrival),
        outcome=action.outcome,
        words=words_as(ReplyText, action.words),
        finding=action.finding,
        referred_to=action.referred_to,
        commitments=tuple(
            Pledge(promise.due_on, words_as(Note, promise.words)) for promise in action.commitments
        ),
        publication_proposed=action.publication_proposed,
        signed_by=action.signed_by,
    )


def on_answer_instruction(
    event: Envelope[actions.AnswerInstruction], arrival: Arrival
) -> AnswerInstruction:
    """Record the answer to a chief's instruction."""
    action = event.data
    return AnswerInstruction(
        **_acting(action, arrival),
        instruction=action.instruction,
        words=words_as(Note, action.words),
    )


def on_fulfil(event: Envelope[actions.Fulfil], arrival: Arrival) -> FulfilCommitment:
    """Record that a commitment was kept."""
    action = event.data
    return FulfilCommitment(
        **_acting(action, arrival), commitment=action.commitment, words=words_as(Note, action.words)
    )


def on_link(event: Envelope[actions.Link], arrival: Arrival) -> LinkLetter:
    """Record a link."""
    action = event.data
    return LinkLetter(
        **_acting(action, arrival), kind=action.kind, other=action.with_, own=event.subject
    )


def on_propose_publication(
    event: Envelope[actions.ProposePublication], arrival: Arrival
) -> ProposePublication:
    """Propose the letter to the editors."""
    return ProposePublication(**_acting(event.data, arrival))


def on_request_resend(event: Envelope[actions.RequestResend], arrival: Arrival) -> ResendToHolder:
    """Send the bureau again what it missed."""
    action = event.data
    return ResendToHolder(
        **_acting(action, arrival),
        from_sequence=action.from_sequence,
        wants_snapshot=action.snapshot,
    )


def _acting(action: Action, arrival: Arrival) -> ActionFields:
    bureau = _bureau(arrival)
    return ActionFields(
        bureau=bureau,
        assignment=action.assignment,
        by=By(role="bureau", bureau=bureau, staff=action.staff),
        at=arrival.appended_at,
    )


def _bureau(arrival: Arrival) -> Bureau:
    bureau = bureau_of(arrival.topic)
    if bureau is None:
        raise ValueError(f"{arrival.topic} is no bureau's topic")
    return bureau
