"""Gives a service's application its sessions and sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx
from fastapi import FastAPI

from shared.platform.app.shell import Shell
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.http.identity import Verifier
from shared.platform.mongo.database import Database, Index
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import Side
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.rotating_secret import LEAST_TOKEN, RotatingSecret
from shared.platform.runtime.settings import ServiceSettings
from shared.web import sessions, sign_in, sign_out, spent
from shared.web.id_tokens import IdTokens
from shared.web.openid_provider import OpenIdProvider, OurClient
from shared.web.session_cookies import SIGN_IN, CookieName, SessionCookies
from shared.web.sessions import SESSIONS, SessionLimits, Sessions
from shared.web.sign_in import CALLBACK, BrowserSignIn
from shared.web.sign_out import SIGN_OUT
from shared.web.spent import SPENT, Spent

INDEXES: Final[Mapping[str, tuple[Index, ...]]] = {**sessions.INDEXES, **spent.INDEXES}
FORMS: Final = (SIGN_IN, SIGN_OUT)
"""Paths that accept forms."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where a service keeps sessions."""

    service: str
    database: Database
    ring: KeyRing

    @classmethod
    def of(cls, shell: Shell[Any, Any]) -> Storage:
        """The storage of a service's shell."""
        return cls(shell.rules.service, shell.database, shell.seals.ring)


def install_sign_in(
    app: FastAPI,
    settings: ServiceSettings,
    *,
    storage: Storage,
    client: httpx.AsyncClient,
    now: Now,
) -> None:
    """Give `app` sessions of staff, and the sign-in at the settings' issuer by `client`."""
    machine = machine_time(now)
    cookies = SessionCookies(
        Sessions(
            storage.database.collection(SESSIONS),
            ring=storage.ring,
            side="staff",
            limits=SessionLimits(
                idle=timedelta(seconds=settings.session_idle_s),
                absolute=timedelta(seconds=settings.session_absolute_s),
            ),
            now=machine,
        ),
        cookie=CookieName(storage.service, "staff", is_secure=not settings.is_development),
    )
    app.state.browser_sessions = {"staff": cookies}
    app.state.browser_sign_in = None
    if (provider := _provider(settings, client, machine)) is not None:
        verifiers: Mapping[Side, Verifier] = app.state.verifiers
        app.state.browser_sign_in = BrowserSignIn(
            cookies,
            provider,
            tokens=IdTokens(verifiers["staff"], client_id=provider.ours.id),
            spent=Spent(storage.database.collection(SPENT), now=machine),
            ring=storage.ring,
            now=machine,
        )
    app.include_router(sign_in.router)
    app.include_router(sign_out.router)


def _provider(
    settings: ServiceSettings, client: httpx.AsyncClient, now: Now
) -> OpenIdProvider | None:
    """The staff's provider; None without the settings of a client."""
    name, secret = settings.staff_client_id, settings.staff_client_secret_file
    if name is None or secret is None or settings.staff_pages_url is None:
        return None
    ours = OurClient(
        name,
        RotatingSecret(secret, at_least=LEAST_TOKEN),
        redirect_uri=f"{settings.staff_pages_url}{CALLBACK}",
        signed_out_uri=f"{settings.staff_pages_url}{SIGN_OUT}",
    )
    return OpenIdProvider(
        settings.staff_issuer, ours, http=client, now=now, is_development=settings.is_development
    )
