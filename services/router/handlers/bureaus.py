"""What bureaus' actions ask of the router: the topic says who acts, the broker when. Pure."""

from datetime import datetime
from typing import TypedDict, TypeVar

from services.router.domain import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    AnswerInstruction,
    AskWriter,
    DeclineLetter,
    FulfilCommitment,
    LinkLetter,
    PassOnLetter,
    Pledge,
    ProposePublication,
    ReplyToLetter,
    RequestMoreTime,
    ResendToHolder,
    ReturnLetter,
)
from shared.contracts import actions_v1 as actions
from shared.contracts.envelope import Envelope
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.topics import bureau_of
from shared.contracts.values import By
from shared.contracts.words import Clear, Note, Reason, ReplyText
from shared.platform.letters.service_decider import Arrival

ClearT = TypeVar("ClearT", bound=Clear)


class Acting(TypedDict):
    """Who acts, on which holding, and as of when."""

    bureau: Bureau
    assignment: int
    by: By
    at: datetime


def on_accept(event: Envelope[actions.Accept], arrival: Arrival) -> AcceptLetter:
    """Decide the bureau's acceptance."""
    return AcceptLetter(**_acting(event.data, arrival))


def on_return(event: Envelope[actions.Return], arrival: Arrival) -> ReturnLetter:
    """Decide whether the bureau may hand it back."""
    said = event.data
    return ReturnLetter(
        **_acting(said, arrival),
        reason=said.reason,
        suggestion=said.suggestion,
        words=_clear(said.words, Note),
    )


def on_decline(event: Envelope[actions.Decline], arrival: Arrival) -> DeclineLetter:
    """Have the bureau's refusal signed."""
    said = event.data
    return DeclineLetter(
        **_acting(said, arrival),
        decline_reason=said.decline_reason,
        where_to_turn=said.where_to_turn,
        words=_clear(said.words, ReplyText),
        signed_by=said.signed_by,
    )


def on_pass_on(event: Envelope[actions.PassOn], arrival: Arrival) -> PassOnLetter:
    """Note to which unit it goes."""
    said = event.data
    return PassOnLetter(**_acting(said, arrival), unit=said.unit, police_type=said.police_type)


def on_unit_accept(event: Envelope[actions.UnitAccept], arrival: Arrival) -> AcceptInUnit:
    """Note that the unit has it."""
    return AcceptInUnit(**_acting(event.data, arrival), unit=event.data.unit)


def on_note(event: Envelope[actions.Note], arrival: Arrival) -> AddNote:
    """Keep what the bureau writes down for itself."""
    return AddNote(**_acting(event.data, arrival), words=_clear(event.data.words, Note))


def on_ask(event: Envelope[actions.Ask], arrival: Arrival) -> AskWriter:
    """Have the writer asked."""
    return AskWriter(**_acting(event.data, arrival), words=_clear(event.data.words, Note))


def on_request_extension(
    event: Envelope[actions.RequestExtension], arrival: Arrival
) -> RequestMoreTime:
    """Put the wish for more time before somebody else."""
    said = event.data
    return RequestMoreTime(
        **_acting(said, arrival),
        clock=said.clock,
        days=said.days,
        reason=said.reason,
        words=_clear(said.words, Reason),
    )


def on_reply(event: Envelope[actions.Reply], arrival: Arrival) -> ReplyToLetter:
    """Decide the bureau's reply."""
    said = event.data
    return ReplyToLetter(
        **_acting(said, arrival),
        outcome=said.outcome,
        words=_clear(said.words, ReplyText),
        finding=said.finding,
        referred_to=said.referred_to,
        commitments=tuple(Pledge(one.due_on, _clear(one.words, Note)) for one in said.commitments),
        publication_proposed=said.publication_proposed,
        signed_by=said.signed_by,
    )


def on_answer_instruction(
    event: Envelope[actions.AnswerInstruction], arrival: Arrival
) -> AnswerInstruction:
    """Take the answer to a chief's instruction."""
    said = event.data
    return AnswerInstruction(
        **_acting(said, arrival),
        instruction=said.instruction,
        words=_clear(said.words, Note),
    )


def on_fulfil(event: Envelope[actions.Fulfil], arrival: Arrival) -> FulfilCommitment:
    """Note that a promise is kept."""
    said = event.data
    return FulfilCommitment(
        **_acting(said, arrival), commitment=said.commitment, words=_clear(said.words, Note)
    )


def on_link(event: Envelope[actions.Link], arrival: Arrival) -> LinkLetter:
    """Note what it belongs together with."""
    said = event.data
    return LinkLetter(**_acting(said, arrival), kind=said.kind, other=said.with_, own=event.subject)


def on_propose_publication(
    event: Envelope[actions.ProposePublication], arrival: Arrival
) -> ProposePublication:
    """Put it before the editors."""
    return ProposePublication(**_acting(event.data, arrival))


def on_request_resend(event: Envelope[actions.RequestResend], arrival: Arrival) -> ResendToHolder:
    """Tell the bureau again what it misses."""
    said = event.data
    return ResendToHolder(_bureau(arrival), said.assignment, said.from_sequence, said.snapshot)


def _acting(action: Action, arrival: Arrival) -> Acting:
    bureau = _bureau(arrival)
    return Acting(
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


def _clear(words: object, kind: type[ClearT]) -> ClearT | None:
    """The words, if they could be read."""
    return words if isinstance(words, kind) else None
