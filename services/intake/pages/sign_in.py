"""Sign-in to the duty desk's pages with a token of the identity provider, kept in a cookie.

The cookie is the token itself, checked on every request as in every other route. It is HttpOnly
and same-site. An office whose proxy signs people in and puts the token into `Authorization` never
sees this page.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.intake.pages.forms import fields_of
from services.intake.pages.rendering import render
from shared.kernel.errors import BadValue
from shared.platform.http.application import open_to_all
from shared.platform.http.identity import (
    NotSignedIn,
    SignInPage,
    Verifier,
    check_same_site,
    on_page,
    staff,
)
from shared.platform.http.tokens import Person

PLACE = "/duty"
SIGN_IN = f"{PLACE}/sign-in"
COOKIE = "mailbox_duty"
LONGEST = 3_800
"""Longest token that every browser stores in a cookie."""

OnDuty = Annotated[Person, Depends(on_page(staff("duty"), SignInPage(COOKIE, SIGN_IN)))]

router = APIRouter(include_in_schema=False)


@router.get(SIGN_IN)
@open_to_all
async def show_sign_in(request: Request) -> Response:
    """The form for a token."""
    return render(request, "sign_in.html")


@router.post(SIGN_IN)
@open_to_all
async def sign_in(request: Request) -> Response:
    """Store the token in a session cookie, for persons with role `duty`."""
    check_same_site(request)
    token = await _given(request)
    verifier: Verifier | None = request.app.state.verifier
    try:
        person = await verifier.check(token) if verifier and token else None
    except NotSignedIn:
        person = None
    if person is None or len(token) > LONGEST:
        return render(request, "sign_in.html", status=401, fault="token")
    if not person.has_role("duty"):
        return render(request, "sign_in.html", status=403, fault="role")
    answer = RedirectResponse(PLACE, status_code=303)
    is_secure = not request.app.state.is_development
    answer.set_cookie(COOKIE, token, path=PLACE, secure=is_secure, httponly=True, samesite="strict")
    return answer


@router.post(f"{PLACE}/sign-out")
@open_to_all
async def sign_out(request: Request) -> Response:
    """Delete the cookie."""
    check_same_site(request)
    answer = RedirectResponse(SIGN_IN, status_code=303)
    answer.delete_cookie(COOKIE, path=PLACE, httponly=True, samesite="strict")
    return answer


async def _given(request: Request) -> str:
    try:
        return (await fields_of(request, "token")).get("token", "")
    except BadValue:
        return ""
