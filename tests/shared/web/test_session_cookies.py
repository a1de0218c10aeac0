"""Pages know their visitors by a session, refuse foreign forms, and lose nothing that was typed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from prometheus_client import CollectorRegistry

from shared.platform.http.application import Limits, application
from shared.platform.http.identity import citizen, fresh, on_page, staff
from shared.platform.http.tokens import Person
from shared.web.forms import fields_of
from shared.web.session_cookies import CookieName, restored_fields, session_of
from shared.web.sessions import SessionLimits, Sessions, SignedIn
from tests.support.doubles import Clock, Memory
from tests.support.memory_shell import KnownPeople
from tests.support.sign_in import BROWSER, RING, both, signed_in, with_sessions

LIN = Person("triage-lin", name="林知言", roles=frozenset({"triage"}))
MEI = Person("editor-mei", name="梅若水", roles=frozenset({"editor", "triage"}))
Clerk = Annotated[Person, Depends(on_page(staff("triage")))]
FreshClerk = Annotated[Person, Depends(fresh(on_page(staff("triage"))))]


def pages(now: Clock) -> FastAPI:
    """An application with a page, a form and a form that needs a fresh sign-in."""

    async def ready() -> dict[str, bool]:
        return {}

    app = application(
        "test",
        verifiers=both(KnownPeople({}, now=now)),
        ready=ready,
        registry=CollectorRegistry(),
        limits=Limits(forms=("/desk",)),
    )

    @app.get("/desk/{letter}")
    async def show(request: Request, person: Clerk) -> str:
        restored = restored_fields(request)
        typed = restored.get("text") if restored else "nothing"
        return f"{person.sub} {session_of(request).name} {typed}"

    @app.post("/desk/{letter}")
    @app.post("/desk/{letter}/note")
    async def write(request: Request, person: Clerk) -> str:
        return f"{person.sub} wrote {(await fields_of(request)).get('text')}"

    @app.get("/desk/{letter}/sign")
    async def show_signing(request: Request, person: FreshClerk) -> str:
        restored = restored_fields(request)
        return restored.get("text") if restored else "nothing"

    @app.post("/desk/{letter}/sign")
    async def sign(person: FreshClerk) -> str:
        return f"{person.sub} signed"

    @app.get("/mine")
    async def mine(person: Annotated[Person, Depends(on_page(citizen()))]) -> str:
        return person.sub

    return app


class Browser:
    """A browser at these pages."""

    def __init__(self, now: Clock, client: httpx.AsyncClient, documents: Memory) -> None:
        self.now = now
        self.client = client
        self.documents = documents

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=BROWSER)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data=fields, headers=BROWSER)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    now, documents = Clock(), Memory()
    app = pages(now)
    with_sessions(app, now=now, documents=documents)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield Browser(now, client, documents)


async def test_a_session_opens_pages_by_its_role(browser: Browser) -> None:
    await signed_in(browser.client, LIN)
    assert (await browser.get("/desk/GD-1")).json() == "triage-lin 林知言 nothing"
    await signed_in(browser.client, Person("x", roles=frozenset({"auditor"})))
    assert (await browser.get("/desk/GD-1")).status_code == 403


async def test_a_session_of_staff_opens_no_page_of_citizens(browser: Browser) -> None:
    await signed_in(browser.client, Person("lin", name="林", roles=frozenset({"triage"})))
    answer = await browser.get("/mine")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/my/sign-in?to=%2Fmine"


async def test_without_a_session_one_is_led_to_the_sign_in_and_back(browser: Browser) -> None:
    answer = await browser.get("/desk/GD-1?tab=history")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?to=%2Fdesk%2FGD-1%3Ftab%3Dhistory"
    for cookie in ("", "x", "é", "a" * 4_000):
        headers = [(b"cookie", f"mailbox-test-staff={cookie}".encode())]
        answer = await browser.client.get("/desk/GD-1", headers=headers)
        assert answer.status_code == 303
    assert not browser.documents.kept


async def test_a_bearer_token_opens_no_page(browser: Browser) -> None:
    answer = await browser.client.get("/desk/GD-1", headers={"authorization": "Bearer lin"})
    assert answer.status_code == 303


@pytest.mark.parametrize("token", [None, "", "other", "\0"])
async def test_a_form_must_carry_its_sessions_token(browser: Browser, token: str | None) -> None:
    session = await signed_in(browser.client, LIN)
    ours = {"csrf": session.csrf, "text": "hello"}
    assert (await browser.post("/desk/GD-1", **ours)).json() == "triage-lin wrote hello"
    foreign = {"text": "hello"} | ({} if token is None else {"csrf": token})
    assert (await browser.post("/desk/GD-1", **foreign)).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
async def test_a_form_must_come_from_our_pages(browser: Browser, site: str | None) -> None:
    session = await signed_in(browser.client, LIN)
    headers = {"sec-fetch-site": site} if site else {}
    form = {"csrf": session.csrf, "text": "hello"}
    answer = await browser.client.post("/desk/GD-1", data=form, headers=headers)
    assert answer.status_code == 403


async def _sign_in_again(browser: Browser, person: Person) -> str:
    """What a sign-in does with the browser's former session; the new session's token."""
    app = browser.client._transport.app  # type: ignore[attr-defined]  # the transport in memory
    cookies = app.state.browser_sessions["staff"]
    former = await cookies.sessions.find(browser.client.cookies[str(cookies.cookie)])
    person = Person(person.sub, name=person.name, roles=person.roles, auth_time=browser.now())
    value = await cookies.sessions.begin(SignedIn(person, "t"), former=former)
    browser.client.cookies.set(str(cookies.cookie), value)
    return str((await cookies.sessions.find(value)).csrf)


async def test_a_form_after_the_end_of_the_session_is_kept(browser: Browser) -> None:
    session = await signed_in(browser.client, LIN)
    browser.now.pass_by(minutes=31)
    answer = await browser.post("/desk/GD-1/note", csrf=session.csrf, text="long words")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in/again?to=%2Fdesk%2FGD-1&why=ended"
    assert "long words" not in str(browser.documents.kept)
    csrf = await _sign_in_again(browser, LIN)
    assert (await browser.get("/desk/GD-1")).json().endswith("long words")
    assert (await browser.get("/desk/GD-2")).json().endswith("nothing")
    answer = await browser.post("/desk/GD-1/note", csrf=csrf, text="long words")
    assert answer.json() == "triage-lin wrote long words"
    assert (await browser.get("/desk/GD-1")).json().endswith("nothing")


async def test_nobody_else_sees_what_was_typed(browser: Browser) -> None:
    session = await signed_in(browser.client, LIN)
    browser.now.pass_by(minutes=31)
    await browser.post("/desk/GD-1", csrf=session.csrf, text="long words")
    await _sign_in_again(browser, MEI)
    assert (await browser.get("/desk/GD-1")).json() == "editor-mei 梅若水 nothing"
    assert (await browser.post("/desk/GD-1", csrf=session.csrf, text="x")).status_code == 403


async def test_an_open_form_stays_valid_when_its_sender_signs_in_elsewhere(
    browser: Browser,
) -> None:
    session = await signed_in(browser.client, LIN)
    await _sign_in_again(browser, LIN)
    answer = await browser.post("/desk/GD-1", csrf=session.csrf, text="typed before")
    assert answer.json() == "triage-lin wrote typed before"


async def test_a_forged_form_to_an_ended_session_is_not_kept(browser: Browser) -> None:
    await signed_in(browser.client, LIN)
    browser.now.pass_by(minutes=31)
    assert (await browser.post("/desk/GD-1", csrf="other", text="planted")).status_code == 403
    await _sign_in_again(browser, LIN)
    assert (await browser.get("/desk/GD-1")).json().endswith("nothing")


async def test_a_form_without_any_session_is_refused(browser: Browser) -> None:
    """It can't be kept, as nobody knows whose it is: the page that says so shows the words."""
    assert (await browser.post("/desk/GD-1", text="long words")).status_code == 403


