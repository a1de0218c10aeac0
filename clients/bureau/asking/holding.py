"""What does a bureau ask for while it works on a letter? Pure.

All of these raise a ValueError, without the words, where a value can't be.
"""

from typing import Unpack

from clients.bureau.asking.made import NO_ID, Made
from shared.contracts import actions_v1 as actions
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import LinkKind, PoliceType, ReturnReason
from shared.contracts.words import Note


def acceptance(assignment: int, **made: Unpack[Made]) -> actions.Accept:
    """Taking the letter up."""
    return actions.Accept(action_id=NO_ID, assignment=assignment, **made)


def handing_back(
    assignment: int,
    *,
    reason: ReturnReason,
    suggestion: Bureau | None = None,
    text: str | None = None,
    **made: Unpack[Made],
) -> actions.Return:
    """Handing the letter back as not theirs; `suggestion`: whose it is; `text`: for the desk."""
    return actions.Return(
        action_id=NO_ID,
        assignment=assignment,
        reason=reason,
        suggestion=suggestion,
        words=None if text is None else Note(text=text),
        **made,
    )


def passing_on(
    assignment: int, *, unit: str, police_type: PoliceType, **made: Unpack[Made]
) -> actions.PassOn:
    """Giving the letter to a unit: a code of the bureau's own, and its line of police work."""
    return actions.PassOn(
        action_id=NO_ID, assignment=assignment, unit=unit, police_type=police_type, **made
    )


def unit_acceptance(assignment: int, *, unit: str, **made: Unpack[Made]) -> actions.UnitAccept:
    """That the unit which was given the letter has it."""
    return actions.UnitAccept(action_id=NO_ID, assignment=assignment, unit=unit, **made)


def note(assignment: int, text: str, **made: Unpack[Made]) -> actions.Note:
    """Something for the bureau itself, which the writer never sees."""
    return actions.Note(action_id=NO_ID, assignment=assignment, words=Note(text=text), **made)


def link(assignment: int, *, kind: LinkKind, with_: str, **made: Unpack[Made]) -> actions.Link:
    """That it is the same as the letter of that number, or one of the campaign of that code."""
    return actions.Link(action_id=NO_ID, assignment=assignment, kind=kind, with_=with_, **made)


def resend_request(
    assignment: int,
    *,
    from_sequence: int | None,
    snapshot: bool,
    **made: Unpack[Made],
) -> actions.RequestResend:
    """Asking for what is missing."""
    return actions.RequestResend(
        action_id=NO_ID,
        assignment=assignment,
        from_sequence=from_sequence,
        snapshot=snapshot,
        **made,
    )
