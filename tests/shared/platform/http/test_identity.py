"""Routes admit the people that they name, and say to others how to sign in."""

import logging
from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from prometheus_client import CollectorRegistry

from shared.kernel.access_policy import LetterAccess, can_view
from shared.platform.http.application import application
from shared.platform.http.identity import (
    Citizen,
    Guard,
    bureau_system,
    citizen,
    fresh,
    staff,
)
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of
from tests.shared.platform.issuing import Issuer
from tests.support.sign_in import both


def test_roles_let_in_what_is_below_them() -> None:
    chief = Person("p", roles=frozenset({"bureau:foshan:chief"}))
    assert chief.has_role("triage", "bureau")
    assert chief.has_role("bureau:foshan")
    assert not Person("s-1", roles=frozenset({"supervisor:trainee"})).has_role("supervisor")
    assert not chief.has_role("bureau:fo", "chief", "bureau:foshan:chief:deputy")
    assert chief.bureaus == {"foshan"}
    assert Person("p", roles=frozenset({"bureau", "triage"})).bureaus == frozenset()


def test_a_guard_must_say_whom_it_lets_in() -> None:
    for roles in ((), ("",)):
        with pytest.raises(ValueError, match="roles"):
            staff(*roles)


def face(issuer: Issuer) -> FastAPI:
    async def ready() -> dict[str, bool]:
        return {}

    app = application(
        "test", verifiers=both(issuer.verifier), ready=ready, registry=CollectorRegistry()
    )

    @app.get("/mine")
    async def mine(person: Citizen) -> str:
        return person.sub

    @app.get("/desk")
    async def desk(person: Annotated[Person, Depends(staff("triage", "editor"))]) -> str:
        return person.sub

    @app.get("/bureau")
    async def bureau(person: Annotated[Person, Depends(staff("bureau", "bureau:foshan"))]) -> str:
        return person.sub

    @app.get("/system")
    async def system(person: Annotated[Person, Depends(bureau_system())]) -> str:
        return person.system_of or ""

    @app.post("/sign")
    async def sign(person: Annotated[Person, Depends(fresh(staff("editor")))]) -> str:
        return person.sub

    return app


Ask = Callable[..., Any]


