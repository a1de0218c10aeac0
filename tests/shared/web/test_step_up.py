"""Signing in again returns to the half-filled form with its words, and only to its writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.provider import ROUTER, Place, place, query_of

DESK = f"{ROUTER}/desk/GD-1"
SIGN = f"{DESK}/sign"
WORDS = "写了一半的批示 & half a remark"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as opened:
        yield opened


async def again(here: Place, answer: httpx.Response, person: str) -> httpx.Response:
    """Follow the page that asks for another sign-in, sign in, and return the page at the end."""
    page = await here.browser.follow(answer)
    assert page.url.path == "/sign-in/again"
    to = query_of(str(page.url))["to"]
    fresh = "&fresh=1" if query_of(str(page.url))["why"] == "fresh" else ""
    return await here.browser.sign_in(f"{ROUTER}/sign-in?to={to}{fresh}", person)


async def test_a_step_that_cannot_be_undone_asks_for_the_password_again(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    csrf = here.browser.csrf(page)
    here.clock.pass_by(minutes=6)
    answer = await here.browser.post(SIGN, csrf=csrf, text=WORDS)
    shown = await here.browser.follow(answer)
    assert "请再次输入密码" in shown.text
    assert "已经保存" in shown.text
    assert WORDS not in shown.text
    page = await again(here, answer, "triage-lin")
    assert str(page.url) == SIGN
    assert "写了一半的批示 &amp; half a remark" in page.text
    csrf = here.browser.csrf(page)
    assert (await here.browser.post(SIGN, csrf=csrf, text=WORDS)).json() == "triage-lin signed"


async def test_a_page_that_needs_it_asks_before_it_is_shown(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    here.clock.pass_by(minutes=6)
    page = await here.browser.open(SIGN)
    assert (page.url.host, query_of(str(page.url))["prompt"]) == ("issuer.test", "login")
    page = await here.browser.follow(await here.browser.choose(page, "triage-lin"))
    assert (page.status_code, str(page.url)) == (200, SIGN)


async def test_the_words_are_not_for_another_person(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    csrf = here.browser.csrf(page)
    here.clock.pass_by(minutes=6)
    page = await again(here, await here.browser.post(SIGN, csrf=csrf, text=WORDS), "chief-gz")
    assert page.status_code == 403
    assert "批示" not in page.text
    page = await here.browser.sign_in(f"{ROUTER}/sign-in?fresh=1&to=/desk/GD-1/sign", "triage-lin")
    assert "triage-lin: nothing" in page.text


async def test_a_session_that_ended_while_writing_loses_nothing(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    csrf = here.browser.csrf(page)
    here.clock.pass_by(hours=16)
    page = await again(here, await here.browser.post(DESK, csrf=csrf, text=WORDS), "triage-lin")
    assert str(page.url) == DESK
    assert "写了一半的批示" in page.text


async def test_a_session_that_the_provider_ended_while_writing_loses_nothing(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    csrf = here.browser.csrf(page)
    sessions = here.apps[ROUTER].state.browser_sessions["staff"].sessions
    assert await sessions.revoke(subject="triage-lin", issuer_session=None) == 1
    answer = await here.browser.post(DESK, csrf=csrf, text=WORDS)
    page = await here.browser.follow(answer)
    assert "您的登录已经结束" in page.text
    page = await here.browser.open(f"{ROUTER}/sign-in?to=/desk/GD-1")
    assert "写了一半的批示" in page.text


async def test_an_old_sign_in_at_the_provider_is_not_taken_for_a_new_one(here: Place) -> None:
    page = await here.browser.sign_in(DESK, "triage-lin")
    here.clock.pass_by(minutes=6)
    start = await here.browser.get(f"{ROUTER}/sign-in?fresh=1&to=/desk/GD-1/sign")
    lax = start.headers["location"].replace("prompt=login", "prompt=x").replace("max_age=0", "")
    page = await here.browser.follow(await here.browser.get(lax))
    assert page.url.path == "/sign-in/failed"
    assert query_of(str(page.url))["why"] == "not_fresh"
