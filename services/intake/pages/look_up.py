"""Page that finds a person's letters by document number or phone, after a fresh sign-in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.intake.api.dependencies import Desk
from services.intake.api.look_ups import SEEKERS, look_up_letters
from services.intake.api.look_ups_schemas import NewLookUp
from shared.kernel.errors import Refused
from shared.platform.http.identity import fresh, on_page, staff
from shared.platform.http.tokens import Person
from shared.web.form_pages import key_in, new_key
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields
from shared.web.vocabulary import choices

HERE: Final = "/look-up"
KINDS: Final = (("document", N_("A document’s number")), ("phone", N_("A phone number")))
router = APIRouter(include_in_schema=False)
Seeker = Annotated[Person, Depends(on_page(staff(*SEEKERS)))]
FreshSeeker = Annotated[Person, Depends(fresh(on_page(staff(*SEEKERS))))]
TOO_OFTEN: Final = N_("You have looked up too many people. Try again later.")


@router.get(HERE)
async def show_look_up(request: Request, _: Seeker) -> Response:
    """The form."""
    return _shown(request, restored_fields(request) or FormFields())


@router.post(HERE)
async def show_found(request: Request, person: FreshSeeker, desk: Desk) -> Response:
    """The letters that were found; the form is empty again."""
    fields = await fields_of(request)
    body, errors = read_form(NewLookUp, fields)
    if body is None:
        return _shown(request, fields, status=422, errors=errors)
    key = key_in(fields)
    try:
        found = await look_up_letters(body, person, key, desk)
    except Refused as refused:
        return _shown(request, fields, status=refused.status, errors={"": TOO_OFTEN})
    return _shown(request, FormFields(), found=found)


def _shown(
    request: Request, fields: FormFields, *, status: int = 200, found: Any = None, **more: Any
) -> Response:
    values: dict[str, Any] = {"errors": {}} | more
    return page(
        request,
        "look_up.html",
        status=status,
        fields=fields,
        found=found,
        kinds=KINDS,
        documents=choices("document_type"),
        reasons=choices("reveal_reason"),
        key=new_key(),
        **values,
    )
