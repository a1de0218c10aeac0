"""Gives a service's application its pages, sessions and sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI

from shared.platform.app.shell import Shell
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Database, Index
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import BrowserClient, Side
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.rotating_secret import LEAST_TOKEN, RotatingSecret
from shared.platform.runtime.settings import ServiceSettings
from shared.web import sessions, sign_in, sign_out, spent
from shared.web.addresses import SIGN_IN_PATHS
from shared.web.id_tokens import IdTokens
from shared.web.masthead import masthead
from shared.web.openid_provider import OpenIdProvider, OurClient
from shared.web.session_cookies import CookieName, SessionCookies
from shared.web.sessions import SESSIONS, SessionLimits, Sessions
from shared.web.sign_in import BrowserSignIn
from shared.web.site import install
from shared.web.spent import SPENT, Spent

INDEXES: Final[Mapping[str, tuple[Index, ...]]] = {**sessions.INDEXES, **spent.INDEXES}
FORMS: Final = tuple(
    path for paths in SIGN_IN_PATHS.values() for path in (paths.sign_in, paths.sign_out)
)
"""Paths that accept forms."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where a service keeps sessions."""

    service: str
    database: Database
    ring: KeyRing


def install_pages(
    app: FastAPI,
    settings: ServiceSettings,
    *,
    shell: Shell[Any, Any],
    folder: Path,
    client: httpx.AsyncClient,
    now: Now,
) -> None:
    """Give `app` pages, with the templates and words of a service's `folder`, and the sign-in."""
    service = shell.rules.service
    install(
        app,
        settings=settings,
        service=service,
        templates=folder / "templates",
        locale=folder / "locale",
        entries=masthead(service, settings),
    )
    storage = Storage(service, shell.database, shell.seals.ring)
    install_sign_in(app, settings, storage=storage, client=client, now=now)


def install_sign_in(
    app: FastAPI,
    settings: ServiceSettings,
    *,
    storage: Storage,
    client: httpx.AsyncClient,
    now: Now,
) -> None:
    """Give `app` sessions of each side that may sign in here, and the sign-in at its issuer."""
    machine, verifiers = machine_time(now), app.state.verifiers
    limits = SessionLimits(
        idle=timedelta(seconds=settings.session_idle_s),
        absolute=timedelta(seconds=settings.session_absolute_s),
    )
    app.state.browser_sessions, app.state.browser_sign_ins = {}, {}
    for side, ours in settings.browser_clients.items():
        sessions = Sessions(
            storage.database.collection(SESSIONS),
            ring=storage.ring,
            side=side,
            limits=limits,
            now=machine,
        )
        name = CookieName(storage.service, side, is_secure=not settings.is_development)
        cookies = SessionCookies(sessions, cookie=name)
        app.state.browser_sessions[side] = cookies
        if ours is not None:
            app.state.browser_sign_ins[side] = BrowserSignIn(
                cookies,
                _provider(settings, side, ours, http=client, now=machine),
                tokens=IdTokens(verifiers[side], client_id=ours.id),
                spent=Spent(storage.database.collection(SPENT), now=machine),
                ring=storage.ring,
                now=machine,
            )
        app.include_router(sign_in.routes(side))
        app.include_router(sign_out.routes(side))


def _provider(
    settings: ServiceSettings, side: Side, ours: BrowserClient, *, http: httpx.AsyncClient, now: Now
) -> OpenIdProvider:
    """The provider of that side."""
    paths = SIGN_IN_PATHS[side]
    client = OurClient(
        ours.id,
        RotatingSecret(ours.secret_file, at_least=LEAST_TOKEN),
        redirect_uri=f"{ours.pages_url}{paths.callback}",
        signed_out_uri=f"{ours.pages_url}{paths.sign_out}",
    )
    return OpenIdProvider(
        settings.issuers[side].issuer,
        client,
        http=http,
        now=now,
        is_development=settings.is_development,
    )
