"""A page on another origin signs citizens in with a code and PKCE, and keeps no secret."""

import base64
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.fakes.issuer import build, load_issuers
from deploy.local.fakes.openid_clients import Registration, public_clients
from deploy.local.sample_frontend import server
from deploy.local.stack import keys
from deploy.local.stack.frontends import registry
from deploy.local.stack.keys import SIDES
from deploy.local.stack.plan import SAMPLE_CLIENT_ID, issuer_path
from shared.platform.runtime.data_files import frontends
from shared.platform.runtime.issuer_settings import Side
from tests.support.moving import moment

ORIGIN, OTHER = "http://127.0.0.1:8086", "http://127.0.0.1:8087"
ROOT = "http://127.0.0.1:8090"
NAMES: dict[Side, str] = {side: f"{ROOT}{issuer_path(side)}" for side in SIDES}
CITIZENS = NAMES["citizens"]
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": SAMPLE_CLIENT_ID,
    "redirect_uri": f"{ORIGIN}/",
    "scope": "openid",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "person": "chen",
}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    keys.make(tmp_path)
    public = public_clients(f"{SAMPLE_CLIENT_ID}={ORIGIN}")
    async with httpx.AsyncClient() as nobody:
        app = build(
            load_issuers(tmp_path, NAMES, now=lambda: moment(2)),
            Registration(dict.fromkeys(SIDES, "seeded-secret"), (), public=public),
            http=nobody,
        )
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=ROOT) as opened:
            yield opened


async def redeemed(client: httpx.AsyncClient, **change: str) -> httpx.Response:
    """The answer to a new code."""
    answer = await client.get(f"{CITIZENS}/authorize", params=ASKED)
    [code] = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": SAMPLE_CLIENT_ID,
        "redirect_uri": f"{ORIGIN}/",
        "code": code,
        "code_verifier": VERIFIER,
        **change,
    }
    return await client.post(f"{CITIZENS}/token", data=form, headers={"origin": ORIGIN})


async def test_a_page_gets_tokens_that_name_it_as_their_client(client: httpx.AsyncClient) -> None:
    answer = await redeemed(client)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    published = KeySet.import_key_set((await client.get(f"{CITIZENS}/jwks.json")).json())

    def claims(name: str) -> dict[str, Any]:
        return jwt.decode(answer.json()[name], published, algorithms=["ES256"]).claims

    access, identity = claims("access_token"), claims("id_token")
    assert (access["aud"], access["client_id"], access["sub"]) == (
        "mailbox",
        SAMPLE_CLIENT_ID,
        "chen",
    )
    assert (identity["aud"], identity["nonce"]) == (SAMPLE_CLIENT_ID, "n")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": f"{OTHER}/"}, "invalid_grant"),
        ({"code": "unknown"}, "invalid_grant"),
        ({"client_id": "mailbox-pages"}, "invalid_client"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
    ],
)
async def test_a_code_is_for_its_page_and_its_verifier_alone(
    client: httpx.AsyncClient, change: dict[str, str], error: str
) -> None:
    assert (await redeemed(client, **change)).json() == {"error": error}


@pytest.mark.parametrize("side", SIDES)
async def test_citizens_are_led_to_the_page_that_is_registered_and_staff_to_none(
    client: httpx.AsyncClient, side: Side
) -> None:
    for back in (f"{OTHER}/", f"{ORIGIN}/sign-in/callback", ORIGIN, ""):
        answer = await client.get(f"{NAMES[side]}/authorize", params=ASKED | {"redirect_uri": back})
        assert (answer.status_code, "location" in answer.headers) == (400, False)
    answer = await client.get(f"{NAMES[side]}/authorize", params=ASKED)
    assert answer.status_code == (303 if side == "citizens" else 400)


async def test_other_origins_read_nothing(client: httpx.AsyncClient) -> None:
    address = f"{CITIZENS}/.well-known/openid-configuration"
    for origin, is_allowed in ((ORIGIN, True), (OTHER, False), ("null", False)):
        answer = await client.get(address, headers={"origin": origin})
        assert ("access-control-allow-origin" in answer.headers) is is_allowed


def test_the_stack_registers_the_origin_of_its_sample(tmp_path: Path) -> None:
    file = tmp_path / "frontends.yaml"
    file.write_text(registry(ORIGIN), encoding="utf-8")
    found = frontends(file)
    assert found.by_client[SAMPLE_CLIENT_ID].origins == (ORIGIN,)
    assert found.by_client.keys() > {"development"}


async def test_the_sample_may_call_its_two_servers_and_run_its_own_scripts_alone() -> None:
    app = server.build(CITIZENS, "http://127.0.0.1:8081")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as visitor:
        page = await visitor.get("/")
        policy = page.headers["content-security-policy"]
        assert f"connect-src 'self' http://127.0.0.1:8081 {ROOT};" in policy
        assert "unsafe" not in policy
        assert page.text.count("<script") == 1
        told = (await visitor.get("/config.json")).json()
        assert told == {
            "issuer": CITIZENS,
            "intake": "http://127.0.0.1:8081",
            "client": SAMPLE_CLIENT_ID,
        }
        for path in ("/../server.py", "/%2e%2e/server.py", "/nothing", "/..%2f..%2fREADME.md"):
            assert (await visitor.get(path)).status_code == 404
