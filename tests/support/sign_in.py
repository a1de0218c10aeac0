"""Sign-in in tests: settings of two issuers, and browsers that are signed in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import httpx
from fastapi import FastAPI

from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.http.identity import Verifier
from shared.platform.http.tokens import Person
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import ClaimNames, IssuerSettings, Side
from shared.web.session_cookies import CookieName, SessionCookies
from shared.web.sessions import Session, SessionLimits, Sessions, SignedIn
from tests.support.doubles import Memory

RING = KeyRing("test", {"test": A256GCM(bytes(32))})
BROWSER = {"sec-fetch-site": "same-origin", "accept": "text/html"}
"""What a browser sends with each request to the page it is on."""
_sessions = itertools.count(1)


def issuer_of(
    issuer: str, audience: str = "mailbox", *, claims: ClaimNames | None = None
) -> IssuerSettings:
    """An issuer with its key set beside it."""
    return IssuerSettings(issuer, audience, f"{issuer}/jwks.json", claims or ClaimNames())


def issuers(issuer: str) -> dict[str, Any]:
    """Settings where one issuer is both sides'."""
    return {
        name: value
        for side in ("staff", "citizen")
        for name, value in {
            f"{side}_issuer": issuer,
            f"{side}_audience": "mailbox",
            f"{side}_jwks_url": f"{issuer}/jwks.json",
        }.items()
    }


def both(verifier: Verifier) -> Mapping[Side, Verifier]:
    """One verifier for both sides."""
    return {"staff": verifier, "citizens": verifier}


def with_sessions(
    app: FastAPI,
    *,
    now: Now,
    documents: Memory | None = None,
    service: str = "test",
    limits: SessionLimits | None = None,
) -> SessionCookies:
    """Give `app` sessions of staff, stored in `documents`; returns them."""
    sessions = Sessions(
        Memory() if documents is None else documents,
        ring=RING,
        side="staff",
        limits=limits or SessionLimits(),
        now=now,
    )
    cookies = SessionCookies(sessions, cookie=CookieName(service, "staff", is_secure=False))
    app.state.browser_sessions = {"staff": cookies}
    return cookies


async def signed_in(
    client: httpx.AsyncClient, person: Person, *, ago: timedelta | None = timedelta()
) -> Session:
    """Sign `person` in with the browser that `client` is; return the session.

    `ago`: since when, for pages that need a fresh sign-in; None: leave the person's `auth_time`.
    """
    app: FastAPI = cast("Any", client._transport).app
    cookies: SessionCookies = app.state.browser_sessions["staff"]
    if ago is not None:
        person = replace(person, auth_time=cookies.sessions._now() - ago)
    issuer_session = f"sid-{next(_sessions)}"
    value = await cookies.sessions.begin(SignedIn(person, "id.to.ken", issuer_session))
    client.cookies.set(str(cookies.cookie), value)
    session = await cookies.sessions.find(value)
    assert session is not None
    return session
