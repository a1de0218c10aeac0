"""The application with the settings' identity providers, and 503 while parts are unavailable.

Of the three health checks, "started" is here; "live" and "ready" are in application.py.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

import httpx
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from shared.platform.http.application import RETRY_AFTER, Limits, application, open_to_all
from shared.platform.http.identity import Verifier
from shared.platform.http.jwks import Jwks
from shared.platform.http.problems import problem
from shared.platform.http.request_guard import NO_UPLOADS
from shared.platform.letters.letters import TooManyRaces
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import Side
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from shared.sealing.key_directory import NoKey

LOG = logging.getLogger(__name__)


def create_app(  # noqa: PLR0913 - everything in which services' applications differ
    title: str,
    settings: ServiceSettings,
    *,
    client: httpx.AsyncClient,
    ready: Readiness,
    now: Now,
    forms: Sequence[str] = (),
    uploads: Mapping[str, int] = NO_UPLOADS,
) -> FastAPI:
    """Create an application that checks tokens of the settings' issuers; `client` asks them.

    `forms`: these paths and what lies below them accept forms. `uploads`: what is posted to these
    paths reaches the route as it arrives, up to that many bytes.
    """
    app = application(
        title,
        verifiers=_verifiers(settings, client, machine_time(now)),
        ready=ready,
        alive=lambda: not ready.is_stuck(),
        limits=Limits(forms=tuple(forms), uploads=uploads),
        is_development=settings.is_development,
    )
    for unavailable in (DatabaseFault, TooManyRaces, NoKey):
        app.add_exception_handler(unavailable, _on_unavailable)
    _add_started(app, ready)
    return app


def _verifiers(
    settings: ServiceSettings, client: httpx.AsyncClient, now: Now
) -> Mapping[Side, Verifier]:
    """A verifier for each issuer, with keys of its own."""
    return {
        side: Verifier(
            issuer,
            keys=Jwks(
                issuer.jwks_url,
                client,
                now=now,
                max_age=timedelta(seconds=settings.jwks_max_age_s),
            ),
            now=now,
            max_token_age=timedelta(seconds=settings.token_max_age_s),
        )
        for side, issuer in settings.issuers.items()
    }


def _add_started(app: FastAPI, ready: Readiness) -> None:
    @app.get("/health/started", include_in_schema=False)
    @open_to_all
    async def has_started() -> Response:
        """Whether the start is complete; until then liveness is not checked."""
        if ready.has_started:
            return JSONResponse({"status": "started"})
        return JSONResponse({"status": "starting"}, 503, headers=RETRY_AFTER)


async def _on_unavailable(_: Request, fault: Exception) -> Response:
    """The database is away or a key is missing: nothing was lost, the request may be repeated."""
    LOG.warning("request not done", extra={"fault": type(fault).__name__})
    return problem(503, headers=RETRY_AFTER)
