"""The way out for writers at risk: away to a neutral page, with nothing behind the back button.

A browser can't be made to forget its history. So for half an hour a cookie without content makes
entries of that history lead to the neutral page, too. Whoever types our address comes in again.
"""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.pages.start import WRITE, pages_of
from shared.platform.http.application import open_to_all
from shared.web.session_cookies import CookieName

CLEARED: Final = '"cache", "storage"'
"""What a browser forgets of this host on the way out; cookies are deleted one by one."""
LASTS_S: Final = 1_800
LEFT, RETURNED = "1", "0"
"""Values of the cookie. The script asks for the second one (`mailbox.js`)."""
OWN: Final = (WRITE, "/my")
"""Where pages of one person are."""
PAGES: Final = ("/", "/city", "/go", "/notice", "/receipts", *OWN)
router = APIRouter()


@router.get("/leave")
@open_to_all
async def leave(request: Request) -> Response:
    """Away to a page that tells nothing, signed out, with nothing left in this browser."""
    answer = RedirectResponse(pages_of(request).neutral_url, status_code=303)
    cookies = request.app.state.browser_sessions["citizens"]
    session = await cookies.find(request)
    if session is not None:
        await cookies.sessions.end(session)
    cookies.cookie.delete(answer)
    _set(request, answer, LEFT, lasts_s=LASTS_S)
    answer.headers["clear-site-data"] = CLEARED
    return answer


class LeftMiddleware:
    """Keeps the pages of a browser that has left from being shown by its back button."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = Request(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        is_page = request and _is_below(scope["path"], PAGES)
        if request is None or not is_page or request.cookies.get(str(_name(request))) != LEFT:
            await self._app(scope, receive, send)
        elif request.headers.get("sec-fetch-site", "none") != "none":
            await RedirectResponse(pages_of(request).neutral_url, 303)(scope, receive, send)
        elif _is_below(scope["path"], OWN):
            await RedirectResponse("/", 303)(scope, receive, send)
        else:
            await self._app(scope, receive, _returning(request, send))


def _returning(request: Request, answer: Send) -> Send:
    """Sends the page; its script leaves again if the back button has opened it."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            noted = Response()
            _set(request, noted, RETURNED, lasts_s=60)
            cookie = (b"set-cookie", noted.headers["set-cookie"].encode())
            message = {**message, "headers": [*message["headers"], cookie]}
        await answer(message)

    return sent


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in places)


def _name(request: Request) -> CookieName:
    return CookieName("pages", "away", is_secure=not request.app.state.site.is_development)


def _set(request: Request, answer: Response, value: str, *, lasts_s: int) -> None:
    """Set the cookie, which scripts may read: it says nothing about anybody."""
    name = _name(request)
    answer.set_cookie(str(name), value, max_age=lasts_s, secure=name.is_secure, samesite="lax")
