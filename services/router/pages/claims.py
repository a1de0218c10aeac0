"""Who works on a letter: claim it, release it, hand it over, take it over from somebody absent."""

from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.router.api.dependencies import StaffAction, TheDesk
from services.router.domain.claims import Claim
from services.router.pages.frame import LETTERS, action_on
from services.router.pages.letter_view import claim_line, handles
from shared.contracts.fields import OpaqueId
from shared.contracts.text import Text
from shared.kernel.errors import AlreadyDone, NotFound
from shared.platform.http.identity import on_page, staff
from shared.platform.http.parameters import RequestBody
from shared.platform.http.tokens import Person
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields

router = APIRouter()
Handler = Annotated[Person, Depends(on_page(staff("bureau")))]
MOST: Final = 500
ClaimNote: TypeAlias = Annotated[str, Text(1, MOST)]
CHOOSE: Final = N_("Choose one of the colleagues")
CLAIM: Final = LETTERS + "/{letter}/claim"


class HandOver(RequestBody):
    """The colleague who goes on with a letter."""

    to: OpaqueId
    note: ClaimNote | None = None


class TakeOver(RequestBody):
    """Why a letter is taken over."""

    note: ClaimNote


@router.get(CLAIM)
async def show_claim(request: Request, person: Handler, desk: TheDesk, letter: str) -> Response:
    """The form to hand the letter over, or to take it over."""
    action = await _handled(letter, person, desk=desk)
    return await _shown(request, action, restored_fields(request) or FormFields(), {})


@router.post(CLAIM)
async def change_claim(request: Request, person: Handler, desk: TheDesk, letter: str) -> Response:
    """Claim, release, hand over or take over."""
    fields = await fields_of(request)
    action = await _handled(letter, person, desk=desk)
    line = await claim_line(action)
    match fields.get("what"):
        case "claim" if line.can_claim:
            return await _claim(action)
        case "release" if line.is_mine:
            await desk.stores.claims.release(action.number, staff=person.staff_id)
            return _back(action, "released")
        case "hand_over" if line.is_mine and line.claim:
            return await _hand_over(request, action, line.claim, fields)
        case "take_over" if line.can_take_over and line.claim:
            return await _take_over(request, action, line.claim, fields)
        case _:
            return _back(action, "taken")


async def _handled(letter: str, person: Person, *, desk: TheDesk) -> StaffAction:
    """The letter, for somebody who handles it. Raises: NotFound."""
    action = await action_on(letter, person, desk=desk)
    if action.sight != "all" or not handles(action):
        raise NotFound
    return action


async def _claim(action: StaffAction) -> Response:
    try:
        letter, staff = action.letter, action.person.staff_id
        await action.desk.stores.claims.claim(
            Claim(action.number, staff, letter.holder, letter.assignment, action.now)
        )
    except AlreadyDone:
        return _back(action, "taken")
    return _back(action, "claimed")


async def _hand_over(
    request: Request, action: StaffAction, claim: Claim, fields: FormFields
) -> Response:
    body, errors = read_form(HandOver, fields)
    if body is None or body.to not in await _colleagues(action):
        return await _shown(request, action, fields, errors or {"to": CHOOSE}, status=422)
    return await _move(action, claim, to=body.to, note=body.note or "", done="handed_over")


async def _take_over(
    request: Request, action: StaffAction, claim: Claim, fields: FormFields
) -> Response:
    body, errors = read_form(TakeOver, fields)
    if body is None:
        return await _shown(request, action, fields, errors, status=422)
    to = action.person.staff_id
    return await _move(action, claim, to=to, note=body.note, done="taken_over")


async def _move(action: StaffAction, claim: Claim, *, to: str, note: str, done: str) -> Response:
    try:
        await action.desk.stores.claims.move(claim, to=to, note=note, now=action.now)
    except AlreadyDone:
        return _back(action, "taken")
    return _back(action, done)


async def _colleagues(action: StaffAction) -> list[str]:
    """Others who were seen at the desk of the letter's bureau and may see it."""
    bureau = action.letter.bureau or ""
    found = await action.desk.stores.visits.colleagues(bureau, now=action.now)
    kept_out = {action.person.staff_id, *action.letter.conflicted}
    return [staff for staff in found if staff not in kept_out]


async def _shown(
    request: Request,
    action: StaffAction,
    fields: FormFields,
    errors: dict[str, str],
    *,
    status: int = 200,
) -> Response:
    line = await claim_line(action)
    if not line.is_mine and not line.can_take_over:
        return _back(action, "taken")
    return page(
        request,
        "claim.html",
        status=status,
        number=action.number,
        line=line,
        colleagues=[(one, one) for one in await _colleagues(action)],
        fields=fields,
        errors=errors,
        most=MOST,
    )


def _back(action: StaffAction, done: str) -> Response:
    return RedirectResponse(f"{LETTERS}/{action.number}?done={done}", status_code=303)
