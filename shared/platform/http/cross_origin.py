"""Cross-origin requests (CORS): browsers on registered sites may call the citizens' routes.

Which routes these are follows from their guards, so a new route of citizens is included and a
route of staff never is. All other requests pass as if there were no CORS: no header allows
anything. Credentials are never allowed, since citizens' routes take a bearer token and no cookie.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.platform.http.identity import guards_in

API: Final = "/v1/"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE")
SENT: Final = (
    *("Authorization", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("X-File-Name", "Accept-Language", "Content-Type"),
)
"""Request headers that a page may send."""
EXPOSED: Final = ("ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After")
"""Response headers that a page may read."""
PREFLIGHT_S: Final = 3_600
"""Seconds for which a browser may keep the answer to a preflight."""


class CrossOriginMiddleware:
    """The outermost middleware, so that refusals and failures can be read by the page, too."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        """`origins`: exact origins, as browsers send them."""
        self._app = app
        self._origins = frozenset(origins)
        self._paths: list[re.Pattern[str]] | None = None
        self._allowing = CORSMiddleware(
            app,
            allow_origins=self._origins,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=EXPOSED,
            max_age=PREFLIGHT_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        is_allowed = scope["type"] == "http" and self._is_allowed(scope)
        await (self._allowing if is_allowed else self._app)(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        origins = Headers(scope=scope).getlist("origin")
        if len(origins) != 1 or origins[0] not in self._origins:
            return False
        if self._paths is None:
            self._paths = [compile_path(path)[0] for path in citizens_paths(scope["app"])]
        return any(path.match(scope["path"]) for path in self._paths)


def citizens_paths(app: Any) -> Iterator[str]:
    """The path templates of the API's routes for citizens with a token, and for everyone."""
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        path: str = getattr(route, "path_format", "")
        if dependant is None or not path.startswith(API):
            continue
        if not any(guard.is_staff or guard.is_page for guard in guards_in(dependant)):
            yield path
