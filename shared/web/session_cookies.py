"""Browsers are identified by the cookie of their session.

The cookie is SameSite=Lax, because the way back from the issuer comes from another site. A request
that changes something must come from one of our pages (`Sec-Fetch-Site`) and carry the session's
token in its form.
"""

import hmac
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from shared.kernel.errors import BadValue, NotAllowed
from shared.platform.http.identity import SAFE, NotSignedIn
from shared.web.addresses import SIGN_IN_PATHS, SignInPaths, local_path, page_of
from shared.web.forms import CSRF, FormFields, parse_form
from shared.web.sessions import KeptForm, Session, Sessions


@dataclass(frozen=True, slots=True)
class CookieName:
    """A cookie of one service for one purpose.

    Browsers give a cookie to every port of a host, so the service is part of its name. Outside
    development the prefix `__Host-` makes browsers accept it only over TLS and from this host.
    """

    service: str
    purpose: str
    is_secure: bool

    def __str__(self) -> str:
        return f"{'__Host-' if self.is_secure else ''}mailbox-{self.service}-{self.purpose}"

    def set(self, answer: Response, value: str, *, max_age: int | None = None) -> None:
        """Set it on an answer; without `max_age`, until the browser is closed."""
        answer.set_cookie(
            str(self),
            value,
            max_age=max_age,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def delete(self, answer: Response) -> None:
        """Make the browser forget it."""
        answer.delete_cookie(
            str(self), path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )


class SessionCookies:
    """The sessions of browsers, by their cookies. Implements `identity.BrowserSessions`."""

    def __init__(self, sessions: Sessions, *, cookie: CookieName) -> None:
        self.sessions = sessions
        self.cookie = cookie

    @property
    def paths(self) -> SignInPaths:
        """Where these browsers sign in and out."""
        return SIGN_IN_PATHS[self.sessions.side]

    async def find(self, request: Request) -> Session | None:
        """The session of this request's browser, also one that is over."""
        value = request.cookies.get(str(self.cookie))
        return await self.sessions.find(value) if value else None

    async def session(self, request: Request) -> Session:
        """The session of this request's browser, which is noted in the request.

        The token of a form with a file is checked by `UploadForm`, before the file is read.

        Raises: NotSignedIn, with the sign-in page's address, after what was posted is kept;
        NotAllowed, if a form isn't this session's.
        """
        found = await self.find(request)
        if request.method not in SAFE and not _is_upload(request):
            await self._check_form(request, found)
        if found is None or found.is_over:
            raise NotSignedIn(at=self._sign_in(request))
        request.state.session = found
        return found

    async def step_up(self, request: Request) -> NotSignedIn:
        """Keep what was posted; the refusal leads to a fresh sign-in."""
        if request.method in SAFE:
            return NotSignedIn(is_stale=True, at=self._fresh(request))
        await self._keep(request, session_of(request))
        return NotSignedIn(
            is_stale=True, at=_address(self.paths.again, page_of(request), why="fresh")
        )

    async def _check_form(self, request: Request, found: Session | None) -> None:
        """Raises: NotSignedIn; NotAllowed, after which a page shows what was typed."""
        if found is None:
            raise NotAllowed("the form's session is not known here")
        if not hmac.compare_digest(await _token(request), found.csrf.encode()):
            raise NotAllowed("the form is not one of this session")
        if found.is_over:
            await self._keep(request, found)
            raise NotSignedIn(at=_address(self.paths.again, page_of(request), why="ended"))
        if found.kept is not None and found.kept.path == page_of(request):
            await self.sessions.drop_kept(found)

    def _sign_in(self, request: Request) -> str:
        """Where to sign in; a file that was sent is not kept."""
        if request.method in SAFE:
            return _address(self.paths.sign_in, _here(request))
        return _address(self.paths.again, page_of(request), why="file")

    def _fresh(self, request: Request) -> str:
        return _address(self.paths.sign_in, _here(request), fresh="1")

    async def _keep(self, request: Request, session: Session) -> None:
        await self.sessions.keep(session, KeptForm(page_of(request), await request.body()))


def session_of(request: Request) -> Session:
    """The session that a page's guard has found."""
    session: Session = request.state.session
    return session


def restored_fields(request: Request) -> FormFields | None:
    """What the person had typed on this page before signing in again."""
    kept = session_of(request).kept
    if kept is None or request.method not in SAFE or kept.path != request.url.path:
        return None
    try:
        return parse_form(kept.body)
    except BadValue:
        return None


def _is_upload(request: Request) -> bool:
    """Whether it is a form with a file; only paths of uploads accept them."""
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data;")


async def _token(request: Request) -> bytes:
    """The form's token; empty if it has none."""
    try:
        return parse_form(await request.body()).get(CSRF).encode()
    except BadValue:
        return b""


def _here(request: Request) -> str:
    query = request.url.query
    return local_path(f"{request.url.path}?{query}" if query else request.url.path)


def _address(place: str, to: str, **more: str) -> str:
    return f"{place}?{urlencode({'to': to, **more})}"
