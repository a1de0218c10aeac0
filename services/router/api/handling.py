"""What a bureau's system says on its topic, handlers without one do here; the same rules decide."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.router.api.acts import (
    Fulfillment,
    InstructionAnswer,
    MoreTime,
    NewNote,
    NewReply,
    PassingOn,
    Unit,
)
from services.router.api.case import Case, before
from services.router.api.orders import NewLink, Refusal, Return
from services.router.api.showing import LetterShown
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
    ReturnLetter,
)
from shared.contracts.words import Note, Reason, ReplyText
from shared.platform.http.identity import staff

router = APIRouter(prefix="/v1/letters/{letter}", tags=["handling"])

Handled = Annotated[Case, Depends(before(staff("bureau")))]
Held = Annotated[Case, Depends(before(staff("bureau", "triage")))]
"""By a bureau, or by the triage desk."""
Left = Annotated[Case, Depends(before(staff("bureau"), "past"))]
"""By a bureau or unit, also by one that has just let go of it and missed the answer."""


@router.post("/accept")
async def accept(case: Handled) -> LetterShown:
    """Take the letter up."""
    return await case.tell(AcceptLetter(**case.acting(), at=case.now))


@router.post("/return")
async def hand_back(body: Return, case: Left) -> LetterShown:
    """Hand back a letter that is not ours."""
    words = Note(text=body.text) if body.text else None
    command = ReturnLetter(
        **case.acting_last(),
        at=case.now,
        reason=body.reason,
        suggestion=body.suggestion,
        words=words,
    )
    return await case.tell(command, body)


@router.post("/decline")
async def decline(body: Refusal, case: Handled) -> LetterShown:
    """Write a refusal, which a chief signs."""
    command = DeclineLetter(
        **case.acting(),
        at=case.now,
        decline_reason=body.decline_reason,
        where_to_turn=body.where_to_turn,
        words=ReplyText(text=body.text),
    )
    return await case.tell(command, body)


@router.post("/pass_on")
async def pass_on(body: PassingOn, case: Left) -> LetterShown:
    """Give the letter to a unit."""
    command = PassOnLetter(
        **case.acting_last(), at=case.now, unit=body.unit, police_type=body.police_type
    )
    return await case.tell(command, body)


@router.post("/unit_accept")
async def unit_accept(body: Unit, case: Handled) -> LetterShown:
    """Take the letter up in the unit."""
    return await case.tell(AcceptInUnit(**case.acting(), at=case.now, unit=body.unit), body)


@router.post("/note")
async def note(body: NewNote, case: Handled) -> LetterShown:
    """Write down what the writer never sees."""
    command = AddNote(**case.acting(), at=case.now, words=Note(text=body.text))
    return await case.tell(command, body)


@router.post("/ask")
async def ask(body: NewNote, case: Handled) -> LetterShown:
    """Ask the writer."""
    command = AskWriter(**case.acting(), at=case.now, words=Note(text=body.text))
    return await case.tell(command, body)


@router.post("/request_extension")
async def request_extension(body: MoreTime, case: Handled) -> LetterShown:
    """Ask for more time; somebody else decides."""
    command = RequestMoreTime(
        **case.acting(),
        at=case.now,
        clock=body.clock,
        days=body.days,
        reason=body.reason,
        words=Reason(text=body.text) if body.text else None,
    )
    return await case.tell(command, body)


@router.post("/reply")
async def reply(body: NewReply, case: Handled) -> LetterShown:
    """Write a reply; it takes effect at once unless somebody must sign it."""
    command = ReplyToLetter(
        **case.acting(),
        at=case.now,
        outcome=body.outcome,
        words=ReplyText(text=body.text),
        finding=body.finding,
        referred_to=body.referred_to,
        commitments=tuple(Pledge(one.due_on, Note(text=one.text)) for one in body.commitments),
        publication_proposed=body.publication_proposed,
    )
    return await case.tell(command, body)


@router.post("/answer_instruction")
async def answer_instruction(body: InstructionAnswer, case: Held) -> LetterShown:
    """Answer what a chief has instructed."""
    command = AnswerInstruction(
        **case.acting(), at=case.now, instruction=body.instruction, words=Note(text=body.text)
    )
    return await case.tell(command, body)


@router.post("/fulfil")
async def fulfil(body: Fulfillment, case: Handled) -> LetterShown:
    """Show that a promise is kept."""
    command = FulfilCommitment(
        **case.acting(), at=case.now, commitment=body.commitment, words=Note(text=body.text)
    )
    return await case.tell(command, body)


@router.post("/link")
async def link(body: NewLink, case: Held) -> LetterShown:
    """Say what the letter belongs together with."""
    command = LinkLetter(
        **case.acting(), at=case.now, kind=body.kind, other=body.other, own=case.number
    )
    return await case.tell(command, body)


@router.post("/propose_publication")
async def propose_publication(case: Handled) -> LetterShown:
    """Propose that everyone can read the letter and its reply."""
    acting = case.acting(chiefs_too=True)
    return await case.tell(ProposePublication(**acting, at=case.now))
