"""A token of one issuer opens no door of the other side, in any service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry

from shared.platform.http.application import application
from shared.platform.http.identity import Guard, Verifier
from shared.platform.http.jwks import Jwks
from shared.platform.runtime.issuer_settings import Side
from tests.shared.platform.issuing import Issuer
from tests.support.sign_in import issuer_of
from tools.openapi import FACES

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
        sides = {guard.side for guard in _guards(route.dependant)}
        if sides:
            (side,) = sides
            path = str(route.path).replace("{", "").replace("}", "")
            yield from (Door(method, path, side) for method in sorted(route.methods or ()))


def _guards(dependant: Any) -> Iterator[Guard]:
    for dependency in dependant.dependencies:
        if isinstance(dependency.call, Guard):
            yield dependency.call
        yield from _guards(dependency)


@pytest.mark.parametrize("service", sorted(FACES))
async def test_a_token_of_the_other_issuer_opens_no_door(service: str) -> None:
    issuer = Issuer()
    app, asked = opened(service, issuer), 0
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for door in doors(service):
            token = issuer.token(iss=NAMES[OTHER[door.side]], roles=ROLES)
            headers = {"authorization": f"Bearer {token}"}
            answer = await client.request(door.method, door.path, headers=headers)
            assert answer.status_code == 401, door
            asked += 1
    assert asked > 0
