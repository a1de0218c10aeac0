"""Browsers on registered sites may call the writers' routes; all others get no permission."""

from itertools import product

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from services.intake.api import router
from shared.platform.http.cross_origin import citizens_paths
from tests.intake.front import Front

SITE = "https://www.example.gov.cn"
PREFLIGHT = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,idempotency-key,content-type",
}


def allowing(answer: httpx.Response) -> dict[str, str]:
    """The headers that permit something."""
    return {k: v for k, v in answer.headers.items() if k.startswith("access-control-")}


async def test_a_registered_site_may_ask_first_and_then_send(desk: Front) -> None:
    asked = await desk.client.options("/v1/letters", headers={"origin": SITE, **PREFLIGHT})
    assert asked.status_code == 200
    found = allowing(asked)
    assert found["access-control-allow-origin"] == SITE
    assert "Idempotency-Key" in found["access-control-allow-headers"]
    assert found["access-control-max-age"] == "3600"
    assert "access-control-allow-credentials" not in found
    read = await desk.client.get("/v1/letters", headers={**desk.headers("chen"), "origin": SITE})
    assert read.status_code == 200
    assert allowing(read)["access-control-allow-origin"] == SITE
    exposed = allowing(read)["access-control-expose-headers"]
    assert {"Location", "RateLimit", "Retry-After"} <= set(exposed.split(", "))
    assert read.headers["vary"] == "Origin"


async def test_a_registered_site_can_read_refusals_too(desk: Front) -> None:
    for headers, status in (({}, 401), ({"content-type": "text/plain"}, 415)):
        answer = await desk.client.post(
            "/v1/letters", headers={"origin": SITE, **headers}, content=b"{}" if headers else b""
        )
        assert answer.status_code == status
        assert allowing(answer)["access-control-allow-origin"] == SITE


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "http://www.example.gov.cn",
        "https://www.example.gov.cn:8443",
        "https://www.example.gov.cn.evil.example",
        "https://evilwww.example.gov.cn",
        "https://example.gov.cn",
        "https://WWW.example.gov.cn",
        "https://www.example.gov.cn/",
        "https://www.example.gov.cn, https://evil.example",
        "http://127.0.0.1:8087",
        "",
    ],
)
async def test_any_other_origin_gets_no_permission(desk: Front, origin: str) -> None:
    for method, more in product(("OPTIONS", "GET"), ({}, PREFLIGHT)):
        headers = {**desk.headers("chen"), "origin": origin, **more}
        answer = await desk.client.request(method, "/v1/letters", headers=headers)
        assert allowing(answer) == {}


async def test_two_origins_in_one_request_are_no_origin(desk: Front) -> None:
    headers = [("origin", SITE), ("origin", SITE), *desk.headers("chen").items()]
    assert allowing(await desk.client.get("/v1/letters", headers=headers)) == {}


@pytest.mark.parametrize("path", ["/v1/duty/diversions", "/duty", "/", "/metrics", "/health/ready"])
async def test_desks_pages_and_metrics_are_for_no_other_site(desk: Front, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = await desk.client.request(method, path, headers={"origin": SITE, **PREFLIGHT})
        assert allowing(answer) == {}


async def test_a_foreign_method_or_header_is_not_allowed(desk: Front) -> None:
    for name, value in (
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "x-forwarded-for"),
    ):
        headers = {"origin": SITE, **PREFLIGHT, name: value}
        assert (await desk.client.options("/v1/letters", headers=headers)).status_code == 400


def test_no_staff_route_lies_below_a_path_for_citizens() -> None:
    app = FastAPI()
    app.include_router(router)
    paths = set(citizens_paths(app))
    assert {"/v1/letters", "/v1/letters/{letter}", "/v1/diversions/{diversion}/answer"} <= paths
    every = {str(route.path_format) for route in iter_route_contexts(app.routes)}
    others = {path for path in every if path.startswith("/v1/")} - paths
    assert "/v1/letters/{letter}/reveal" in others
    allowed = [compile_path(path)[0] for path in paths]
    assert [path for path in others if any(each.match(path) for each in allowed)] == []
