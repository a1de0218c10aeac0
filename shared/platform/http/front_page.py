"""The front page of a service without pages of its own: what it is, and links.

The icon and the style sheet of the shared pages are served here, too.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.responses import Response

from shared.contracts.bilingual import Bilingual
from shared.platform.http.application import open_to_all
from shared.platform.http.plain_pages import STATIC, render
from shared.platform.runtime.settings import ServiceSettings

CACHED = {"cache-control": "public, max-age=3600"}

files = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Front:
    """A service's description of itself on its front page."""

    name: Bilingual
    says: tuple[Bilingual, ...]
    """Paragraphs."""


@files.get("/favicon.svg")
@open_to_all
async def show_icon() -> FileResponse:
    """The icon that pages link to."""
    return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml", headers=CACHED)


@files.get("/favicon.ico")
@open_to_all
async def show_old_icon() -> FileResponse:
    """The icon that browsers request by default."""
    return FileResponse(STATIC / "favicon.ico", media_type="image/x-icon", headers=CACHED)


@files.get("/static/plain.css")
@open_to_all
async def show_style() -> FileResponse:
    """The style sheet of the shared pages."""
    return FileResponse(STATIC / "plain.css", media_type="text/css", headers=CACHED)


def front_page(front: Front, settings: ServiceSettings) -> APIRouter:
    """The page at `/`, with the links that an operator configured."""
    router = APIRouter(include_in_schema=False)
    targets = (
        (settings.sign_in_url, ("登录", "Sign in")),
        (settings.public_url, ("公开答复", "Published replies")),
    )
    links = [(address, name) for address, name in targets if address]

    @router.get("/")
    @open_to_all
    async def show_front(request: Request) -> Response:
        """The front page."""
        return render(request, "front.html", front=front, links=links)

    return router
