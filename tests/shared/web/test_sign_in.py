"""People sign in at the provider and come back; whatever isn't theirs or isn't new is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from shared.web.sessions import SESSIONS
from shared.web.sign_in import SIGN_INS
from shared.web.spent import SPENT
from tests.support.provider import (
    INTAKE,
    PROVIDER,
    ROUTER,
    STAFF_ISSUER,
    Place,
    cookies_of,
    place,
    query_of,
)

DESK = f"{ROUTER}/desk/GD-1"
CALLBACK = f"{ROUTER}/sign-in/callback"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as opened:
        yield opened


NO_PKCE = (
    b'{"issuer": "%b", "code_challenge_methods_supported": ["plain"],'
    b'"authorization_endpoint": "http://x", "token_endpoint": "http://x"}'
)


async def returning(here: Place, person: str = "triage-lin", to: str = DESK) -> httpx.Response:
    """The provider's redirect back to the service."""
    return await here.browser.choose(await here.browser.open(to), person)


async def check_failed(here: Place, answer: httpx.Response, why: str, *, status: int) -> str:
    """Nobody is signed in, for that reason; the page, which shows nothing of the request."""
    assert not [cookie for cookie in cookies_of(answer) if "staff" in cookie]
    assert query_of(answer.headers["location"])["why"] == why
    page = await here.browser.follow(answer)
    assert page.status_code == status, page.text
    for secret in ("seeded", "code=", "state="):
        assert secret not in f"{page.text} {page.url}"
    assert counted(why) > 0
    return page.text


def counted(outcome: str) -> float:
    """Sign-ins with that outcome so far."""
    return float(SIGN_INS.labels(outcome)._value.get())


async def test_one_signs_in_and_comes_to_the_page_that_was_asked_for(here: Place) -> None:
    page = await here.browser.sign_in(f"{DESK}?tab=history", "triage-lin")
    assert (page.status_code, str(page.url)) == (200, f"{DESK}?tab=history")
    assert "triage-lin: nothing" in page.text
    assert "林知言" in page.text
    assert counted("done") > 0


async def test_the_request_to_the_provider_has_all_that_protects_it(here: Place) -> None:
    start = await here.browser.get(f"{ROUTER}/sign-in?to=/desk/GD-1")
    asked = query_of(start.headers["location"])
    assert start.headers["location"].startswith(f"{STAFF_ISSUER}/authorize?")
    assert asked.pop("state") != asked.pop("nonce")
    assert len(asked.pop("code_challenge")) == 43
    assert asked == {
        "response_type": "code",
        "client_id": "mailbox-pages",
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "code_challenge_method": "S256",
    }
    again = await here.browser.get(f"{ROUTER}/sign-in?to=/desk/GD-1&fresh=1")
    asked = query_of(again.headers["location"])
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")


