"""The route by which a writer has parts of an ended letter erased before their time."""

from fastapi import APIRouter

from services.intake.api.dependencies import Desk
from services.intake.api.requests_schemas import ErasedParts, NewErasure
from services.intake.domain.retention import StillKept, check_request
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses

router = APIRouter(prefix="/v1/letters", tags=["letters"])
BY_WRITER = "writer.request"
"""The rule that the event names."""


@router.post("/{letter}/erasure", responses=refuses(StillKept()))
async def erase_letter_parts(
    letter: str, body: NewErasure, person: Citizen, desk: Desk
) -> ErasedParts:
    """Erase parts of a letter that has ended, in every service. It can't be undone.

    409 `out_of_order` while the letter runs or something about it is open; 409 `still_kept` names
    the rule that keeps a part, and the day from which it may be erased. Repeating it is harmless.
    """
    number, found = await desk.own_letter(person, letter)
    check_request(found, body.what, table=desk.erasure.table, now=desk.now())
    erased = await desk.erasure.eraser.erase(
        number, tuple(dict.fromkeys(body.what)), rule=BY_WRITER, by="writer"
    )
    return ErasedParts(erased=erased)
