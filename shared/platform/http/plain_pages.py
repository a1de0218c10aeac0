"""Pages that all services share, such as problems shown in a browser.

Server-rendered, escaped, Chinese first, working without JavaScript and without other hosts. Clients
that accept JSON get problems as usual.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from shared.platform.http.problems import CODES, TITLES

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
JSON: Final = {"application/json", "application/problem+json"}
OF_A_BODY: Final = {"content-length", "content-type"}

Handler = Callable[[Request, Any], Awaitable[Response]]

_TEMPLATES = Jinja2Templates(directory=HERE / "templates")


def render(request: Request, name: str, *, status: int = 200, **shown: Any) -> Response:
    """Render one of the shared pages."""
    return _TEMPLATES.TemplateResponse(request, name, shown, status_code=status)


def as_page(handler: Handler) -> Handler:
    """Wrap `handler` so that browsers get its problems as pages."""

    async def handle(request: Request, fault: Any) -> Response:
        answer = await handler(request, fault)
        is_page = answer.status_code >= 400 and _wants_page(request)
        return _page_of(request, answer) if is_page else answer

    return handle


def _wants_page(request: Request) -> bool:
    """Whether a browser is viewing: it accepts `text/html`, which programs don't."""
    accepted = {
        part.partition(";")[0].strip().lower()
        for part in request.headers.get("accept", "").split(",")
    }
    return request.method in {"GET", "HEAD"} and "text/html" in accepted and not accepted & JSON


def _page_of(request: Request, problem: Response) -> Response:
    """The same answer as a page: its title, and links."""
    status = problem.status_code
    zh, _, en = TITLES[CODES.get(status, "internal" if status >= 500 else "malformed")].partition(
        " · "
    )
    shown = {"title": (zh, en.capitalize()), "is_missing": status == 404}
    page = render(request, "problem.html", status=status, **shown)
    kept = {name: value for name, value in problem.headers.items() if name not in OF_A_BODY}
    page.headers.update(kept)
    return page
