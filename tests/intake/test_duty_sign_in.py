"""Who may open the duty desk's pages, and from which browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intake.emergencies import FORM, HERE, diverted, guarded_front, kept, send, staff
from tests.intake.faces import is_problem, token
from tests.intake.front import CITIZEN, Front
from tests.intake.hostile import MARKER

SIGN_IN = "/duty/sign-in"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Front]:
    async with guarded_front(tmp_path) as opened_front:
        yield opened_front


# --- who comes in ------------------------------------------------------------------------------


async def test_whoever_is_not_signed_in_comes_to_sign_in(desk: Front) -> None:
    number = await diverted(desk)
    for path in ("/duty", f"/duty/{number}"):
        answer = await desk.client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
    answer = await send(desk, f"/{number}/seen", headers=HERE | FORM)
    assert answer.status_code == 303
    assert (await kept(desk, number)).seen_at is None


async def test_a_token_is_kept_where_no_script_and_no_other_site_has_it(desk: Front) -> None:
    number = await diverted(desk)
    given = token("d-0071", at=desk.shelf.now(), roles=["duty"])
    answer = await send(desk, "/sign-in", f"token={given}", HERE | FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/duty")
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "secure", "samesite=strict", "path=/duty"} <= set(cookie.split("; "))
    signed_in = {"cookie": f"mailbox_duty={given}"}
    assert number in (await desk.client.get("/duty", headers=signed_in)).text
    acted = await send(desk, f"/{number}/seen", headers=signed_in | HERE | FORM)
    assert acted.status_code == 303
    assert (await kept(desk, number)).seen_at is not None
    out = await send(desk, "/sign-out", headers=signed_in | HERE | FORM)
    assert (out.status_code, out.headers["location"]) == (303, SIGN_IN)
    assert 'mailbox_duty=""' in out.headers["set-cookie"]


async def test_a_sign_in_that_has_expired_comes_to_sign_in_again(desk: Front) -> None:
    given = token("d-0071", at=desk.shelf.now(), roles=["duty"])
    desk.shelf.now.pass_by(hours=2)
    answer = await desk.client.get("/duty", headers={"cookie": f"mailbox_duty={given}"})
    assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("", 401),
        ("token=", 401),
        (f"token={MARKER}", 401),
        ("token=a.b.c", 401),
        ("token=%ff", 401),
        ("nothing", 401),
        ("citizen", 403),
        ("supervisor", 403),
    ],
)
async def test_others_are_not_signed_in(desk: Front, fields: str, status: int) -> None:
    at = desk.shelf.now()
    if fields == "citizen":
        fields = f"token={token('chen', at=at, **CITIZEN)}"
    elif fields == "supervisor":
        fields = f"token={token('s-1', at=at, roles=['supervisor'])}"
    answer = await send(desk, "/sign-in", fields, HERE | FORM)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers
    assert MARKER not in answer.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
async def test_no_other_site_acts_for_somebody_on_duty(desk: Front, site: str | None) -> None:
    number = await diverted(desk)
    given = token("d-0071", at=desk.shelf.now(), roles=["duty"])
    headers = {"cookie": f"mailbox_duty={given}"} | FORM
    headers |= {"sec-fetch-site": site} if site else {}
    for path, fields in (
        (f"/{number}/seen", ""),
        (f"/{number}/resolve", "outcome=called_back"),
        ("/sign-in", f"token={given}"),
        ("/sign-out", ""),
    ):
        answer = await send(desk, path, fields, headers)
        assert is_problem(answer, "403 not_allowed")
    assert (await kept(desk, number)).seen_at is None


async def test_a_cookie_opens_no_other_route(desk: Front) -> None:
    given = token("d-0071", at=desk.shelf.now(), roles=["duty"])
    headers = {"cookie": f"mailbox_duty={given}"}
    answer = await desk.client.get("/v1/duty/diversions", headers=headers)
    assert is_problem(answer, "401 not_signed_in")


async def test_forms_are_taken_nowhere_else(desk: Front) -> None:
    for path in ("/v1/letters", "/dutyful", "/v1/duty/diversions/D-1/seen"):
        answer = await desk.client.post(path, content="a=b", headers=staff(desk, "duty") | FORM)
        assert is_problem(answer, "415 not_json")
    answer = await send(desk, "/sign-in", "x" * (256 * 1024 + 1), HERE | FORM)
    assert is_problem(answer, "413 too_large")
