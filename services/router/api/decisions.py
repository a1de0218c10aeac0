"""Decisions of triage, supervisors, chiefs and the director about a letter."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.router import metrics
from services.router.api.decisions_schemas import (
    ExtensionDecision,
    Instruction,
    Mark,
    Missing,
    Recall,
    Reclassification,
    Signature,
    Target,
)
from services.router.api.dependencies import StaffAction, require_role, staff_action
from services.router.api.handling import decline
from services.router.api.handling_schemas import Refusal, Return
from services.router.api.letters_schemas import LetterShown
from services.router.domain.extensions import DecideExtension
from services.router.domain.reclassification import MarkDisclosure, MarkPetition, ReclassifyLetter
from services.router.domain.routing import ConsentReturn, RecallLetter, RouteLetter
from services.router.domain.signing import SendBack, SignAnswer
from services.router.domain.supervision import Instruct, ReadLetter, SuperviseLetter
from shared.contracts.values import About, By
from shared.contracts.words import Note, Reason
from shared.kernel.errors import OutOfOrder
from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import fresh, staff

router = APIRouter(prefix="/v1/letters/{letter}", tags=["deciding"])
AtTriage = Annotated[StaffAction, Depends(staff_action(staff("triage", *INSPECTORS)))]
"""Also the department's inspection, for letters that only it sees."""
Supervised = Annotated[StaffAction, Depends(staff_action(staff("supervisor")))]
AtDesk = Annotated[StaffAction, Depends(staff_action(staff("triage", "supervisor", *INSPECTORS)))]
Chief = Annotated[StaffAction, Depends(staff_action(staff("bureau", "director")))]
Decider = Annotated[StaffAction, Depends(staff_action(staff("bureau", "supervisor")))]
Signer = Annotated[
    StaffAction, Depends(staff_action(fresh(staff("bureau", "supervisor", "director", "triage"))))
]
"""The rules decide who may sign; everybody needs a sign-in of the last five minutes."""


@router.post("/route")
async def route(body: Target, action: AtTriage) -> LetterShown:
    """Route a letter that waits in triage to a bureau."""
    answer = await action.execute(
        RouteLetter(require_role(action.as_triage()), action.now, body.bureau), body
    )
    metrics.ROUTED_BY_HAND.inc()
    return answer


@router.post("/decline_at_triage")
async def decline_at_triage(body: Refusal, action: AtTriage) -> LetterShown:
    """Write a refusal for the province, which its chief signs."""
    if action.letter.holder != "triage":
        raise OutOfOrder(f"decline at triage while {action.letter.state}")
    return await decline(body, action)


@router.post("/reclassify")
async def reclassify(body: Reclassification, action: AtDesk) -> LetterShown:
    """Correct what a letter is; only a supervisor can unmask its writer."""
    by = require_role(action.as_supervisor(), action.as_triage())
    silent = frozenset({"police_type", "about", "excluded"} - body.model_fields_set)
    about = About(**body.about.model_dump()) if body.about else None
    command = ReclassifyLetter(
        by, action.now, body.category, body.police_type, about, body.excluded, keeps=silent
    )
    return await action.execute(command, body)


@router.post("/mark_petition")
async def mark_petition(body: Mark, action: AtDesk) -> LetterShown:
    """Start the clocks of the petition regulation."""
    by = require_role(action.as_supervisor(), action.as_triage())
    return await action.execute(
        MarkPetition(by, action.now, body.reason, Reason(text=body.text)), body
    )


@router.post("/mark_disclosure")
async def mark_disclosure(body: Mark, action: AtDesk) -> LetterShown:
    """Start the clock of the disclosure regulation."""
    by = require_role(action.as_supervisor(), action.as_triage())
    return await action.execute(
        MarkDisclosure(by, action.now, body.reason, Reason(text=body.text)), body
    )


@router.post("/consent_return")
async def consent_return(body: Return, action: Supervised) -> LetterShown:
    """Return a letter after the time to object, with the province's consent."""
    words = Note(text=body.text) if body.text else None
    by = require_role(action.as_supervisor())
    command = ConsentReturn(by, action.now, body.reason, body.suggestion, words)
    return await action.execute(command, body)


@router.post("/recall")
async def recall(body: Recall, action: Supervised) -> LetterShown:
    """Take a letter back from a bureau."""
    return await action.execute(
        RecallLetter(require_role(action.as_supervisor()), action.now, body.reason), body
    )


@router.post("/supervise")
async def supervise(action: Supervised) -> LetterShown:
    """Put a letter under the province's supervision."""
    return await action.execute(SuperviseLetter(require_role(action.as_supervisor()), action.now))


@router.post("/decide_extension")
async def decide_extension(body: ExtensionDecision, action: Decider) -> LetterShown:
    """Grant or refuse more time; never by the person who asks for it."""
    by = require_role(action.as_supervisor(), action.as_chief())
    command = DecideExtension(by, action.now, body.granted, body.days, Reason(text=body.text))
    return await action.execute(command, body)


@router.post("/sign")
async def sign(action: Signer, body: Signature | None = None) -> LetterShown:
    """Sign the waiting draft."""
    read = body.draft if body else None
    return await action.execute(SignAnswer(signer_of(action), action.now, read), body)


@router.post("/send_back")
async def send_back(body: Missing, action: Signer) -> LetterShown:
    """Send the draft back unsigned, and say what is missing."""
    return await action.execute(
        SendBack(signer_of(action), action.now, Reason(text=body.text)), body
    )


@router.post("/read")
async def read(action: Chief) -> LetterShown:
    """Record that a chief has read a letter."""
    by = require_role(action.as_chief(), action.as_director())
    return await action.execute(ReadLetter(by, action.now))


@router.post("/instruct")
async def instruct(body: Instruction, action: Chief) -> LetterShown:
    """Instruct the holder, who must answer."""
    by = require_role(action.as_chief(), action.as_director())
    return await action.execute(Instruct(by, action.now, Note(text=body.text)), body)


def signer_of(action: StaffAction) -> By:
    """Return the person who has signed in; the rules decide in which role they sign."""
    return By(role="chief", bureau=action.letter.bureau, staff=action.person.staff_id)
