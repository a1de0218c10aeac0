"""Whoever signs out, here or at the provider, is signed out; and no one else can do it for them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.web.id_tokens import LOGOUT_EVENT
from shared.web.sessions import SESSIONS
from tests.support.provider import INTAKE, PROVIDER, ROUTER, Place, place

DESK = f"{ROUTER}/desk/GD-1"
SIGN_OUT = f"{ROUTER}/sign-out"
ENDED = f"{ROUTER}/sign-in/ended"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as opened:
        yield opened


async def is_signed_in(here: Place, origin: str = ROUTER) -> bool:
    """Whether the browser has a session at the service."""
    return (await here.browser.get(f"{origin}/desk/GD-1")).status_code == 200


async def leave(here: Place, page: httpx.Response) -> httpx.Response:
    """Send the form that leads to the provider."""
    found = re.search(r'<form method="post" action="([^"]*end-session)"', page.text)
    assert found is not None, page.text
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', page.text[found.end() :]))
    address = unescape(found[1])
    return await here.browser.post(address, **{k: unescape(v) for k, v in fields.items()})


async def test_sign_out_here_and_at_the_provider_and_at_every_service(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    await here.browser.open(f"{INTAKE}/desk/GD-1")
    out = await here.browser.post(SIGN_OUT, csrf=here.browser.csrf(page))
    assert out.status_code == 200
    assert "已退出登录" in out.text
    assert not await is_signed_in(here)
    assert await is_signed_in(here, INTAKE)
    back = await leave(here, out)
    assert back.headers["location"] == SIGN_OUT
    assert (await here.browser.follow(back)).status_code == 200
    assert not await is_signed_in(here, INTAKE)
    assert (await here.browser.open(DESK)).url.host == "issuer.test"


async def test_no_token_is_ever_part_of_an_address(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    out = await here.browser.post(SIGN_OUT, csrf=here.browser.csrf(page))
    await here.browser.follow(await leave(here, out))
    addresses = " ".join(str(asked.url) for asked in here.network.asked)
    assert "eyJ" not in addresses
    policy = out.headers["content-security-policy"]
    assert f"form-action 'self' {PROVIDER};" in policy
    assert f"form-action 'self' {PROVIDER}" not in page.headers["content-security-policy"]


async def test_nobody_else_signs_a_person_out(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    csrf = here.browser.csrf(page)
    assert (await here.browser.post(SIGN_OUT)).status_code == 403
    assert (await here.browser.post(SIGN_OUT, csrf="other")).status_code == 403
    for site in ("cross-site", "same-site", "none"):
        headers = {"sec-fetch-site": site}
        answer = await here.browser.client.post(SIGN_OUT, data={"csrf": csrf}, headers=headers)
        assert answer.status_code == 403
    assert await is_signed_in(here)


async def test_sign_out_works_without_a_session_and_without_the_provider(here: Place) -> None:
    out = await here.browser.post(SIGN_OUT)
    assert (out.status_code, "end-session" in out.text) == (200, False)
    page = await here.browser.sign_in(DESK, "triage-lin")
    here.network.away.add(PROVIDER)
    here.clock.pass_by(minutes=20)
    out = await here.browser.post(SIGN_OUT, csrf=here.browser.csrf(page))
    assert out.status_code == 200
    assert not await is_signed_in(here)
    assert (await here.browser.get(SIGN_OUT)).status_code == 200


async def test_a_cookie_that_was_stolen_before_opens_nothing_afterwards(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    stolen = here.browser.client.cookies.get("mailbox-router-staff", domain="router.test")
    await here.browser.post(SIGN_OUT, csrf=here.browser.csrf(page))
    assert stolen is not None
    here.browser.client.cookies.set("mailbox-router-staff", stolen, domain="router.test")
    assert not await is_signed_in(here)


# --- by the provider ---------------------------------------------------------------------------


def logout_token(here: Place, *, type_: str = "logout+jwt", **change: Any) -> str:
    """A logout token as the provider makes it, with changes; `...` leaves a claim out."""
    claims: dict[str, Any] = {
        "sub": "triage-lin",
        "jti": "j-1",
        "events": {LOGOUT_EVENT: {}},
        **change,
    }
    claims = {name: value for name, value in claims.items() if value is not ...}
    return here.issuer.sign(claims, audience="mailbox-pages", type_=type_)


async def ended(here: Place, token: str) -> int:
    """The answer to the provider's request, which no browser sends."""
    async with httpx.AsyncClient(transport=here.network) as provider:
        answer = await provider.post(ENDED, data={"logout_token": token})
    assert answer.headers["cache-control"] == "no-store"
    assert not token or token[:20] not in answer.text
    return answer.status_code