async def test_what_cannot_be_undone_needs_a_fresh_sign_in_and_keeps_the_words(
    browser: Browser,
) -> None:
    session = await signed_in(browser.client, LIN, ago=timedelta(minutes=6))
    answer = await browser.get("/desk/GD-1/sign")
    assert answer.headers["location"] == "/sign-in?to=%2Fdesk%2FGD-1%2Fsign&fresh=1"
    answer = await browser.post("/desk/GD-1/sign", csrf=session.csrf, text="remark")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in/again?to=%2Fdesk%2FGD-1%2Fsign&why=fresh"
    csrf = await _sign_in_again(browser, LIN)
    assert (await browser.get("/desk/GD-1/sign")).json() == "remark"
    answer = await browser.post("/desk/GD-1/sign", csrf=csrf, text="remark")
    assert answer.json() == "triage-lin signed"


async def test_two_services_on_one_host_keep_their_cookies_apart() -> None:
    names = {str(CookieName(service, "staff", is_secure=False)) for service in ("intake", "router")}
    assert names == {"mailbox-intake-staff", "mailbox-router-staff"}
    assert str(CookieName("router", "staff", is_secure=True)) == "__Host-mailbox-router-staff"
    now, documents = Clock(), Memory()
    mine = Sessions(documents, ring=RING, side="staff", limits=SessionLimits(), now=now)
    other = Sessions(Memory(), ring=RING, side="staff", limits=SessionLimits(), now=now)
    assert await other.find(await mine.begin(SignedIn(LIN, "t"))) is None
