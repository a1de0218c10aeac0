"""A service's real application in memory, with tokens of its own issuer and no socket."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from fastapi import APIRouter, FastAPI
from joserfc import jws
from joserfc.jwk import ECKey
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from shared.platform.http.create_app import create_app
from shared.platform.http.miss_limit import Misses
from shared.platform.http.request_guard import NO_UPLOADS
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from tests.support.doubles import Clock
from tests.support.pages import with_pages
from tests.support.sign_in import issuers, with_sessions

ISSUER = "https://id.example.cn"
KEY = ECKey.generate_key("P-256")
SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def token(subject: str, *, at: datetime, **claims: Any) -> str:
    """A token for `subject`, issued at `at` and valid for an hour."""
    seconds = int(at.timestamp())
    content = {
        "iss": ISSUER,
        "aud": "mailbox",
        "sub": subject,
        "iat": seconds,
        "exp": seconds + 3_600,
        "auth_time": seconds,
        **claims,
    }
    payload = json.dumps(content).encode()
    return jws.serialize_compact({"alg": "ES256", "kid": "k1"}, payload, KEY)


def settings(kind: type[SettingsT], folder: Path) -> SettingsT:
    """Settings that name nothing that is there."""
    return kind.model_validate(
        {
            "env": "dev",
            "kafka_bootstrap": "127.0.0.1:1",
            "mongo_uri": "mongodb://127.0.0.1:1",
            **issuers(ISSUER),
            "keys_dir": folder,
        }
    )


def _service_of(settings: ServiceSettings) -> str:
    """Whose templates and catalogue its pages use."""
    return str(settings.model_config.get("env_prefix")).split("_")[1].lower()


@asynccontextmanager
async def opened_face(
    settings: ServiceSettings,
    router: APIRouter,
    *,
    now: Clock,
    forms: Sequence[str] = (),
    layers: Sequence[Callable[[ASGIApp], ASGIApp]] = (),
    misses: int = 10_000,
    **parts: Any,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application with these settings, routes and parts.

    `forms`: paths of pages with forms. `layers`: around the request guard, inner first. `misses`:
    unknown letters that a person may request. `uploads` among the parts: paths that accept files.
    """
    uploads: Mapping[str, int] = parts.pop("uploads", NO_UPLOADS)
    shown = {"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}
    answers = httpx.MockTransport(lambda _: httpx.Response(200, json=shown))
    async with httpx.AsyncClient(transport=answers) as issuer:
        app = create_app(
            "Test",
            settings,
            client=issuer,
            ready=Readiness(),
            now=now,
            forms=forms,
            uploads=uploads,
        )
        with_pages(app, _service_of(settings), now=now)
        app.state.misses = Misses(now=now, most=misses)
        with_sessions(app, now=now)
        include_once(app, router)
        for layer in layers:
            app.add_middleware(layer)
        for name, part in parts.items():
            setattr(app.state, name, part)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://face") as client:
            yield client


_included: dict[int, BaseRoute] = {}
"""By `id` of the router: resolved FastAPI routes, because resolving takes a tenth of a second."""


def include_once(app: FastAPI, router: APIRouter) -> None:
    """Include the router as the first application did that included it."""
    if id(router) in _included:
        app.router.routes.append(_included[id(router)])
    else:
        app.include_router(router)
        _included[id(router)] = app.router.routes[-1]


def is_problem(answer: httpx.Response, which: str) -> bool:
    """Whether it is this problem of ours, given as `404 not_found`."""
    if answer.headers["content-type"] != "application/problem+json":
        return False
    return f"{answer.status_code} {answer.json()['code']}" == which
