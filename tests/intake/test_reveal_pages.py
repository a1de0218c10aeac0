"""Who wrote a letter is asked, granted and seen in a browser, by the same rules as over the API."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.progress_v1 import ConflictDeclared
from shared.platform.http.tokens import Person
from tests.intake.front import Front
from tests.intake.story import NAME, PHONE, fact
from tests.intake.test_masked_reveals import STEPS
from tests.intake.test_reveals import HANDLER, LETTERS, held
from tests.support.sign_in import BROWSER, signed_in

ENGLISH = {**BROWSER, "accept-language": "en"}
WHY = {"reason": "to_reach_writer", "text": "电话不通。", "key": "form-key-1"}
WAITING = "/reveals/waiting"


async def as_(desk: Front, who: str, *roles: str, ago: timedelta = timedelta()) -> str:
    """Change to somebody's browser; return the token of its forms."""
    desk.client.cookies.clear()
    person = Person(who, name=who, roles=frozenset(roles))
    return (await signed_in(desk.client, person, ago=ago)).csrf


async def send(desk: Front, path: str, csrf: str, **fields: Any) -> httpx.Response:
    answer = await desk.client.post(path, data={"csrf": csrf} | fields, headers=ENGLISH)
    await desk.shelf.quiet()
    return answer


def said(desk: Front) -> list[str]:
    return [one for one in desk.shelf.said_types(LETTERS) if one in STEPS]


async def test_an_unmasked_letter_shows_its_writer_after_a_fresh_sign_in(desk: Front) -> None:
    number = await held(desk)
    page = f"/reveals/letters/{number}"
    csrf = await as_(desk, "s-4471", HANDLER, ago=timedelta(minutes=20))
    shown = await desk.client.get(page, headers=ENGLISH)
    assert (shown.status_code, NAME in shown.text) == (200, False)
    stale = await send(desk, f"{page}/show", csrf, **WHY)
    assert stale.status_code == 303
    assert said(desk) == []
    csrf = await as_(desk, "s-4471", HANDLER)
    for _ in range(2):
        shown = await send(desk, f"{page}/show", csrf, **WHY)
        assert shown.status_code == 200
        assert NAME in shown.text
        assert PHONE in shown.text
        assert shown.headers["refresh"] == f"900;url={page}"
        assert "no-store" in shown.headers["cache-control"]
    assert said(desk) == ["identity.revealed"]
    assert (await send(desk, f"{page}/show", csrf, reason="")).status_code == 422


async def test_a_masked_letter_needs_another_person(desk: Front) -> None:
    number = await held(desk, category="complaint")
    page = f"/reveals/letters/{number}"
    csrf = await as_(desk, "s-4471", HANDLER)
    assert 'action="/reveals/letters/' in (await desk.client.get(page, headers=ENGLISH)).text
    refused = await send(desk, f"{page}/show", csrf, **WHY)
    assert (refused.status_code, NAME in refused.text) == (403, False)
    assert (await send(desk, f"{page}/ask", csrf, **WHY)).status_code == 303
    csrf = await as_(desk, "s-9", "supervisor")
    waiting = await desk.client.get(WAITING, headers=ENGLISH)
    assert "电话不通。" in waiting.text
    name = waiting.text.partition('name="reveal" value="')[2].partition('"')[0]
    asked = {"letter": number, "reveal": name, "key": "form-key-2", "granted": "yes"}
    granted = await send(desk, WAITING, csrf, **asked)
    assert granted.headers["location"] == f"{WAITING}?done=granted"
    assert "No requests are waiting." in (await desk.client.get(WAITING, headers=ENGLISH)).text
    csrf = await as_(desk, "s-4471", HANDLER)
    assert "See who wrote it" in (await desk.client.get(page, headers=ENGLISH)).text
    shown = await send(desk, f"{page}/{name}/identity", csrf)
    assert NAME in shown.text
    assert said(desk) == list(STEPS)
    desk.shelf.now.pass_by(seconds=16 * 60)
    csrf = await as_(desk, "s-4471", HANDLER)
    late = await send(desk, f"{page}/{name}/identity", csrf)
    assert (late.status_code, NAME in late.text) == (409, False)


async def test_nobody_decides_about_their_own_request(desk: Front) -> None:
    number = await held(desk, category="complaint")
    csrf = await as_(desk, "s-4471", HANDLER, "supervisor")
    await send(desk, f"/reveals/letters/{number}/ask", csrf, **WHY)
    waiting = await desk.client.get(WAITING, headers=ENGLISH)
    assert "Another person must decide" in waiting.text
    assert 'name="granted"' not in waiting.text


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (("bureau:foshan:handler",), 404),
        (("bureau:guangzhou:chief",), 404),
        (("triage",), 403),
        (("editor",), 403),
    ],
)
async def test_nobody_else_finds_the_page(desk: Front, roles: tuple[str, ...], status: int) -> None:
    number = await held(desk)
    csrf = await as_(desk, "s-7", *roles)
    page = f"/reveals/letters/{number}"
    assert (await desk.client.get(page, headers=ENGLISH)).status_code == status
    assert (await send(desk, f"{page}/show", csrf, **WHY)).status_code == status
    assert (await desk.client.get(WAITING, headers=ENGLISH)).status_code == 403
    assert said(desk) == []


async def test_a_foreign_form_and_a_conflict_show_nothing(desk: Front) -> None:
    number = await held(desk)
    page = f"/reveals/letters/{number}"
    csrf = await as_(desk, "s-4471", HANDLER)
    assert (await send(desk, f"{page}/show", "wrong", **WHY)).status_code == 403
    await desk.progress(number, fact(ConflictDeclared, staff="s-4471"))
    assert (await desk.client.get(page, headers=ENGLISH)).status_code == 404
    assert (await send(desk, f"{page}/show", csrf, **WHY)).status_code == 404
