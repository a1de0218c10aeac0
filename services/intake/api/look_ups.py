"""Route by which supervisors and custodians find a person's letters by document number or phone.

Both are compared as keyed hashes. The answer has numbers, states and dates alone. Every look-up is
recorded with its reason before anything is shown, and the value is nowhere: not in an address, a
log or the record.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends

from services.intake import metrics
from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.look_ups_schemas import LetterFound, LettersFound, NewLookUp
from services.intake.domain.identity_reveals import standing
from services.intake.domain.letter import IntakeLetter
from services.intake.store import (
    BY_DOCUMENT,
    BY_PHONE,
    MOST_FOUND,
    LookUp,
    document_hash,
    letters_by,
    phone_hash,
)
from shared.kernel.access_policy import can_view
from shared.platform.http.identity import fresh, staff
from shared.platform.http.parameters import IdempotencyKey
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of

SEEKERS: Final = ("supervisor", "custodian")
router = APIRouter(prefix="/v1/look-ups", tags=["look-ups"])
Seeker = Annotated[Person, Depends(fresh(staff(*SEEKERS)))]


@router.post("")
async def look_up_letters(
    body: NewLookUp, person: Seeker, key: IdempotencyKey, desk: Desk
) -> LettersFound:
    """Find the letters of a person by their document number or phone. Recorded.

    Needs a sign-in of the last five minutes. At most ten look-ups in ten minutes and fifty a day.
    """
    await desk.look_ups.check_room(person.staff_id)
    numbers = await _numbers(body, desk)
    states = await desk.letters.states(numbers[:MOST_FOUND])
    who = viewer_of(person)
    found = [
        (number, state)
        for number in numbers[:MOST_FOUND]
        if isinstance(state := states.get(number), IntakeLetter)
        and can_view(who, standing(state)) in ("all", "course")
    ]
    await desk.look_ups.note(
        LookUp(
            desk.now(),
            person.staff_id,
            next(role for role in SEEKERS if role in person.roles),
            body.kind,
            body.reason,
            body.reference,
            len(found),
        ),
        key=f"l-{desk.blind.of('look-up', person.sub, key.strip(chr(34)), body.model_dump_json())}",
    )
    metrics.LOOK_UPS.labels(body.kind, body.reason).inc()
    return LettersFound(
        letters=[
            LetterFound(
                letter=number,
                received_at=letter.received_at,
                state=letter.state,
                reply_due_on=letter.reply_due_on,
            )
            for number, letter in found
        ],
        has_more=len(numbers) > MOST_FOUND and len(found) == MOST_FOUND,
    )


async def _numbers(body: NewLookUp, desk: FrontDesk) -> list[str]:
    if body.kind == "phone":
        found = await letters_by(
            desk.documents, BY_PHONE, digest=phone_hash(desk.blind, body.value)
        )
    else:
        digest = document_hash(desk.blind, body.document_type, number=body.value)
        found = await letters_by(desk.documents, BY_DOCUMENT, digest=digest)
    return list(found)
