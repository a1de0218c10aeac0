"""Who may open the duty desk's pages, and from which browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.platform.http.tokens import Person
from tests.intake.emergencies import FORM, HERE, diverted, guarded_front, kept, send, staff
from tests.intake.faces import is_problem
from tests.intake.front import Front
from tests.support.sign_in import signed_in


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


async def test_whoever_is_not_signed_in_comes_to_sign_in(desk: Front) -> None:
    number = await diverted(desk)
    answer = await desk.client.get("/duty?refresh=off")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?to=%2Fduty%3Frefresh%3Doff"
    page = {"accept": "text/html"}
    answer = await desk.client.post(f"/duty/{number}/seen", headers=HERE | FORM | page)
    assert answer.status_code == 403
    assert f'href="/duty/{number}"' in answer.text
    assert (await kept(desk, number)).seen_at is None


@pytest.mark.parametrize("role", ["supervisor", "triage"])
async def test_others_are_not_let_in(desk: Front, role: str) -> None:
    await signed_in(desk.client, Person("s-1", roles=frozenset({role})))
    assert is_problem(await desk.client.get("/duty"), "403 not_allowed")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
async def test_no_other_site_acts_for_somebody_on_duty(desk: Front, site: str | None) -> None:
    number = await diverted(desk)
    headers = FORM | ({"sec-fetch-site": site} if site else {})
    for path, fields in ((f"/{number}/seen", ""), (f"/{number}/resolve", "outcome=called_back")):
        answer = await send(desk, path, fields, headers)
        assert is_problem(answer, "403 not_allowed")
    assert (await kept(desk, number)).seen_at is None


async def test_a_form_of_another_session_does_nothing(desk: Front) -> None:
    number = await diverted(desk)
    await signed_in(desk.client, Person("d-0071", roles=frozenset({"duty"})))
    for form in ("", "csrf=", "csrf=other", "outcome=called_back"):
        answer = await desk.client.post(f"/duty/{number}/seen", content=form, headers=HERE | FORM)
        assert is_problem(answer, "403 not_allowed")
    assert (await kept(desk, number)).seen_at is None


async def test_a_session_opens_no_route_of_the_api(desk: Front) -> None:
    await signed_in(desk.client, Person("d-0071", roles=frozenset({"duty"})))
    answer = await desk.client.get("/v1/duty/diversions")
    assert is_problem(answer, "401 not_signed_in")


async def test_forms_are_taken_nowhere_else(desk: Front) -> None:
    for path in ("/v1/letters", "/dutyful", "/v1/duty/diversions/D-1/seen"):
        answer = await desk.client.post(path, content="a=b", headers=staff(desk, "duty") | FORM)
        assert is_problem(answer, "415 not_json")
    answer = await send(desk, "/D-1/seen", "x" * (256 * 1024 + 1), HERE | FORM)
    assert is_problem(answer, "413 too_large")
