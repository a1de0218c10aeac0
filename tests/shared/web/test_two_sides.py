"""Citizens and staff sign in at the same service, each at an issuer of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.provider import CITIZEN_ISSUER, INTAKE, Place, cookies_of, place, query_of

MINE, DESK = f"{INTAKE}/my/letters", f"{INTAKE}/desk/GD-1"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as opened:
        yield opened


async def test_a_citizen_signs_in_at_the_citizens_issuer(here: Place) -> None:
    start = await here.browser.open(MINE)
    assert str(start.url).startswith(CITIZEN_ISSUER)
    page = await here.browser.follow(await here.browser.choose(start, "chen"))
    assert (page.status_code, str(page.url)) == (200, MINE)
    assert "chen: my letters" in page.text
    assert "陈小禾" in page.text
    assert 'action="/my/sign-out"' in page.text


async def test_a_session_of_one_side_opens_no_door_of_the_other(here: Place) -> None:
    await here.browser.sign_in(MINE, "chen")
    there = await here.browser.get(DESK)
    assert there.headers["location"].startswith("/sign-in?")
    await here.browser.sign_in(DESK, "triage-lin")
    assert "triage-lin" in (await here.browser.get(DESK)).text
    assert "chen: my letters" in (await here.browser.get(MINE)).text


async def test_the_sides_sign_out_apart(here: Place) -> None:
    await here.browser.sign_in(DESK, "triage-lin")
    mine = await here.browser.sign_in(MINE, "chen")
    out = await here.browser.post(f"{INTAKE}/my/sign-out", csrf=here.browser.csrf(mine))
    assert "/my/sign-out" in out.text
    assert (await here.browser.get(MINE)).headers["location"].startswith("/my/sign-in?")
    assert (await here.browser.get(DESK)).status_code == 200


async def test_an_attempt_is_not_finished_on_the_other_side(here: Place) -> None:
    back = await here.browser.choose(await here.browser.open(MINE), "chen")
    other = back.headers["location"].replace("/my/sign-in/callback", "/sign-in/callback")
    refused = await here.browser.get(other)
    assert query_of(refused.headers["location"])["why"] == "attempt_unknown"
    assert not [cookie for cookie in cookies_of(refused) if "staff" in cookie]


async def test_what_a_citizen_typed_is_kept_when_the_session_has_ended(here: Place) -> None:
    mine = await here.browser.sign_in(MINE, "chen")
    csrf = here.browser.csrf(mine)
    here.clock.pass_by(hours=1)
    late = await here.browser.post(MINE, csrf=csrf, text="text of the citizen")
    assert query_of(late.headers["location"]) == {"to": "/my/letters", "why": "ended"}
    page = await here.browser.open(f"{INTAKE}{late.headers['location']}")
    assert "/my/sign-in?to=" in page.text
