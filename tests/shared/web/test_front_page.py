"""Unknown addresses answer browsers with a page, and programs with a problem document."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import ValidationError

from services.notifier import pages as of_notifier
from services.router import pages as of_router
from shared.kernel.errors import NotFound
from shared.platform.http.application import open_to_all
from shared.platform.http.create_app import create_app
from shared.platform.http.identity import Citizen
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from shared.web.front_page import Front, front_page
from shared.web.static_files import STATIC
from tests.support.doubles import Clock
from tests.support.pages import BROWSER, with_pages
from tests.support.sign_in import issuers

PUBLIC, SIGN_IN = "http://127.0.0.1:8084", "http://127.0.0.1:8091"
FRONTS = {"router": of_router.FRONT, "notifier": of_notifier.FRONT}


def settings(keys_dir: Path, **more: str) -> ServiceSettings:
    """Settings that name nothing that is there."""
    given = {
        "env": "dev",
        "kafka_bootstrap": "127.0.0.1:1",
        "mongo_uri": "mongodb://127.0.0.1:1",
        "database": "mailbox_test",
        "http_port": 1,
        **issuers("https://id.example.cn"),
        "keys_dir": keys_dir,
    }
    return ServiceSettings.model_validate(given | more)


@pytest_asyncio.fixture(params=FRONTS, ids=str)
async def client(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service."""
    given = settings(tmp_path, public_url=PUBLIC, sign_in_url=SIGN_IN)
    async with httpx.AsyncClient() as issuer:
        app = create_app("Test", given, client=issuer, ready=Readiness(), now=Clock())
        front: Front = FRONTS[request.param]
        with_pages(app, request.param, now=Clock())
        app.include_router(front_page(front, given))
        _add_routes(app)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://face") as asking:
            yield asking


def _add_routes(app: FastAPI) -> None:
    @app.get("/v1/mine")
    async def mine(_: Citizen) -> None:
        """Theirs alone."""

    @app.get("/v1/missing")
    @open_to_all
    async def missing() -> None:
        raise NotFound

    @app.get("/v1/away")
    @open_to_all
    async def away() -> None:
        raise DatabaseFault

    @app.get("/v1/numbered/{number}")
    @open_to_all
    async def numbered(number: int) -> None:
        """Needs a number."""


async def test_an_address_leads_to_a_page_that_says_what_it_is_and_where_to_go(
    client: httpx.AsyncClient,
) -> None:
    for accept in (BROWSER, {}):
        answer = await client.get("/", headers=accept)
        assert answer.status_code == 200
        _is_page(answer)
        assert f'href="{PUBLIC}"' in answer.text
        assert f'href="{SIGN_IN}"' in answer.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "没有找到"),
        ("/v1/missing", 404, "没有找到"),
        ("/v1/numbered/x", 404, "没有找到"),
        ("/v1/mine", 401, "请先登录"),
        ("/v1/away", 503, "系统暂时不可用"),
    ],
)
async def test_a_problem_is_a_page_in_a_browser_and_json_for_everybody_else(
    client: httpx.AsyncClient, path: str, status: int, said: str
) -> None:
    shown = await client.get(path, headers=BROWSER)
    assert shown.status_code == status
    _is_page(shown)
    assert f"<h1>{said}" in shown.text
    assert 'href="/"' in shown.text
    for accept in ({}, {"accept": "application/json"}, {"accept": "application/json, text/html"}):
        problem = await client.get(path, headers=accept)
        assert problem.headers["content-type"] == "application/problem+json"
        for name in ("www-authenticate", "retry-after"):
            assert problem.headers.get(name) == shown.headers.get(name)
    posted = await client.post(path, headers=BROWSER, json={})
    assert posted.headers["content-type"] == "application/problem+json"


async def test_pages_have_an_icon_and_a_style_of_ours(client: httpx.AsyncClient) -> None:
    page = (await client.get("/nothing", headers=BROWSER)).text
    for path in re.findall(r'<link[^>]* href="([^"]+)"', page):
        assert (await client.get(path)).status_code == 200
    icon = await client.get("/favicon.ico")
    assert icon.content[:4] == b"\0\0\1\0"
    style = (STATIC / "mailbox.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_outside_development_pages_lead_to_https_alone(tmp_path: Path) -> None:
    for name in ("public_url", "sign_in_url"):
        with pytest.raises(ValidationError, match=name):
            settings(
                tmp_path, env="prod", kafka_security="SSL", **{name: "http://public.example.cn"}
            )


def _is_page(answer: httpx.Response) -> None:
    """One language, one heading, nothing from other hosts, closed as ever."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == "zh-CN"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    text = answer.text
    assert '<html lang="zh-CN">' in text
    assert 'name="viewport"' in text
    assert (text.count("<h1>"), text.count("<main")) == (1, 1)
    assert "<script>" not in text
    assert "style=" not in text
    assert not re.search(r'(src|<link[^>]* href)="(https?:)?//', text)
