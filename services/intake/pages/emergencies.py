"""The page of a writer whose words went to the duty desk, and whether it is happening now."""

from typing import Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.dependencies import Desk
from services.intake.api.diversions import answer_diversion, read_diversion
from services.intake.api.diversions_schemas import NewHappening
from services.intake.pages.my_letters import MINE, Writer
from shared.kernel.errors import NotFound, Refused
from shared.web.forms import fields_of, read_form
from shared.web.rendering import page

PLACE: Final = "/my/emergencies"
router = APIRouter()


@router.get(PLACE + "/{diversion}")
async def show_emergency(request: Request, person: Writer, desk: Desk, diversion: str) -> Response:
    """What to do now, and what the duty desk has done."""
    return await _shown(request, person, desk, diversion)


@router.post(PLACE + "/{diversion}")
async def answer_emergency(
    request: Request, person: Writer, desk: Desk, diversion: str
) -> Response:
    """Say whether it is happening now; no: it goes on as a letter."""
    body, errors = read_form(NewHappening, await fields_of(request))
    if body is None:
        return await _shown(request, person, desk, diversion, errors=errors, status=422)
    try:
        said = await answer_diversion(diversion, body, person, f"page-{diversion}", desk)
    except NotFound:
        raise
    except Refused as refused:
        return await _shown(request, person, desk, diversion, status=refused.status)
    if said.letter is not None:
        return RedirectResponse(f"{MINE}/{said.letter}", status_code=303)
    return RedirectResponse(f"{PLACE}/{said.diversion}", status_code=303)


async def _shown(
    request: Request,
    person: Writer,
    desk: Desk,
    diversion: str,
    *,
    errors: dict[str, str] | None = None,
    status: Literal[200, 422] | int = 200,
) -> Response:
    told = await read_diversion(diversion, person, desk)
    return page(request, "emergency.html", status=status, told=told, errors=errors or {})
