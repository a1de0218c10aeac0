"""The FastAPI application to which each service adds its routes.

`/openapi.json` describes the routes (`shared.platform.http.openapi`) publicly, with the same
content as a file of `docs/contracts`.

Closed by default: a route answers only if it has a guard (`shared.platform.http.identity`) or is
marked `open_to_all`. Problems contain nothing from the request. Telemetry of the framework is off,
because it records bodies and exception texts.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, REGISTRY, CollectorRegistry
from prometheus_client.exposition import generate_latest
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shared.kernel.errors import Refused
from shared.platform.http.identity import Guard, NotSignedIn, Verifier, on_not_signed_in
from shared.platform.http.jwks import KeysUnavailable
from shared.platform.http.miss_limit import Misses, on_refused
from shared.platform.http.openapi import DESCRIPTION, VERSION, Described, operation_id
from shared.platform.http.problems import dependant_of, on_http, on_invalid, problem
from shared.platform.http.request_guard import MAX_BODY, RequestGuardMiddleware, count_in
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.issuer_settings import Side

LOG = logging.getLogger(__name__)

Ready = Callable[[], Awaitable[Mapping[str, bool]]]
EndpointT = TypeVar("EndpointT", bound=Callable[..., Any])

NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
RETRY_AFTER = {"retry-after": "5"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of what the application accepts."""

    body: int = MAX_BODY
    """Maximum body size in bytes."""
    forms: tuple[str, ...] = ()
    """These paths and what lies below them accept forms; all other bodies are JSON."""
    uploads: Mapping[str, int] = field(default_factory=dict)
    """These paths accept files as they are, up to that many bytes."""


def application(  # noqa: PLR0913 - everything in which web applications differ
    title: str,
    *,
    verifiers: Mapping[Side, Verifier],
    ready: Ready,
    alive: Callable[[], bool] = lambda: True,
    registry: CollectorRegistry = REGISTRY,
    limits: Limits = Limits(),
    is_development: bool = False,
) -> FastAPI:
    """An application with health checks and metrics, ready for routes.

    `ready`: whether each required part is available, by name. `alive`: false once only a restart
    helps.
    `verifiers`: by whose tokens they check; a route of a side without one answers nobody.
    """
    app = Described(
        title=title,
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        dependencies=[Depends(_closed)],
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    app.state.verifiers = verifiers
    app.state.browser_sessions = {}
    app.state.misses = Misses(now=utc_now)
    app.add_middleware(
        RequestGuardMiddleware,
        max_body=limits.body,
        forms=limits.forms,
        uploads=limits.uploads,
        is_https=not is_development,
    )
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(NotSignedIn, on_not_signed_in)
    app.add_exception_handler(KeysUnavailable, _on_keys_unavailable)
    count_in(registry)
    _add_health(app, ready, alive)
    _add_metrics(app, registry)
    return app


def open_to_all(endpoint: EndpointT) -> EndpointT:
    """Mark an endpoint that needs no sign-in; goes below the route's decorator."""
    _OPEN.add(endpoint)
    return endpoint


_OPEN: set[Callable[..., Any]] = set()


async def _closed(request: Request) -> None:
    """Refuse routes that neither have a guard nor are marked open."""
    dependant = dependant_of(request.scope)
    if dependant is None or not (dependant.call in _OPEN or _is_guarded(dependant)):
        LOG.error("route has no guard and is not marked open")
        raise HTTPException(404)


def _is_guarded(dependant: Any) -> bool:
    return any(
        isinstance(dependency.call, Guard) or _is_guarded(dependency)
        for dependency in dependant.dependencies
    )


async def _on_keys_unavailable(_: Request, __: Exception) -> Response:
    return problem(503, headers=RETRY_AFTER)


def _add_health(app: FastAPI, ready: Ready, alive: Callable[[], bool]) -> None:
    @app.get("/health/live", include_in_schema=False)
    @open_to_all
    async def is_alive() -> Response:
        """Whether this process responds and makes progress."""
        if alive():
            return JSONResponse({"status": "live"})
        return JSONResponse({"status": "stuck"}, 503)

    @app.get("/health/ready", include_in_schema=False)
    @open_to_all
    async def is_ready() -> Response:
        """Whether this process may be sent work, and which parts are not ready."""
        parts = await ready()
        missing = sorted(name for name, is_there in parts.items() if not is_there)
        if missing:
            content = {"status": "not_ready", "not_ready": missing}
            return JSONResponse(content, 503, headers=RETRY_AFTER)
        return JSONResponse({"status": "ready"})


def _add_metrics(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/metrics", include_in_schema=False)
    @open_to_all
    async def show_metrics() -> Response:
        """The metrics, in the Prometheus text format."""
        shown = generate_latest(registry)
        return Response(shown, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})
