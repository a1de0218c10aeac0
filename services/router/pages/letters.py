"""The page of one letter."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.router.api.dependencies import TheDesk
from services.router.pages.frame import LETTERS, AtDesk, action_on
from services.router.pages.letter_view import done_text, letter_page
from shared.web.rendering import page

router = APIRouter()
Done = Annotated[str | None, Query(max_length=40, pattern="^[a-z_]+$")]


@router.get(LETTERS + "/{letter}")
async def show_letter(
    request: Request, person: AtDesk, desk: TheDesk, letter: str, done: Done = None
) -> Response:
    """A letter, as far as this person may see it, and what they can do with it now."""
    action = await action_on(letter, person, desk=desk)
    return page(
        request,
        "letter.html",
        letter=await letter_page(action),
        number=action.number,
        done=done_text(done),
        staff=person.staff_id,
    )
