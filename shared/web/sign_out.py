"""Sign-out: here, at the identity provider, and by the identity provider (back channel).

The ID token that tells the provider who leaves is sent in a form: in an address it would stay in
histories and logs.
"""

from __future__ import annotations

import hmac
import logging
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.kernel.errors import BadValue, NotAllowed
from shared.platform.http.application import open_to_all
from shared.platform.http.identity import check_same_site
from shared.platform.http.problems import problem
from shared.platform.http.request_guard import SECURITY_HEADERS
from shared.platform.http.tokens import BadToken
from shared.web.forms import CSRF, parse_form
from shared.web.openid_provider import ProviderAway
from shared.web.rendering import page
from shared.web.session_cookies import SIGN_IN
from shared.web.sessions import Session
from shared.web.sign_in import BrowserSignIn, sign_in_of

LOG = logging.getLogger(__name__)

SIGN_OUT: Final = "/sign-out"
ENDED: Final = f"{SIGN_IN}/ended"
POLICY: Final = "content-security-policy"

router = APIRouter(include_in_schema=False)


@router.get(SIGN_OUT)
@open_to_all
async def show_signed_out(request: Request) -> Response:
    """The page to which the provider sends the browser back."""
    return page(request, "signed_out.html", leave=None)


@router.post(SIGN_OUT)
@open_to_all
async def sign_out(request: Request) -> Response:
    """End the session here, and offer the provider's form to end it there. Raises: NotAllowed."""
    check_same_site(request)
    cookies = request.app.state.browser_sessions["staff"]
    session: Session | None = await cookies.find(request)
    if session is not None:
        form = parse_form(await request.body())
        if not hmac.compare_digest(form.get(CSRF).encode(), session.csrf.encode()):
            raise NotAllowed("the form is not one of this session")
        await cookies.sessions.end(session)
    answer = await _signed_out(request, session)
    cookies.cookie.delete(answer)
    return answer


@router.post(ENDED)
@open_to_all
async def end(request: Request) -> Response:
    """The provider says that somebody has signed out: OpenID Connect Back-Channel Logout 1.0."""
    signing = sign_in_of(request)
    if signing is None:
        return problem(404)
    try:
        token = parse_form(await request.body()).get("logout_token")
        logout = await signing.tokens.logged_out(token)
    except (BadToken, BadValue):
        LOG.warning("logout token refused")
        return problem(400)
    if await signing.spent.is_spent("logout", logout.token_id):
        return problem(400)
    ended = await signing.cookies.sessions.revoke(
        subject=logout.subject, issuer_session=logout.issuer_session
    )
    await signing.spent.spend("logout", logout.token_id)
    LOG.info("issuer ended sessions", extra={"count": ended})
    return Response(status_code=200)


async def _signed_out(request: Request, session: Session | None) -> Response:
    """The page after the sign-out; with the provider's form if it has an address for it."""
    signing = sign_in_of(request)
    address = None if signing is None else await _end_session_address(signing)
    if session is None or signing is None or address is None:
        return page(request, "signed_out.html", leave=None)
    ours = signing.provider.ours
    leave = {
        "address": address,
        "fields": {
            "id_token_hint": session.signed_in.id_token,
            "client_id": ours.id,
            "post_logout_redirect_uri": ours.signed_out_uri,
        },
    }
    answer = page(request, "signed_out.html", leave=leave)
    answer.headers[POLICY] = _allowing(address)
    return answer


async def _end_session_address(signing: BrowserSignIn) -> str | None:
    try:
        return (await signing.provider.endpoints()).end_session_url
    except ProviderAway:
        return None


def _allowing(address: str) -> str:
    """Our content security policy, with the provider as another target of forms."""
    to = urlsplit(address)
    ours = "form-action 'self'"
    return SECURITY_HEADERS[POLICY].replace(ours, f"{ours} {to.scheme}://{to.netloc}")
