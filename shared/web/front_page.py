"""The front page of a service without pages of its own: what it is, and links."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.platform.http.application import open_to_all
from shared.platform.runtime.settings import ServiceSettings
from shared.web.language import N_
from shared.web.rendering import page


@dataclass(frozen=True, slots=True)
class Front:
    """A service's description of itself on its front page; all texts are messages."""

    name: str
    says: tuple[str, ...]
    """Paragraphs."""


def front_page(front: Front, settings: ServiceSettings) -> APIRouter:
    """The page at `/`, with the links that an operator configured."""
    router = APIRouter(include_in_schema=False)
    targets = (
        (settings.sign_in_url, N_("Sign in")),
        (settings.public_url, N_("Published replies")),
    )
    links = [(address, name) for address, name in targets if address]

    @router.get("/")
    @open_to_all
    async def show_front(request: Request) -> Response:
        """The front page."""
        return page(request, "front.html", front=front, links=links)

    return router
