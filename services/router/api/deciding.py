"""What the triage desk, supervisors, chiefs and the director decide of a letter."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.router import metrics
from services.router.api.bodies import Target
from services.router.api.case import Case, before, the_first
from services.router.api.orders import (
    ExtensionDecision,
    Instruction,
    Mark,
    Missing,
    Recall,
    Reclassification,
    Refusal,
    Return,
    Signature,
)
from services.router.api.showing import LetterShown
from services.router.domain import (
    ConsentReturn,
    DecideExtension,
    DeclineLetter,
    Instruct,
    MarkDisclosure,
    MarkPetition,
    ReadLetter,
    RecallLetter,
    ReclassifyLetter,
    RouteLetter,
    SendBack,
    SignAnswer,
    SuperviseLetter,
)
from shared.contracts.values import About, By
from shared.contracts.words import Note, Reason, ReplyText
from shared.kernel.errors import OutOfOrder
from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import fresh, staff

router = APIRouter(prefix="/v1/letters/{letter}", tags=["deciding"])

AtTriage = Annotated[Case, Depends(before(staff("triage", *INSPECTORS)))]
"""Also the department's inspection, of what it alone sees."""
Supervised = Annotated[Case, Depends(before(staff("supervisor")))]
AtDesk = Annotated[Case, Depends(before(staff("triage", "supervisor", *INSPECTORS)))]
Chief = Annotated[Case, Depends(before(staff("bureau", "director")))]
Decider = Annotated[Case, Depends(before(staff("bureau", "supervisor")))]
Signer = Annotated[
    Case, Depends(before(fresh(staff("bureau", "supervisor", "director", "triage"))))
]
"""Who may sign is data of the offices; everybody needs a sign-in of the last five minutes."""


@router.post("/route")
async def route(body: Target, case: AtTriage) -> LetterShown:
    """Hand a letter that waits in triage to a bureau that it may reach."""
    answer = await case.tell(RouteLetter(the_first(case.as_triage()), case.now, body.bureau), body)
    metrics.ROUTED_BY_HAND.inc()
    return answer


@router.post("/decline_at_triage")
async def decline_at_triage(body: Refusal, case: AtTriage) -> LetterShown:
    """Write a refusal for the province, which its chief signs."""
    if case.letter.holder != "triage":
        raise OutOfOrder(f"decline at triage while {case.letter.state}")
    command = DeclineLetter(
        **case.acting(),
        at=case.now,
        decline_reason=body.decline_reason,
        where_to_turn=body.where_to_turn,
        words=ReplyText(text=body.text),
    )
    return await case.tell(command, body)


@router.post("/reclassify")
async def reclassify(body: Reclassification, case: AtDesk) -> LetterShown:
    """Say what a letter is; only a supervisor makes a writer known again."""
    by = the_first(case.as_supervisor(), case.as_triage())
    silent = frozenset({"police_type", "about", "excluded"} - body.model_fields_set)
    about = About(**body.about.model_dump()) if body.about else None
    command = ReclassifyLetter(
        by, case.now, body.category, body.police_type, about, body.excluded, keeps=silent
    )
    return await case.tell(command, body)


@router.post("/mark_petition")
async def mark_petition(body: Mark, case: AtDesk) -> LetterShown:
    """Start the clocks of the petition regulation."""
    by = the_first(case.as_supervisor(), case.as_triage())
    return await case.tell(MarkPetition(by, case.now, body.reason, Reason(text=body.text)), body)


@router.post("/mark_disclosure")
async def mark_disclosure(body: Mark, case: AtDesk) -> LetterShown:
    """Start the clock of the disclosure regulation."""
    by = the_first(case.as_supervisor(), case.as_triage())
    return await case.tell(MarkDisclosure(by, case.now, body.reason, Reason(text=body.text)), body)


@router.post("/consent_return")
async def consent_return(body: Return, case: Supervised) -> LetterShown:
    """Hand a letter back although the time to object is over."""
    words = Note(text=body.text) if body.text else None
    by = the_first(case.as_supervisor())
    command = ConsentReturn(by, case.now, body.reason, body.suggestion, words)
    return await case.tell(command, body)


@router.post("/recall")
async def recall(body: Recall, case: Supervised) -> LetterShown:
    """Take a letter back from a bureau."""
    return await case.tell(
        RecallLetter(the_first(case.as_supervisor()), case.now, body.reason), body
    )


@router.post("/supervise")
async def supervise(case: Supervised) -> LetterShown:
    """Have the province watch a letter."""
    return await case.tell(SuperviseLetter(the_first(case.as_supervisor()), case.now))


@router.post("/decide_extension")
async def decide_extension(body: ExtensionDecision, case: Decider) -> LetterShown:
    """Grant more time or don't; never whoever asks for it."""
    by = the_first(case.as_supervisor(), case.as_chief())
    command = DecideExtension(by, case.now, body.granted, body.days, Reason(text=body.text))
    return await case.tell(command, body)


@router.post("/sign")
async def sign(case: Signer, body: Signature | None = None) -> LetterShown:
    """Sign what is written."""
    read = body.draft if body else None
    return await case.tell(SignAnswer(_signer(case), case.now, read), body)


@router.post("/send_back")
async def send_back(body: Missing, case: Signer) -> LetterShown:
    """Don't sign it, and say what is missing."""
    return await case.tell(SendBack(_signer(case), case.now, Reason(text=body.text)), body)


@router.post("/read")
async def read(case: Chief) -> LetterShown:
    """Record that a chief has read a letter."""
    by = the_first(case.as_chief(), case.as_director())
    return await case.tell(ReadLetter(by, case.now))


@router.post("/instruct")
async def instruct(body: Instruction, case: Chief) -> LetterShown:
    """Say what is to be done; the holder must answer."""
    by = the_first(case.as_chief(), case.as_director())
    return await case.tell(Instruct(by, case.now, Note(text=body.text)), body)


def _signer(case: Case) -> By:
    """Whoever has signed in; as what they may sign is the rule's to say."""
    return By(role="chief", bureau=case.letter.bureau, staff=case.person.staff_id)
