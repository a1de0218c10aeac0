"""What stands at the address of a service that has no pages of its own? What it is, and the way on.

The icon and the style of the shared pages are served here, too.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse
from starlette.responses import Response

from shared.platform.http.application import open_to_all
from shared.platform.http.plain_pages import STATIC, render
from shared.platform.runtime.settings import ServiceSettings

CACHED = {"cache-control": "public, max-age=3600"}
Both = tuple[str, str]
"""Chinese, English."""

files = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Front:
    """What a service says of itself to whoever opens its address."""

    name: Both
    says: tuple[Both, ...]
    """Paragraphs."""


@files.get("/favicon.svg")
@open_to_all
async def show_icon() -> FileResponse:
    """The icon that pages name."""
    return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml", headers=CACHED)


@files.get("/favicon.ico")
@open_to_all
async def show_old_icon() -> FileResponse:
    """The icon that browsers ask for where no page names one."""
    return FileResponse(STATIC / "favicon.ico", media_type="image/x-icon", headers=CACHED)


@files.get("/static/plain.css")
@open_to_all
async def show_style() -> FileResponse:
    """The style of the shared pages."""
    return FileResponse(STATIC / "plain.css", media_type="text/css", headers=CACHED)


def front_page(front: Front, settings: ServiceSettings) -> APIRouter:
    """The page at `/`, with the ways on that an operator named."""
    router = APIRouter(include_in_schema=False)
    ways = (
        (settings.sign_in_url, ("登录", "Sign in")),
        (settings.public_url, ("公开答复", "Published replies")),
    )
    links = [(address, name) for address, name in ways if address]

    @router.get("/")
    @open_to_all
    async def show_front(request: Request) -> Response:
        """What this is."""
        return render(request, "front.html", front=front, links=links)

    return router