async def test_cookies_are_for_this_host_alone_and_for_no_script(here: Place) -> None:
    start = await here.browser.get(f"{ROUTER}/sign-in")
    (attempt,) = cookies_of(start)
    assert attempt.startswith("mailbox-router-attempt-")
    back = await here.browser.get((await returning(here)).headers["location"])
    session, gone = cookies_of(back)
    assert session.startswith("mailbox-router-staff=")
    assert "max-age" not in session.lower()
    assert "max-age=0" in gone.lower()
    for cookie in (attempt, session):
        assert {"httponly", "path=/", "samesite=lax"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()


async def test_in_production_cookies_bear_the_host_prefix_and_are_secure(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        app = here.apps[ROUTER]
        cookies = app.state.browser_sessions["staff"]
        cookies.cookie = type(cookies.cookie)("router", "staff", is_secure=True)
        start = await here.browser.get(f"{ROUTER}/sign-in")
        (attempt,) = cookies_of(start)
        assert attempt.startswith("__Host-mailbox-router-attempt-")
        assert {"secure", "path=/"} <= set(attempt.lower().split("; "))


async def test_who_signs_in_gets_a_new_session_whatever_the_browser_brought(here: Place) -> None:
    here.browser.client.cookies.set("mailbox-router-staff", "planted", domain="router.test")
    page = await here.browser.sign_in(DESK, "triage-lin")
    assert page.status_code == 200
    first = here.browser.client.cookies.get("mailbox-router-staff", domain="router.test")
    assert first != "planted"
    await here.browser.follow(
        await here.browser.choose(
            await here.browser.open(f"{ROUTER}/sign-in?fresh=1&to=/desk/GD-1"), "triage-lin"
        )
    )
    second = here.browser.client.cookies.get("mailbox-router-staff", domain="router.test")
    assert second not in {first, "planted"}
    assert len(here.databases[ROUTER].collection(SESSIONS).kept) == 1


async def test_whoever_is_signed_in_at_the_provider_goes_on_to_the_next_service(
    here: Place,
) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    page = await here.browser.open(f"{INTAKE}/desk/GD-1")
    assert (page.status_code, page.url.host) == (200, "intake.test")
    names = {cookie.name for cookie in here.browser.client.cookies.jar}
    assert {"mailbox-router-staff", "mailbox-intake-staff"} <= names


async def test_whoever_is_signed_in_already_goes_on(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    answer = await here.browser.get(f"{ROUTER}/sign-in?to=/desk/GD-2")
    assert answer.headers["location"] == "/desk/GD-2"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
        "/\tevil", "javascript:alert(1)", "/%0d\r\nset-cookie: x=1", "evil", "", "/é",
        "http:/evil.example", "///evil.example", "/" + "a" * 1_001,
    ],
)  # fmt: skip
async def test_nobody_is_sent_to_another_host(here: Place, to: str) -> None:
    start = await here.browser.get(f"{ROUTER}/sign-in?to={quote(to, safe='')}")
    if start.status_code == 422:
        return
    page = await here.browser.open(start.headers["location"])
    back = await here.browser.get(
        (await here.browser.choose(page, "triage-lin")).headers["location"]
    )
    assert back.headers["location"] == "/"


# --- what comes back ---------------------------------------------------------------------------


async def test_an_answer_is_good_once(here: Place) -> None:
    answer = (await returning(here)).headers["location"]
    attempt = dict(here.browser.client.cookies)
    assert (await here.browser.get(answer)).status_code == 303
    await check_failed(here, await here.browser.get(answer), "attempt_unknown", status=400)
    here.browser.client.cookies.clear()
    here.browser.client.cookies.update(attempt)
    await check_failed(here, await here.browser.get(answer), "attempt_used", status=400)
    assert len(here.databases[ROUTER].collection(SPENT).kept) == 1


async def test_an_answer_is_good_in_the_browser_that_asked(here: Place) -> None:
    answer = (await returning(here)).headers["location"]
    other = type(here.browser)(here.network)
    await check_failed(here, await other.get(answer), "attempt_unknown", status=400)


async def test_an_attempt_of_one_service_is_none_at_another(here: Place) -> None:
    address = (await returning(here)).headers["location"].replace(ROUTER, INTAKE)
    for cookie in list(here.browser.client.cookies.jar):
        if cookie.name.startswith("mailbox-router-attempt"):
            name = cookie.name.replace("router", "intake")
            here.browser.client.cookies.set(name, cookie.value or "", domain="intake.test")
    await check_failed(here, await here.browser.get(address), "code_refused", status=502)


async def test_an_attempt_lasts_fifteen_minutes(here: Place) -> None:
    page = await here.browser.open(DESK)
    here.clock.pass_by(minutes=14, seconds=59)
    back = await here.browser.choose(page, "triage-lin")
    assert (await here.browser.follow(back)).status_code == 200
    await here.browser.post(f"{ROUTER}/sign-out")
    here.browser.client.cookies.clear()
    page = await here.browser.open(DESK)
    here.clock.pass_by(minutes=15)
    back = await here.browser.choose(page, "triage-lin")
    answer = await here.browser.get(back.headers["location"])
    await check_failed(here, answer, "attempt_expired", status=400)


@pytest.mark.parametrize(
    ("change", "outcome", "status"),
    [
        ({"state": "seeded"}, "attempt_unknown", 400),
        ({"state": None}, "attempt_unknown", 400),
        ({"iss": "https://seeded.example"}, "other_issuer", 400),
        ({"iss": None}, "other_issuer", 400),
        ({"code": None}, "denied", 403),
        ({"code": "seeded"}, "code_refused", 502),
        ({"error": "access_denied", "code": None}, "denied", 403),
        ({"error": "seeded<script>", "error_description": "seeded"}, "denied", 403),
    ],
)
async def test_a_wrong_answer_signs_nobody_in(
    here: Place, change: dict[str, str | None], outcome: str, status: int
) -> None:
    answer = query_of((await returning(here)).headers["location"]) | change
    given = {name: value for name, value in answer.items() if value is not None}
    page = await here.browser.get(f"{CALLBACK}?{urlencode(given)}")
    await check_failed(here, page, outcome, status=status)
    assert not here.databases[ROUTER].collection(SESSIONS).kept


async def test_a_stolen_code_is_worth_nothing_without_its_verifier(here: Place) -> None:
    stolen = query_of((await returning(here)).headers["location"])["code"]
    thief = type(here.browser)(here.network)
    answer = query_of(
        (await thief.choose(await thief.open(DESK), "editor-mei")).headers["location"]
    )
    page = await thief.get(f"{CALLBACK}?{urlencode(answer | {'code': stolen})}")
    await check_failed(here, page, "code_refused", status=502)


def _token_answer(here: Place, **change: Any) -> httpx.Response:
    """An answer of the token endpoint, signed by the issuer, with changed claims."""
    now = here.issuer.now()
    claims: dict[str, Any] = {"sub": "triage-lin", "auth_time": now, "roles": ["triage"], **change}
    claims = {name: value for name, value in claims.items() if value is not ...}
    token = here.issuer.sign(claims, audience=str(claims.get("aud", "mailbox-pages")))
    return httpx.Response(200, json={"id_token": token})


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "other"},
        {"nonce": ...},
        {"nonce": 7},
        {"aud": "mailbox"},
        {"aud": ["mailbox-pages", "other"], "azp": "other"},
        {"iss": "http://issuer.test/development-only/citizens"},
        {"exp": 1},
        {"exp": None},
        {"iat": 1},
        {"sub": None},
        {"roles": "triage"},
    ],
)
async def test_an_id_token_for_anything_else_signs_nobody_in(
    here: Place, change: dict[str, Any]
) -> None:
    start = await here.browser.get(f"{ROUTER}/sign-in")
    asked = query_of(start.headers["location"])
    back = await here.browser.choose(
        await here.browser.get(start.headers["location"]), "triage-lin"
    )
    path = "/development-only/staff/token"
    here.network.instead[path] = _token_answer(here, **{"nonce": asked["nonce"]} | change)
    page = await here.browser.get(back.headers["location"])
    await check_failed(here, page, "token_refused", status=502)


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x" * 9_000])
async def test_an_unsigned_token_signs_nobody_in(here: Place, token: str) -> None:
    back = await returning(here)
    path = "/development-only/staff/token"
    here.network.instead[path] = httpx.Response(200, json={"id_token": token})
    page = await here.browser.get(back.headers["location"])
    await check_failed(here, page, "token_refused", status=502)