@pytest.fixture
def ask(issuer: Issuer) -> Ask:
    async def asked(path: str, token: str | None = None, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(face(issuer))
        given = {**headers, **({"authorization": f"Bearer {token}"} if token else {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            method = "POST" if path == "/sign" else "GET"
            return await client.request(method, path, headers=given)

    return asked


async def test_citizens_come_in_where_citizens_may(issuer: Issuer, ask: Ask) -> None:
    assert (await ask("/mine", issuer.token())).json() == "p-1"
    assert (await ask("/desk", issuer.token())).status_code == 403
    assert (await ask("/mine", issuer.token(roles=["triage"]))).status_code == 403
    assert (await ask("/mine", issuer.token(id_number=...))).status_code == 403


async def test_staff_come_in_with_one_of_the_roles(issuer: Issuer, ask: Ask) -> None:
    assert (await ask("/desk", issuer.token(roles=["editor"]))).status_code == 200
    refusal = await ask("/desk", issuer.token(roles=["auditor", "editors", "edit"]))
    assert (refusal.status_code, refusal.json()["code"]) == (403, "not_allowed")


SYSTEM: dict[str, Any] = {
    "roles": ["bureau:foshan:system"], "name": ..., "id_number": ..., "phone_number": ...,
    "auth_time": ...,
}  # fmt: skip


async def test_a_bureaus_system_opens_only_what_is_for_systems(issuer: Issuer, ask: Ask) -> None:
    """A program's secret must never open what a named person answers for, nor the reverse."""
    token = issuer.token(**SYSTEM)
    assert (await ask("/system", token)).json() == "foshan"
    for path in ("/bureau", "/desk", "/mine"):
        assert (await ask(path, token)).status_code == 403, path


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": ["bureau:foshan:handler"]},
        {"roles": ["bureau:foshan:system", "bureau:foshan:handler"]},
        {"roles": ["bureau:foshan:system", "bureau:guangzhou:system"]},
        {"roles": ["bureau:nowhere:system"]},
        {"roles": ["bureau:foshan:unit:system"]},
        {"roles": ["system"]},
        {"roles": []},
        {"auth_time": 1},
        {"name": "somebody"},
    ],
)
async def test_no_person_and_no_other_role_is_a_bureaus_system(
    issuer: Issuer, ask: Ask, claims: dict[str, Any]
) -> None:
    assert (await ask("/system", issuer.token(**{**SYSTEM, **claims}))).status_code == 403


def test_a_role_of_a_system_beside_a_persons_makes_nobody_staff() -> None:
    both_roles = frozenset({"bureau:foshan:system", "bureau:foshan:handler"})
    assert not staff("bureau").allows(Person("p", roles=both_roles))


@pytest.mark.parametrize("holder", ["foshan", "triage"])
def test_the_access_policy_shows_a_system_no_letter(holder: str) -> None:
    system = viewer_of(Person("bureau-foshan", roles=frozenset({"bureau:foshan:system"})))
    assert can_view(system, LetterAccess(holder)) == "nothing"


async def test_without_a_token_the_answer_says_how_to_come_in(ask: Ask) -> None:
    refusal = await ask("/mine")
    assert (refusal.status_code, refusal.json()["code"]) == (401, "not_signed_in")
    assert refusal.headers["www-authenticate"] == 'Bearer realm="mailbox"'


@pytest.mark.parametrize("given", ["Basic c2VlZGVk", "Bearer", "Bearer  ", "seeded-secret"])
async def test_other_credentials_are_refused_and_not_repeated(ask: Ask, given: str) -> None:
    refusal = await ask("/mine", authorization=given)
    assert refusal.status_code == 401
    assert refusal.headers["www-authenticate"] == 'Bearer realm="mailbox", error="invalid_token"'
    assert "seeded" not in f"{refusal.text} {refusal.headers}"
    assert "c2VlZGVk" not in f"{refusal.text} {refusal.headers}"


async def test_two_credentials_are_none(issuer: Issuer) -> None:
    pair = [("authorization", f"Bearer {issuer.token()}")] * 2
    transport = httpx.ASGITransport(face(issuer))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/mine", headers=pair)).status_code == 401


@pytest.mark.parametrize(
    ("age_s", "status"), [(0, 200), (300, 200), (301, 401), (-29, 200), (-31, 401), (None, 401)]
)
async def test_what_cannot_be_undone_needs_a_fresh_sign_in(
    issuer: Issuer, ask: Ask, age_s: int | None, status: int
) -> None:
    signed_in = ... if age_s is None else int(issuer.now.timestamp()) - age_s
    answer = await ask("/sign", issuer.token(roles=["editor"], auth_time=signed_in))
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["code"] == "sign_in_again"
        assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]
        assert 'max_age="300"' in answer.headers["www-authenticate"]


async def test_freshness_is_asked_only_of_those_who_may(issuer: Issuer, ask: Ask) -> None:
    old = int(issuer.now.timestamp()) - 3_600
    assert (await ask("/sign", issuer.token(auth_time=old))).status_code == 403
    assert (await ask("/desk", issuer.token(roles=["editor"], auth_time=old))).status_code == 200


async def test_while_there_are_no_keys_the_answer_is_come_back_later(
    issuer: Issuer, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    issuer.is_down = True
    with caplog.at_level(logging.WARNING):
        answer = await ask("/mine", issuer.token())
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"] == "5"
    assert caplog.messages == ["issuer's keys not fetched"]


def test_guards_are_not_changed_by_making_them_stricter() -> None:
    guard = citizen()
    assert isinstance(fresh(guard), Guard)
    assert fresh(guard).needs_fresh_sign_in
    assert not guard.needs_fresh_sign_in
