"""The issuer's tokens verify, and every answer says that it is for development only."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.fakes import fake_services
from deploy.local.fakes.issuer import build, load_issuers, load_systems
from deploy.local.fakes.openid_clients import Registration
from deploy.local.fakes.people import PEOPLE, id_number
from deploy.local.stack import keys
from deploy.local.stack.keys import SIDES, bureau_client_secret_file
from deploy.local.stack.plan import issuer_path
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import DocumentType
from shared.platform.runtime.issuer_settings import Side

ROOT = "http://127.0.0.1:8090"
CITIZENS, STAFF = (f"{ROOT}{issuer_path(side)}" for side in SIDES)
NAMES: dict[Side, str] = {"citizens": CITIZENS, "staff": STAFF}
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    keys.make(tmp_path)
    async with httpx.AsyncClient() as nobody:
        app = build(
            load_issuers(tmp_path, NAMES, now=lambda: NOW),
            Registration(
                {"staff": "seeded-secret", "citizens": "other-secret"},
                ("http://127.0.0.1:8082",),
                systems=load_systems(tmp_path),
            ),
            http=nobody,
        )
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=ROOT) as client:
            yield client


async def claims(client: httpx.AsyncClient, address: str, *, issuer: str = STAFF) -> dict[str, Any]:
    published = KeySet.import_key_set((await client.get(f"{issuer}/jwks.json")).json())
    token = (await client.get(address)).text
    return jwt.decode(token, published, algorithms=["ES256"]).claims


async def test_a_citizens_token_verifies_by_the_published_key(client: httpx.AsyncClient) -> None:
    found = await claims(client, f"{CITIZENS}/token/chen", issuer=CITIZENS)
    assert (found["iss"], found["aud"], found["sub"]) == (CITIZENS, "mailbox", "chen")
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
    for address in ("/token/mallory", f"{STAFF}/token/chen", f"{CITIZENS}/token/editor-mei"):
        answer = await client.get(address)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_discovery_names_the_keys_and_is_found_below_the_issuer(
    client: httpx.AsyncClient,
) -> None:
    for issuer in (CITIZENS, STAFF):
        found = (await client.get(f"{issuer}/.well-known/openid-configuration")).json()
        assert (found["issuer"], found["jwks_uri"]) == (issuer, f"{issuer}/jwks.json")


async def test_the_published_key_is_only_its_public_half(client: httpx.AsyncClient) -> None:
    kids = set()
    for issuer in (CITIZENS, STAFF):
        [jwk] = (await client.get(f"{issuer}/jwks.json")).json()["keys"]
        assert "d" not in jwk
        kids.add((jwk["kid"], jwk["x"]))
    assert len(kids) == 2


async def test_it_says_on_its_page_and_in_every_answer_what_it_is_for(
    client: httpx.AsyncClient,
) -> None:
    assert "仅供开发" in (await client.get("/")).text
    assert "development only" in (await client.get("/?lang=en")).text
    for address in ("/", f"{STAFF}/jwks.json", "/token/chen", "/token/nobody", "/health/ready"):
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
    kinds = {person.document_type or "resident_id" for person in citizens}
    assert kinds == set(get_args(DocumentType))
    for person in citizens:
        if person.document_type in ("", "resident_id"):
            assert (person.id_number[:2], person.id_number[4:6]) == ("44", "99")
        assert (person.phone[:3], len(person.phone)) == ("154", 11)
        assert person.id_number not in repr(person)
        assert json.dumps(person.claims())


# --- as an OpenID provider ---------------------------------------------------------------------

ASKED = {
    "response_type": "code",
    "client_id": "mailbox-pages",
    "redirect_uri": "http://127.0.0.1:8082/sign-in/callback",
    "scope": "openid",
    "state": "s",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
}


async def test_people_are_offered_by_role_in_one_language_and_can_be_searched(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get(f"{STAFF}/authorize", params=ASKED)).text
    assert "以工作人员身份登录" in page
    assert "广州市公安局领导" in page
    assert "Sign in as" not in page
    assert "陈小禾" not in page
    found = await client.get(f"{STAFF}/authorize", params=ASKED | {"q": "triage", "lang": "en"})
    assert "triage-lin" in found.text
    assert "editor-mei" not in found.text
    assert "Sign in as staff" in found.text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"person": "chen"}, "access_denied"),
    ],
)
async def test_a_wrong_request_goes_back_with_its_error(
    client: httpx.AsyncClient, change: dict[str, str], error: str
) -> None:
    answer = await client.get(f"{STAFF}/authorize", params=ASKED | change)
    back = answer.headers["location"]
    assert back.startswith("http://127.0.0.1:8082/sign-in/callback?")
    assert {f"error={error}", "state=s"} <= set(back.partition("?")[2].split("&"))


@pytest.mark.parametrize(
    "change", [{"client_id": "other"}, {"redirect_uri": "https://evil.example/sign-in/callback"}]
)
async def test_nobody_is_sent_to_a_stranger(
    client: httpx.AsyncClient, change: dict[str, str]
) -> None:
    answer = await client.get(f"{STAFF}/authorize", params=ASKED | change)
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize("secret", [None, "mailbox-pages:wrong", "other:seeded-secret", "x"])
async def test_the_token_endpoint_wants_the_client(
    client: httpx.AsyncClient, secret: str | None
) -> None:
    headers = {}
    if secret is not None:
        headers["authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    answer = await client.post(f"{STAFF}/token", data={"code": "x"}, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


# --- systems of bureaus ------------------------------------------------------------------------

BY_CLIENT = {"grant_type": "client_credentials"}


def secret_of(folder: Path, bureau: Bureau) -> str:
    return (folder / bureau_client_secret_file(bureau)).read_text().strip()


async def test_a_bureaus_system_gets_a_token_of_its_own_by_its_secret(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Without it no bureau's program could fetch a file."""
    found = (await client.get(f"{STAFF}/.well-known/openid-configuration")).json()
    assert "client_credentials" in found["grant_types_supported"]
    auth = ("bureau-guangzhou", secret_of(tmp_path, "guangzhou"))
    answer = await client.post(found["token_endpoint"], data=BY_CLIENT, auth=auth)
    published = KeySet.import_key_set((await client.get(f"{STAFF}/jwks.json")).json())
    token = jwt.decode(answer.json()["access_token"], published, algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    assert token.claims["roles"] == ["bureau:guangzhou:system"]
    assert token.claims["client_id"] == token.claims["sub"] == "bureau-guangzhou"
    assert not token.claims.keys() & {"auth_time", "name", "id_number"}
    assert answer.json()["expires_in"] == token.claims["exp"] - token.claims["iat"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("issuer", "name", "grant", "error"),
    [
        (STAFF, "bureau-foshan", "client_credentials", "invalid_client"),
        (STAFF, "bureau-nowhere", "client_credentials", "invalid_client"),
        (STAFF, "bureau-guangzhou", "authorization_code", "unauthorized_client"),
        (STAFF, "bureau-guangzhou", "password", "unsupported_grant_type"),
        (CITIZENS, "bureau-guangzhou", "client_credentials", "invalid_client"),
    ],
)
async def test_no_other_client_and_no_other_grant_gives_a_system_token(
    client: httpx.AsyncClient, tmp_path: Path, *, issuer: str, name: str, grant: str, error: str
) -> None:
    auth = (name, secret_of(tmp_path, "guangzhou"))
    answer = await client.post(f"{issuer}/token", data={"grant_type": grant}, auth=auth)
    assert answer.json() == {"error": error}


async def test_the_services_client_gets_no_system_token(client: httpx.AsyncClient) -> None:
    auth = ("mailbox-pages", "seeded-secret")
    answer = await client.post(f"{STAFF}/token", data=BY_CLIENT, auth=auth)
    assert (answer.status_code, answer.json()) == (400, {"error": "unauthorized_client"})
