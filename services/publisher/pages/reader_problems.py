"""Readers report a problem with a publication: by its kind, without words."""

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.publisher import store
from services.publisher.api.dependencies import Desk, PublicationId
from services.publisher.api.publications import report_problem
from services.publisher.api.publications_schemas import NewProblem
from services.publisher.pages.reading_room import Documents, public_entry
from shared.kernel.errors import LimitReached
from shared.platform.http.application import open_to_all
from shared.platform.mongo.database import Collection
from shared.web.forms import fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices

PLACE: Final = "/publications"
router = APIRouter(include_in_schema=False)
LIMIT: Final = N_("This page has been reported very often. The editors have it.")


@router.get(PLACE + "/{publication}/problem")
@open_to_all
async def show_problem_form(
    request: Request, publication: PublicationId, documents: Documents
) -> Response:
    """Say what is wrong."""
    return await _form(request, publication, documents)


@router.post(PLACE + "/{publication}/problem")
@open_to_all
async def send_problem(
    request: Request, publication: PublicationId, documents: Documents, desk: Desk
) -> Response:
    """Report it to the editors."""
    body, errors = read_form(NewProblem, await fields_of(request))
    if body is None:
        return await _form(request, publication, documents, errors=errors, status=422)
    try:
        await report_problem(publication, body, desk)
    except LimitReached:
        return await _form(request, publication, documents, errors={"": LIMIT}, status=429)
    return RedirectResponse(f"{PLACE}/{publication}?reported=yes", status_code=303)


async def _form(request: Request, publication: str, documents: Collection, **more: Any) -> Response:
    found = await store.publication(documents, publication)
    if found is None:
        return page(request, "missing.html", status=404)
    return page(
        request,
        "publication_problem.html",
        entry=public_entry(found),
        kinds=choices("problem_kind"),
        **({"errors": {}} | more),
    )
