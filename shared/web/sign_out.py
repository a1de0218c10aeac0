"""Sign-out: here, at the identity provider, and by the identity provider (back channel).

The ID token that tells the provider who leaves is sent in a form: in an address it would stay in
histories and logs.
"""

import hmac
import logging
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.kernel.errors import BadValue, NotAllowed
from shared.platform.http.application import open_to_all
from shared.platform.http.identity import check_same_site
from shared.platform.http.problems import problem
from shared.platform.http.request_guard import SECURITY_HEADERS
from shared.platform.http.tokens import BadToken
from shared.platform.runtime.issuer_settings import Side
from shared.web.addresses import SIGN_IN_PATHS
from shared.web.forms import CSRF, parse_form
from shared.web.openid_provider import ProviderAway
from shared.web.rendering import page
from shared.web.session_cookies import SessionCookies
from shared.web.sessions import Session
from shared.web.sign_in import BrowserSignIn, sign_in_of

LOG = logging.getLogger(__name__)

POLICY: Final = "content-security-policy"


def routes(side: Side) -> APIRouter:
    """The pages on which that side's browsers sign out, and the issuer's back channel."""
    router, paths = APIRouter(include_in_schema=False), SIGN_IN_PATHS[side]

    @router.get(paths.sign_out)
    @open_to_all
    async def show_signed_out(request: Request) -> Response:
        """The page to which the provider sends the browser back."""
        return _page(request, side)

    @router.post(paths.sign_out)
    @open_to_all
    async def sign_out(request: Request) -> Response:
        """End the session here, and offer the provider's form to end it there.

        Raises: NotAllowed.
        """
        check_same_site(request)
        cookies: SessionCookies = request.app.state.browser_sessions[side]
        session = await cookies.find(request)
        if session is not None:
            form = parse_form(await request.body())
            if not hmac.compare_digest(form.get(CSRF).encode(), session.csrf.encode()):
                raise NotAllowed("the form is not one of this session")
            await cookies.sessions.end(session)
        answer = await _signed_out(request, side, session)
        cookies.cookie.delete(answer)
        return answer

    @router.post(paths.ended)
    @open_to_all
    async def end(request: Request) -> Response:
        """The provider announces a sign-out: OpenID Connect Back-Channel Logout 1.0."""
        return await _ended(request, sign_in_of(request, side))

    return router


async def _ended(request: Request, signing: BrowserSignIn | None) -> Response:
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


async def _signed_out(request: Request, side: Side, session: Session | None) -> Response:
    """The page after the sign-out; with the provider's form if it has an address for it."""
    signing = sign_in_of(request, side)
    address = None if signing is None else await _end_session_address(signing)
    if session is None or signing is None or address is None:
        return _page(request, side)
    ours = signing.provider.ours
    leave = {
        "address": address,
        "fields": {
            "id_token_hint": session.signed_in.id_token,
            "client_id": ours.id,
            "post_logout_redirect_uri": ours.signed_out_uri,
        },
    }
    answer = _page(request, side, leave=leave)
    answer.headers[POLICY] = _allowing(address)
    return answer


def _page(request: Request, side: Side, leave: Mapping[str, Any] | None = None) -> Response:
    sign_in = SIGN_IN_PATHS[side].sign_in
    return page(request, "signed_out.html", leave=leave, side=side, sign_in=sign_in)


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
