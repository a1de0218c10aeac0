"""Every guarded route of every service refuses every bad token, and says nothing about why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from joserfc.jwk import OctKey
from prometheus_client import CollectorRegistry

from shared.platform.crypto.key_files import to_base64url
from shared.platform.http.application import application
from shared.platform.http.identity import BEARER, Verifier, guards_in
from shared.platform.http.jwks import Jwks
from shared.platform.runtime.issuer_settings import Side
from tests.shared.platform.issuing import KEYS, Issuer, signed
from tests.support.sign_in import issuer_of
from tools.openapi import FACES

INVALID = f'{BEARER}, error="invalid_token"'
STAFF, CITIZENS = "https://staff.example.cn", "https://citizens.example.cn"
NAMES: dict[Side, str] = {"staff": STAFF, "citizens": CITIZENS}
OTHER: dict[Side, Side] = {"staff": "citizens", "citizens": "staff"}
ROLES = [
    "triage", "duty", "editor", "supervisor", "director", "custodian", "auditor",
    "bureau:guangzhou:chief", "bureau:province:inspection:handler",
]  # fmt: skip


@dataclass
class Door:
    """A route that asks who comes."""

    method: str
    path: str
    side: Side


def opened(service: str, issuer: Issuer) -> FastAPI:
    """The service's API, whose two issuers have the same key: only names tell them apart."""

    async def ready() -> dict[str, bool]:
        return {}

    verifiers = {
        side: Verifier(
            issuer_of(name),
            keys=Jwks(f"{name}/jwks.json", issuer.client, now=issuer.time),
            now=issuer.time,
        )
        for side, name in NAMES.items()
    }
    app = application(service, verifiers=verifiers, ready=ready, registry=CollectorRegistry())
    app.include_router(FACES[service])
    return app


def doors(service: str) -> Iterator[Door]:
    """The guarded routes of a service, with invented path parameters."""
    for route in iter_route_contexts(FACES[service].routes):
        sides = {guard.side for guard in guards_in(route.dependant)}
        if sides:
            (side,) = sides
            path = str(route.path).replace("{", "").replace("}", "")
            yield from (Door(method, path, side) for method in sorted(route.methods or ()))


def bad_tokens(issuer: Issuer, side: Side) -> dict[str, list[bytes]]:
    """The `Authorization` headers of each kind of bad token, for a route of that side."""
    now = int(issuer.now.timestamp())
    ours: dict[str, Any] = {"iss": NAMES[side], "roles": ROLES if side == "staff" else []}
    good, elsewhere = issuer.token(**ours), {**ours, "iss": NAMES[OTHER[side]]}
    content = json.dumps(issuer.claims(**ours)).encode()
    pem = OctKey.import_key(to_base64url(KEYS["ec"][1].as_pem(private=False)))
    none = to_base64url(json.dumps({"alg": "none", "kid": "ec"}).encode())
    tokens = {
        "expired": issuer.token(**ours, exp=now - 60),
        "issued long ago": issuer.token(**ours, iat=now - 90_000, exp=now + 90_000),
        "not yet valid": issuer.token(**ours, nbf=now + 60),
        "of an unknown issuer": issuer.token(**{**ours, "iss": "https://id.example.com"}),
        "of the other issuer": issuer.token(**elsewhere),
        "of the other issuer, with roles of staff": issuer.token(**{**elsewhere, "roles": ROLES}),
        "for another audience": issuer.token(**ours, aud="another"),
        "without a signature": f"{none}.{to_base64url(content)}.",
        "signed with the public key": signed({"alg": "HS256", "kid": "ec"}, content, key=pem),
        "of an unknown key": issuer.token(header={"kid": "unknown"}, **ours),
        "of another key": issuer.token(header={"kid": "rsa"}, **ours),
        "of another type": issuer.token(header={"typ": "logout+jwt"}, **ours),
        "truncated": good[:-8],
        "half": good.rpartition(".")[0],
        "huge": issuer.token(**ours, padding="x" * 9_000),
        "empty": "",
        "not ASCII": "令.牌.坏",
    }
    sent = {kind: [f"Bearer {token}".encode()] for kind, token in tokens.items()}
    basic = f"Basic {to_base64url(b'mailbox-pages:secret')}".encode()
    whole = f"Bearer {good}".encode()
    return sent | {"twice": [whole, whole], "basic": [basic], "bare": [good.encode()], "none": []}


@pytest.mark.parametrize("service", sorted(FACES))
async def test_every_bad_token_is_answered_alike(service: str) -> None:
    """An attacker learns nothing from the answer, whatever is wrong and whatever is asked."""
    issuer = Issuer()
    bad = {side: bad_tokens(issuer, side) for side in NAMES}
    transport = httpx.ASGITransport(opened(service, issuer))
    seen: dict[tuple[bytes, str], list[str]] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for door in doors(service):
            for kind, headers in bad[door.side].items():
                sent = [(b"authorization", each) for each in headers]
                answer = await client.request(door.method, door.path, headers=sent)
                assert answer.status_code == 401, (door, kind)
                challenge = answer.headers.pop("www-authenticate")
                assert challenge == (INVALID if headers else BEARER), (door, kind)
                shown = f"{sorted(answer.headers.items())}"
                seen.setdefault((answer.content, shown), []).append(f"{door} {kind}")
    assert len(seen) == 1, [each[0] for each in seen.values()]
    (body, _), *_ = seen
    assert json.loads(body) == {
        "type": "/problems/not_signed_in",
        "title": "请先登录 · please sign in",
        "status": 401,
        "code": "not_signed_in",
    }


@pytest.mark.parametrize("side", sorted(NAMES))
async def test_what_is_refused_would_be_admitted_without_its_fault(side: Side) -> None:
    """The tokens above are refused for what is wrong with them, and for nothing else."""
    issuer = Issuer()
    roles = ROLES if side == "staff" else []
    token = issuer.token(iss=NAMES[side], roles=roles)
    door = next(each for each in doors("intake") if each.side == side and each.method == "GET")
    transport = httpx.ASGITransport(opened("intake", issuer), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"authorization": f"Bearer {token}"}
        answer = await client.request(door.method, door.path, headers=headers)
        assert answer.status_code not in {401, 403}
        issuer.now += timedelta(hours=1)
        answer = await client.request(door.method, door.path, headers=headers)
        assert answer.status_code == 401