async def test_the_provider_ends_the_sessions_of_a_person(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    other = type(here.browser)(here.network)
    await other.sign_in(DESK, "triage-lin")
    mei = type(here.browser)(here.network)
    await mei.sign_in(DESK, "supervisor-wu")
    assert await ended(here, logout_token(here)) == 200
    assert not await is_signed_in(here)
    assert (await other.get(DESK)).status_code == 303
    assert (await mei.get(DESK)).status_code == 403
    marks = here.databases[ROUTER].collection(SESSIONS).kept.values()
    assert sum("ended_at" in mark for mark in marks) == 2


async def test_the_provider_ends_one_session(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    other = type(here.browser)(here.network)
    await other.sign_in(DESK, "triage-lin")
    (sent,) = [a for a in here.network.asked if a.url.path.endswith("/staff/token")][-1:]
    assert sent is not None
    app = here.apps[ROUTER]
    cookie = other.client.cookies.get("mailbox-router-staff", domain="router.test")
    session = await app.state.browser_sessions["staff"].sessions.find(cookie)
    sid = session.signed_in.issuer_session
    assert await ended(here, logout_token(here, sub=..., sid=sid)) == 200
    assert await is_signed_in(here)
    assert (await other.get(DESK)).status_code == 303


@pytest.mark.parametrize("type_", ["JWT", "logout+jwt", "application/logout+jwt"])
async def test_both_kinds_of_providers_are_understood(here: Place, type_: str) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    assert await ended(here, logout_token(here, type_=type_)) == 200
    assert not await is_signed_in(here)


@pytest.mark.parametrize(
    "change",
    [
        {"type_": "at+jwt"},
        {"events": ...}, {"events": {}}, {"events": {LOGOUT_EVENT: "yes"}}, {"events": [1]},
        {"nonce": "n"},
        {"jti": ...}, {"jti": 7},
        {"sub": ...}, {"sub": 7}, {"sub": "triage-lin", "sid": 7},
        {"iss": "http://issuer.test/development-only/citizens"}, {"aud": "mailbox"}, {"aud": ...},
        {"iat": 1}, {"iat": None}, {"iat": True}, {"iat": 4_000_000_000}, {"exp": 1}, {"exp": "x"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_wrong_logout_token_ends_nothing(here: Place, change: dict[str, Any]) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    if change == {"aud": ...}:
        change = {"aud": None}
    assert await ended(here, logout_token(here, **change)) == 400
    assert await is_signed_in(here)


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 10_000, "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_logout_token_ends_nothing(here: Place, token: str) -> None:
    assert await ended(here, token) == 400


async def test_an_id_token_ends_nothing(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    cookie = here.browser.client.cookies.get("mailbox-router-staff", domain="router.test")
    session = await here.apps[ROUTER].state.browser_sessions["staff"].sessions.find(cookie)
    assert await ended(here, session.signed_in.id_token) == 400
    assert await is_signed_in(here)


async def test_a_logout_token_is_good_once(here: Place) -> None:
    token = logout_token(here)
    assert await ended(here, token) == 200
    await here.browser.sign_in(DESK, "triage-lin")
    assert await ended(here, token) == 400
    assert await is_signed_in(here)


async def test_without_the_database_the_provider_is_asked_to_try_again(here: Place) -> None:
    token = logout_token(here)
    await here.browser.sign_in(DESK, "triage-lin")
    here.databases[ROUTER].collection(SESSIONS).failures.append("before")
    assert await ended(here, token) == 503
    assert await ended(here, token) == 200
    assert not await is_signed_in(here)
