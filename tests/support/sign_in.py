"""Sign-in in tests: settings of two issuers, and browsers that are signed in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast, get_args

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
    """Give `app` sessions of both sides, stored in `documents`; returns the staff's."""
    stored = Memory() if documents is None else documents
    sides: tuple[Side, ...] = get_args(Side)
    app.state.browser_sessions = {
        side: SessionCookies(
            Sessions(stored, ring=RING, side=side, limits=limits or SessionLimits(), now=now),
            cookie=CookieName(service, side, is_secure=False),
        )
        for side in sides
    }
    cookies: SessionCookies = app.state.browser_sessions["staff"]
    return cookies


async def signed_in(
    client: httpx.AsyncClient, person: Person, *, ago: timedelta | None = timedelta()
) -> Session:
    """Sign `person` in with the browser that `client` is, citizens on their side.

    Returns the session.

    `ago`: since when, for pages that need a fresh sign-in; None: leave the person's `auth_time`.
    """
    app: FastAPI = cast("Any", client._transport).app
    side: Side = "citizens" if person.is_citizen else "staff"
    cookies: SessionCookies = app.state.browser_sessions[side]
    if ago is not None:
        person = replace(person, auth_time=cookies.sessions._now() - ago)
    issuer_session = f"sid-{next(_sessions)}"
    value = await cookies.sessions.begin(SignedIn(person, "id.to.ken", issuer_session))
    client.cookies.set(str(cookies.cookie), value)
    session = await cookies.sessions.find(value)
    assert session is not None
    return session
