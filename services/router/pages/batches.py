"""Passing on several letters together: a form, a check, and a result for each letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.router.api import handling
from services.router.api.dependencies import RouterDesk, TheDesk
from services.router.api.handling_schemas import PassingOn
from services.router.pages.action_forms import FORMS
from services.router.pages.frame import INBOX, action_on, refusal_text
from services.router.pages.inbox_view import InboxLine, lines_of
from services.router.store.inbox import SHOWN
from shared.kernel.errors import BadValue, NotFound, Refused
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.web.form_pages import key_in
from shared.web.forms import fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices

router = APIRouter()
Handler = Annotated[Person, Depends(on_page(staff("bureau")))]
PASSED: Final = N_("Passed on")
GONE: Final = N_("This letter isn’t at your desk any more.")


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one letter."""

    number: str
    text: str = field(repr=False)
    is_done: bool


@router.post(f"{INBOX}/pass_on")
async def pass_on_together(request: Request, person: Handler, desk: TheDesk) -> Response:
    """Ask for the unit, check, or pass the chosen letters on."""
    fields = await fields_of(request)
    numbers = list(dict.fromkeys(fields.all("letter")))
    if len(numbers) > SHOWN:
        raise BadValue("letter")
    step = fields.get("step")
    body, errors = read_form(PassingOn, fields) if step in ("check", "send") else (None, {})
    if step == "send" and body is not None:
        key = key_in(fields)
        results = [await _pass_on(it, person, body=body, desk=desk, key=key) for it in numbers]
        return page(request, "batch_done.html", results=results)
    lines = await _chosen(numbers, person, desk=desk)
    return page(
        request,
        "batch_check.html" if body is not None else "batch.html",
        status=422 if errors else 200,
        lines=lines,
        asked=FORMS["pass_on"].fields,
        types=choices("police_type"),
        fields=fields,
        errors=errors,
        key=key_in(fields),
    )


async def _chosen(numbers: Sequence[str], person: Person, *, desk: RouterDesk) -> list[InboxLine]:
    """The lines of those letters that this person may see."""
    found = []
    for number in numbers:
        try:
            action = await action_on(number, person, desk=desk)
        except NotFound:
            continue
        if action.sight == "all":
            found.append((action.number, action.letter, action.sight))
    return await lines_of(found, person, desk=desk)


async def _pass_on(
    number: str, person: Person, *, body: PassingOn, desk: RouterDesk, key: str
) -> BatchResult:
    try:
        await handling.pass_on(body, await action_on(number, person, desk=desk, key=key))
    except NotFound:
        return BatchResult(number, GONE, is_done=False)
    except Refused as refused:
        return BatchResult(number, refusal_text(refused), is_done=False)
    return BatchResult(number, PASSED, is_done=True)
