"""Where writers arrive: the start page, a city's own entry, links of menus, and the way out.

What the mailbox is not for stands first, before anything can be typed.
"""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.warnings import lines_for
from services.intake.settings import IntakeSettings
from shared.contracts.slugs import BUREAUS, Bureau
from shared.kernel.errors import NotFound
from shared.kernel.places import PROVINCE
from shared.platform.http.application import open_to_all
from shared.platform.runtime import data_files
from shared.rules.classify.triage import TriageResult
from shared.web.rendering import page
from shared.web.vocabulary import choices

WRITE: Final = "/write"
EMERGENCY: Final = TriageResult("emergency")
CLEARED: Final = '"cache", "storage"'
"""What a browser forgets of this host on the way out; cookies are deleted one by one."""
MENU_ENTRIES: Final = frozenset(
    {"website-popup", "website-bay", "website-directory", "wechat", "weibo"}
)
"""Where links may come from that name a city."""


async def _city(city: str) -> Bureau:
    """The bureau of an address. Raises: NotFound."""
    for bureau in BUREAUS:
        if bureau == city:
            return bureau
    raise NotFound


OneCity = Annotated[Bureau, Depends(_city)]


def start_pages(settings: IntakeSettings) -> APIRouter:
    """The pages, with the links that an operator configured."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    @open_to_all
    async def show_start(request: Request) -> Response:
        """What the mailbox is for, and the way to write."""
        return _start(request, None, settings)

    @router.get("/city/{city}")
    @open_to_all
    async def show_city(request: Request, city: OneCity) -> Response:
        """The same for one city, whose mailbox is chosen."""
        return _start(request, city, settings)

    @router.get("/go/{entry}/{city}")
    @open_to_all
    async def go(entry: str, city: OneCity) -> Response:
        """A link of a menu or of another site; city and entry survive the sign-in."""
        if entry not in MENU_ENTRIES:
            raise NotFound
        query = urlencode({"to": city, "entry": entry})
        return RedirectResponse(f"{WRITE}?{query}", status_code=303)

    @router.get("/leave")
    @open_to_all
    async def leave(request: Request) -> Response:
        """Away to a page that tells nothing, signed out, with nothing left in this browser."""
        answer = RedirectResponse(settings.neutral_url, status_code=303)
        cookies = request.app.state.browser_sessions["citizens"]
        session = await cookies.find(request)
        if session is not None:
            await cookies.sessions.end(session)
        cookies.cookie.delete(answer)
        answer.headers["clear-site-data"] = CLEARED
        return answer

    return router


def _start(request: Request, city: Bureau | None, settings: IntakeSettings) -> Response:
    return page(
        request,
        "start.html",
        city=city,
        write=f"{WRITE}?{urlencode({'to': city})}" if city else WRITE,
        lines=lines_for(EMERGENCY, city),
        cities=[one for one in choices("city") if one[0] != PROVINCE],
        categories=data_files.categories().categories,
        opens=settings.office_opens,
        closes=settings.office_closes,
        public_url=settings.public_url,
    )
