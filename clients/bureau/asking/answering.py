"""What does a bureau ask for on the way to an answer, and after it? Pure.

All of these raise a ValueError, without the words, where a value can't be.
"""

from datetime import date
from typing import NotRequired, TypedDict, Unpack

from clients.bureau.asking.made import NO_ID, Made
from shared.contracts import actions_v1 as actions
from shared.contracts.values import Promise
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    Outcome,
    WhereToTurn,
)
from shared.contracts.words import Note, Reason, ReplyText


class Details(TypedDict, total=False):
    """What only some replies need."""

    finding: Finding | None
    referred_to: WhereToTurn | None
    commitments: tuple[Promise, ...]
    publication_proposed: bool
    signed_by: str | None
    """Who has signed it in the bureau's own system, where that counts."""


class Refusal(TypedDict):
    """Why a letter is refused, and where its writer may turn."""

    decline_reason: DeclineReason
    where_to_turn: NotRequired[WhereToTurn | None]
    signed_by: NotRequired[str | None]


def refusal(assignment: int, text: str, *, why: Refusal, **made: Unpack[Made]) -> actions.Decline:
    """Refusing the letter for a reason in law, with what the writer is told."""
    return actions.Decline(
        action_id=NO_ID, assignment=assignment, words=ReplyText(text=text), **why, **made
    )


def question(assignment: int, text: str, **made: Unpack[Made]) -> actions.Ask:
    """Asking the writer."""
    return actions.Ask(action_id=NO_ID, assignment=assignment, words=Note(text=text), **made)


def more_time(
    assignment: int,
    *,
    clock: ClockName,
    days: int,
    reason: ExtensionReason,
    text: str | None = None,
    **made: Unpack[Made],
) -> actions.RequestExtension:
    """Asking for so many days more, working or natural ones as that clock counts."""
    return actions.RequestExtension(
        action_id=NO_ID,
        assignment=assignment,
        clock=clock,
        days=days,
        reason=reason,
        words=None if text is None else Reason(text=text),
        **made,
    )


def answer(assignment: int, text: str, *, outcome: Outcome, **made: Unpack[Made]) -> actions.Reply:
    """A reply with that text."""
    return actions.Reply(
        action_id=NO_ID,
        assignment=assignment,
        outcome=outcome,
        words=ReplyText(text=text),
        **made,
    )


def detailed(reply: actions.Reply, **details: Unpack[Details]) -> actions.Reply:
    """The reply with what only some replies need."""
    return actions.Reply(**{**reply.__dict__, **details})


def promise(due_on: date, text: str) -> Promise:
    """What a reply promises, and by when: a date of Asia/Shanghai."""
    return Promise(due_on=due_on, words=Note(text=text))


def answer_to_instruction(
    assignment: int, text: str, *, instruction: int, **made: Unpack[Made]
) -> actions.AnswerInstruction:
    """The answer to a chief's instruction."""
    return actions.AnswerInstruction(
        action_id=NO_ID,
        assignment=assignment,
        instruction=instruction,
        words=Note(text=text),
        **made,
    )


def keeping(assignment: int, text: str, *, commitment: int, **made: Unpack[Made]) -> actions.Fulfil:
    """That a promise is kept, and what shows it."""
    return actions.Fulfil(
        action_id=NO_ID, assignment=assignment, commitment=commitment, words=Note(text=text), **made
    )


def publication(assignment: int, **made: Unpack[Made]) -> actions.ProposePublication:
    """That everyone should be able to read the letter and its reply."""
    return actions.ProposePublication(action_id=NO_ID, assignment=assignment, **made)