async def test_the_token_endpoint_asks_for_the_clients_secret(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    (sent,) = [one for one in here.network.asked if one.url.path.endswith("/staff/token")]
    assert sent.headers["authorization"].startswith("Basic ")
    assert b"code_verifier=" in sent.content
    assert b"client_secret" not in sent.content


async def test_a_browser_with_many_open_sign_ins_can_still_send_requests(here: Place) -> None:
    for _ in range(30):
        await here.browser.get(f"{ROUTER}/sign-in")
    names = [cookie.name for cookie in here.browser.client.cookies.jar]
    assert len([name for name in names if "attempt" in name]) <= 5


# --- while others are away ---------------------------------------------------------------------


async def test_without_the_provider_a_page_says_what_to_do(here: Place) -> None:
    here.network.away.add(PROVIDER)
    answer = await here.browser.get(f"{ROUTER}/sign-in?to=/desk/GD-1")
    page = await check_failed(here, answer, "issuer_away", status=503)
    assert "请过几分钟再试" in page
    assert 'href="/sign-in?to=/desk/GD-1"' in page
    here.network.away.clear()
    back = await returning(here)
    here.network.away.add(PROVIDER)
    answer = await here.browser.get(back.headers["location"])
    await check_failed(here, answer, "issuer_away", status=503)


async def test_whoever_is_signed_in_works_on_without_the_provider(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    here.network.away.add(PROVIDER)
    assert (await here.browser.get(DESK)).status_code == 200


@pytest.mark.parametrize(
    "document",
    [
        b"no json", b"[]", b"{}", b"x" * 300_000,
        b'{"issuer": "http://other.test"}',
        b'{"issuer": "%b", "authorization_endpoint": "ftp://x", "token_endpoint": "http://x"}',
        b'{"issuer": "%b", "authorization_endpoint": "http://x", "token_endpoint": 7}',
        NO_PKCE,
    ],
)  # fmt: skip
async def test_a_discovery_document_that_is_not_the_issuers_is_not_used(
    here: Place, document: bytes
) -> None:
    path = "/development-only/staff/.well-known/openid-configuration"
    content = document.replace(b"%b", STAFF_ISSUER.encode())
    here.network.instead[path] = httpx.Response(200, content=content)
    answer = await here.browser.get(f"{ROUTER}/sign-in")
    await check_failed(here, answer, "issuer_away", status=503)


async def test_the_discovery_document_is_fetched_once_an_hour(here: Place) -> None:
    def fetched() -> int:
        return len([one for one in here.network.asked if "well-known" in one.url.path])

    for _ in range(3):
        await here.browser.get(f"{ROUTER}/sign-in")
    assert fetched() == 1
    here.clock.pass_by(hours=2)
    here.network.away.add(PROVIDER)
    assert (await here.browser.get(f"{ROUTER}/sign-in")).status_code == 303
    assert fetched() == 2


async def test_without_the_database_nobody_is_signed_in_and_a_page_says_so(here: Place) -> None:
    back = await returning(here)
    here.databases[ROUTER].collection(SPENT).failures.append("before")
    answer = await here.browser.get(back.headers["location"])
    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["retry-after"] == "5"
    assert (await here.browser.open(DESK)).status_code == 200
    here.databases[ROUTER].collection(SESSIONS).unread.append(True)
    assert (await here.browser.get(DESK)).status_code == 503


async def test_without_a_client_pages_say_that_sign_in_is_not_set_up(tmp_path: Path) -> None:
    async with place(tmp_path, staff_client_id=None, staff_client_secret_file=None) as here:
        answer = await here.browser.get(f"{ROUTER}/sign-in")
        await check_failed(here, answer, "not_set_up", status=503)
        await check_failed(here, await here.browser.get(CALLBACK), "not_set_up", status=503)
        assert (await here.browser.post(f"{ROUTER}/sign-in/ended")).status_code == 404
