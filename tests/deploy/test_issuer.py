"""The issuer's tokens verify, and every answer says that it is for development only."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.fakes import fake_services
from deploy.local.fakes.issuer import Issuer, build, load_key
from deploy.local.fakes.people import PEOPLE, id_number
from deploy.local.stack import keys
from deploy.local.stack.plan import ISSUER_PATH

ISSUER = f"http://127.0.0.1:8090{ISSUER_PATH}"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    keys.make(tmp_path)
    app = build(Issuer(load_key(tmp_path), issuer=ISSUER, now=lambda: NOW))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8090") as client:
        yield client


async def claims(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    published = KeySet.import_key_set((await client.get(f"{ISSUER}/jwks.json")).json())
    token = (await client.get(address)).text
    return jwt.decode(token, published, algorithms=["ES256"]).claims


async def test_a_citizens_token_verifies_by_the_published_key(client: httpx.AsyncClient) -> None:
    found = await claims(client, f"{ISSUER}/token/chen")
    assert (found["iss"], found["aud"], found["sub"]) == (ISSUER, "mailbox", "chen")
    assert found["auth_time"] == found["iat"] == found["nbf"] == int(NOW.timestamp())
    assert found["exp"] > found["iat"]
    assert found["phone_number"].startswith("154")
    assert found["roles"] == []


async def test_staff_have_roles_and_no_identity_number(client: httpx.AsyncClient) -> None:
    found = await claims(client, "/token/chief-gz")
    assert found["roles"] == ["bureau:guangzhou:chief"]
    assert "id_number" not in found


async def test_a_sign_in_can_be_of_some_time_ago(client: httpx.AsyncClient) -> None:
    found = await claims(client, "/token/editor-mei?signed_in_ago_s=900")
    assert found["iat"] - found["auth_time"] == 900


async def test_nobody_else_gets_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/token/mallory")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_discovery_names_the_keys_and_is_found_below_the_issuer(
    client: httpx.AsyncClient,
) -> None:
    for base in ("", ISSUER):
        found = (await client.get(f"{base}/.well-known/openid-configuration")).json()
        assert (found["issuer"], found["jwks_uri"]) == (ISSUER, f"{ISSUER}/jwks.json")


async def test_the_published_key_is_only_its_public_half(client: httpx.AsyncClient) -> None:
    [jwk] = (await client.get("/jwks.json")).json()["keys"]
    assert "d" not in jwk


async def test_it_says_on_its_page_and_in_every_answer_what_it_is_for(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/")
    assert "仅供开发 · " in page.text
    assert "development only" in page.text
    for address in ("/", "/jwks.json", "/token/chen", "/token/nobody", "/health/ready"):
        headers = (await client.get(address)).headers
        assert headers["x-mailbox-stage"] == "development only"


def test_it_does_not_start_where_it_has_no_business(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", "prod")
    assert fake_services.serve("issuer", lambda: pytest.fail("must not be built")) == 2
    assert "development only" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("digits", "whole"),
    [("11010519491231002", "11010519491231002X"), ("44052418800101001", "440524188001010014")],
)
def test_check_characters_are_those_of_the_standards_examples(digits: str, whole: str) -> None:
    assert id_number(digits[:6], born=digits[6:14], order=int(digits[14:])) == whole


def test_demo_people_can_be_nobody_and_show_nothing_of_themselves() -> None:
    citizens = [person for person in PEOPLE if person.id_number]
    assert {person.sub for person in citizens} == {"chen", "huang", "ho"}
    for person in citizens:
        assert (person.id_number[:2], person.id_number[4:6]) == ("44", "99")
        assert (person.phone[:3], len(person.phone)) == ("154", 11)
        assert person.id_number not in repr(person)
        assert json.dumps(person.claims())
