"""A writer's own letters: the list, and one letter with everything that happened to it."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.intake.api.acceptance_notice import letter_page
from services.intake.api.dependencies import Desk
from services.intake.api.letter_access import accesses_shown
from services.intake.api.letters import list_letters, read_letter
from services.intake.domain.offered_requests import offered
from services.intake.pages.request_forms import FORMS, FormName
from services.intake.pages.start import pages_of
from shared.kernel.working_days import civil_date
from shared.platform.http.identity import citizen, on_page
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.web.language import N_
from shared.web.rendering import page

MINE: Final = "/my/letters"
Writer = Annotated[Person, Depends(on_page(citizen()))]
Done = Annotated[FormName | Literal["sent"] | None, Query()]
SENT: Final = N_("Your letter has arrived. Keep the number below. You can follow each step here.")
router = APIRouter()


@router.get(MINE)
async def show_mine(request: Request, person: Writer, desk: Desk, after: After = None) -> Response:
    """The letters, newest first."""
    found = await list_letters(person, desk, after)
    return page(request, "my_letters.html", letters=found.letters, next=found.next)


@router.get(MINE + "/{letter}")
async def show_letter(
    request: Request, person: Writer, desk: Desk, letter: str, done: Done = None
) -> Response:
    """One letter, and what its writer can do about it now."""
    number, state = await desk.own_letter(person, letter)
    kinds = offered(state, today=civil_date(desk.now()))
    return page(
        request,
        "my_letter.html",
        letter=await read_letter(number, person, desk),
        address=f"{MINE}/{number}",
        offers=[(kind, FORMS[kind].title) for kind in kinds],
        changes=[(kind, FORMS[kind].title) for kind in ("contact", "consent")],
        accesses=accesses_shown(state),
        has_receipt=state.words is not None,
        public_url=(pages_of(request).public_url or "").rstrip("/"),
        mailbox=state.addressed_to,
        qr=letter_page(request, number),
        is_sent=done == "sent",
        done=SENT if done == "sent" else FORMS[done].done if done else None,
    )
