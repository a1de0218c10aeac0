"""Auditors would miss who saw a writer's identity, or the log itself would give one away."""

import json
from typing import Any

import httpx
import pytest

from services.intake.pages.reveal_log import HERE
from shared.contracts.values import About
from shared.platform.crypto.signed_exports import verify
from shared.platform.http.tokens import Person
from tests.intake.front import Front
from tests.intake.story import ADDRESS, ID_NUMBER, NAME, PHONE
from tests.intake.test_masked_reveals import asked, decide, view
from tests.intake.test_reveals import HANDLER, WHY, ask, held
from tests.support.sign_in import BROWSER, signed_in


async def get(desk: Front, path: str = HERE, role: str = "auditor") -> httpx.Response:
    """Somebody with that role opens a page in their browser."""
    desk.client.cookies.clear()
    await signed_in(desk.client, Person("s-he", name="何", roles=frozenset({role})))
    return await desk.client.get(path, headers={**BROWSER, "accept-language": "en"})


async def test_requests_decisions_and_views_are_shown_without_an_identity(desk: Front) -> None:
    number, name = await asked(desk)
    shown = (await get(desk)).text
    assert number in shown
    assert "waiting" in shown
    assert (await decide(desk, number, name)).status_code == 200
    assert (await view(desk, number, name)).status_code == 200
    shown = (await get(desk)).text
    for said in ("s-4471", "s-9", "seen", "Guangzhou"):
        assert said in shown
    for secret in (NAME, ID_NUMBER, PHONE, ADDRESS, WHY["text"]):
        assert secret not in shown


async def test_a_past_day_is_exported_and_signed(desk: Front) -> None:
    number, name = await asked(desk)
    await decide(desk, number, name)
    await view(desk, number, name)
    await ask(desk, await held(desk), HANDLER)
    day = desk.shelf.now().date()
    assert (await get(desk, f"{HERE}/{day}.jsonl")).status_code == 404
    desk.shelf.now.pass_by(seconds=86_400)
    answer = await get(desk, f"{HERE}/{day}.jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert sorted(line["event"] for line in lines) == [
        "identity.decided",
        "identity.requested",
        "identity.seen",
        "identity.seen",
    ]
    for secret in (NAME, ID_NUMBER, PHONE, WHY["text"]):
        assert secret not in answer.text
    signature = (await get(desk, f"{HERE}/{day}.jws")).text
    keys = (await get(desk, f"{HERE}/keys.json")).json()
    assert verify(signature, [answer.content], keys=keys)["lines"] == 4


async def test_complaints_about_the_department_are_not_listed(desk: Front) -> None:
    about: Any = About(kind="bureau", level="province").model_dump(exclude_none=True)
    number = await desk.taken_in(category="complaint", about=about)
    shown = await get(desk)
    assert (shown.status_code, number in shown.text) == (200, False)


@pytest.mark.parametrize("path", ["", "/keys.json", "/2026-11-20.jsonl", "/2026-11-20.jws"])
@pytest.mark.parametrize("role", ["duty", "triage", "editor", "director", HANDLER])
async def test_others_are_refused(desk: Front, role: str, path: str) -> None:
    assert (await get(desk, HERE + path, role)).status_code == 403


async def test_without_a_session_a_browser_is_led_to_the_sign_in(desk: Front) -> None:
    desk.client.cookies.clear()
    answer = await desk.client.get(HERE, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"][:9]) == (303, "/sign-in?")
