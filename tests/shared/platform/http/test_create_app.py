"""Any service's application says at once that its database is away."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from deploy.local.stack.ports import free_ports
from shared.platform.http.application import open_to_all
from shared.platform.http.create_app import create_app
from shared.platform.letters.letters import TooManyRaces
from shared.platform.letters.micro_batcher import Busy
from shared.platform.mongo import database as module
from shared.platform.mongo.database import Collection, Database, Insert
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from shared.sealing.key_directory import NoKey
from tests.support.doubles import Clock
from tests.support.sign_in import issuers

WORDS = "机密正文"


@pytest_asyncio.fixture
async def client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose database is away."""
    monkeypatch.setattr(module, "SELECTION_TIMEOUT_MS", 100)
    database = Database(f"mongodb://127.0.0.1:{free_ports().mongo}/", "mailbox_test")
    settings = ServiceSettings(
        env="dev",
        kafka_bootstrap="127.0.0.1:1",
        mongo_uri=SecretStr("mongodb://127.0.0.1:1"),
        database="mailbox_test",
        http_port=1,
        **issuers("http://127.0.0.1:1"),
        keys_dir=tmp_path,
    )
    ready = Readiness(is_database_away=lambda: database.is_away)
    ready.parts |= {"database": True, "broker": True, "consuming": True}
    async with httpx.AsyncClient() as issuer:
        app = create_app("Test", settings, client=issuer, ready=ready, now=Clock())
        _add_routes(app, database.collection("letters"))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://face") as asking:
            yield asking
    database.close()


@pytest.mark.parametrize("path", ["/read", "/write", "/races", "/keyless", "/busy"])
async def test_passing_trouble_is_a_503_that_says_when_to_come_again(
    client: httpx.AsyncClient, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        answer = await client.get(path)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "5"
        assert answer.json()["code"] == ("busy" if path == "/busy" else "not_ready")
        assert answer.json()["title"].isascii() is False
    assert WORDS not in caplog.text
    faults = [vars(one)["fault"] for one in caplog.records if hasattr(one, "fault")]
    if path in {"/read", "/write"}:
        assert faults == ["ServerSelectionTimeoutError", "DatabaseAway", "DatabaseAway"]


async def test_it_says_that_it_is_the_database(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/ready")).status_code == 200
    await client.get("/read")
    answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not_ready", "not_ready": ["database"]}
    assert (await client.get("/health/live")).status_code == 200


def _add_routes(app: FastAPI, kept: Collection) -> None:
    @app.get("/read")
    @open_to_all
    async def read() -> None:
        await kept.find({})

    @app.get("/write")
    @open_to_all
    async def write() -> None:
        await kept.write([Insert({"_id": "a", "words": WORDS})])

    @app.get("/races")
    @open_to_all
    async def race() -> None:
        raise TooManyRaces

    @app.get("/keyless")
    @open_to_all
    async def seal() -> None:
        raise NoKey("router")

    @app.get("/busy")
    @open_to_all
    async def wait() -> None:
        raise Busy
