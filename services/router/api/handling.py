"""Actions of handlers whose bureau has no system of its own; the same rules decide."""

from typing import Annotated

from fastapi import APIRouter, Depends, status

from services.router.api.dependencies import StaffAction, require_role, staff_action
from services.router.api.handling_schemas import (
    Fulfillment,
    InstructionAnswer,
    MoreTime,
    NewLink,
    NewNote,
    NewReply,
    PassingOn,
    Refusal,
    Return,
    Unit,
)
from services.router.api.letters_schemas import LetterShown
from services.router.domain.commitments import FulfilCommitment
from services.router.domain.conflicts import DeclareConflict
from services.router.domain.extensions import RequestMoreTime
from services.router.domain.handling import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    LinkLetter,
    PassOnLetter,
)
from services.router.domain.letter import Pledge
from services.router.domain.questions import AskWriter
from services.router.domain.replies import DeclineLetter, ProposePublication, ReplyToLetter
from services.router.domain.routing import ReturnLetter
from services.router.domain.supervision import AnswerInstruction
from shared.contracts.words import Note, Reason, ReplyText
from shared.platform.http.identity import staff

router = APIRouter(prefix="/v1/letters/{letter}", tags=["handling"])
Handled = Annotated[StaffAction, Depends(staff_action(staff("bureau")))]
Held = Annotated[StaffAction, Depends(staff_action(staff("bureau", "triage")))]
"""By a bureau or the triage desk."""
AnyDesk = Annotated[
    StaffAction, Depends(staff_action(staff("bureau", "triage", "supervisor", "director")))
]
Left = Annotated[StaffAction, Depends(staff_action(staff("bureau"), "past"))]
"""By a bureau or unit, also one whose last action ended its holding and who missed the answer."""


@router.post("/accept")
async def accept(action: Handled) -> LetterShown:
    """Accept the letter."""
    return await action.execute(AcceptLetter(**action.as_holder(), at=action.now))


@router.post("/return")
async def hand_back(body: Return, action: Left) -> LetterShown:
    """Return a letter that another bureau is responsible for."""
    words = Note(text=body.text) if body.text else None
    command = ReturnLetter(
        **action.as_last_holder(),
        at=action.now,
        reason=body.reason,
        suggestion=body.suggestion,
        words=words,
    )
    return await action.execute(command, body)


@router.post("/decline")
async def decline(body: Refusal, action: Handled) -> LetterShown:
    """Write a refusal, which a chief signs."""
    command = DeclineLetter(
        **action.as_holder(),
        at=action.now,
        decline_reason=body.decline_reason,
        where_to_turn=body.where_to_turn,
        words=ReplyText(text=body.text),
    )
    return await action.execute(command, body)


@router.post("/pass_on")
async def pass_on(body: PassingOn, action: Left) -> LetterShown:
    """Pass the letter on to a unit."""
    command = PassOnLetter(
        **action.as_last_holder(), at=action.now, unit=body.unit, police_type=body.police_type
    )
    return await action.execute(command, body)


@router.post("/unit_accept")
async def unit_accept(body: Unit, action: Handled) -> LetterShown:
    """Accept the letter in the unit."""
    return await action.execute(
        AcceptInUnit(**action.as_holder(), at=action.now, unit=body.unit), body
    )


@router.post("/note")
async def note(body: NewNote, action: Handled) -> LetterShown:
    """Add a note that the writer never sees."""
    command = AddNote(**action.as_holder(), at=action.now, words=Note(text=body.text))
    return await action.execute(command, body)


@router.post("/ask")
async def ask(body: NewNote, action: Handled) -> LetterShown:
    """Ask the writer."""
    command = AskWriter(**action.as_holder(), at=action.now, words=Note(text=body.text))
    return await action.execute(command, body)


@router.post("/request_extension")
async def request_extension(body: MoreTime, action: Handled) -> LetterShown:
    """Request more time; somebody else decides."""
    command = RequestMoreTime(
        **action.as_holder(),
        at=action.now,
        clock=body.clock,
        days=body.days,
        reason=body.reason,
        words=Reason(text=body.text) if body.text else None,
    )
    return await action.execute(command, body)


@router.post("/reply")
async def reply(body: NewReply, action: Handled) -> LetterShown:
    """Write a reply; it takes effect at once unless somebody must sign it."""
    command = ReplyToLetter(
        **action.as_holder(),
        at=action.now,
        outcome=body.outcome,
        words=ReplyText(text=body.text),
        finding=body.finding,
        referred_to=body.referred_to,
        commitments=tuple(
            Pledge(promise.due_on, Note(text=promise.text)) for promise in body.commitments
        ),
        publication_proposed=body.publication_proposed,
    )
    return await action.execute(command, body)


@router.post("/answer_instruction")
async def answer_instruction(body: InstructionAnswer, action: Held) -> LetterShown:
    """Answer a chief's instruction."""
    command = AnswerInstruction(
        **action.as_holder(),
        at=action.now,
        instruction=body.instruction,
        words=Note(text=body.text),
    )
    return await action.execute(command, body)


@router.post("/fulfil")
async def fulfil(body: Fulfillment, action: Handled) -> LetterShown:
    """Show that a commitment was kept."""
    command = FulfilCommitment(
        **action.as_holder(), at=action.now, commitment=body.commitment, words=Note(text=body.text)
    )
    return await action.execute(command, body)


@router.post("/link")
async def link(body: NewLink, action: Held) -> LetterShown:
    """Link the letter to another one or to a campaign."""
    command = LinkLetter(
        **action.as_holder(), at=action.now, kind=body.kind, other=body.other, own=action.number
    )
    return await action.execute(command, body)


@router.post("/conflict", status_code=status.HTTP_204_NO_CONTENT)
async def declare_conflict(action: AnyDesk) -> None:
    """Declare a conflict of interest: this person never sees the letter again.

    Nobody can undo it. The person's claim and the draft that they saved last are deleted. The same
    request again isn't found.
    """
    by = require_role(*action.acts_as)
    await action.execute(DeclareConflict(by, action.now))
    stores, staff = action.desk.stores, action.person.staff_id
    await stores.claims.release(action.number, staff=staff)
    await stores.drafts.drop([action.number], staff=staff)
    await stores.visits.forget(staff, action.number)


@router.post("/propose_publication")
async def propose_publication(action: Handled) -> LetterShown:
    """Propose to publish the letter and its reply."""
    acting = action.as_holder(chiefs_too=True)
    return await action.execute(ProposePublication(**acting, at=action.now))
