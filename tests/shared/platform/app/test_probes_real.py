"""Each service, as a real process, answers its health routes and stops cleanly.

First without database and broker, then with its database alone.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.stack.keys import make
from deploy.local.stack.ports import free_ports
from shared.contracts.vocabulary import SERVICES
from tests.support.stack import Servers
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

PATIENCE_S = 120.0


@asynccontextmanager
async def process(
    service: str, environment: Mapping[str, str]
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The service as a process, and where it is asked; killed at the end if it is still there."""
    port = free_ports().router
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{service}"),
        env={**os.environ, **environment, f"MAILBOX_{service.upper()}_HTTP_PORT": str(port)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield running, f"http://127.0.0.1:{port}/health"
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@pytest.fixture
def told(servers: Servers, tmp_path: Path) -> dict[str, str]:
    """The environment of a service that can't reach its broker and database."""
    make(tmp_path)
    nobody = free_ports()
    return {
        **servers.environment,
        "MAILBOX_KEYS_DIR": str(tmp_path),
        "MAILBOX_KAFKA_BOOTSTRAP": f"127.0.0.1:{nobody.kafka}",
        "MAILBOX_MONGO_URI": f"mongodb://127.0.0.1:{nobody.mongo}/",
        "MAILBOX_NOTIFIER_GATEWAY_URL": f"http://127.0.0.1:{nobody.gateway}",
    }


async def come_to(client: httpx.AsyncClient, address: str, wanted: tuple[int, ...]) -> Any:
    """Wait until started, live and ready have these statuses; return what `ready` lacks."""
    said: dict[str, Any] = {}

    async def answers() -> bool:
        try:
            asked = [await client.get(f"{address}/{one}") for one in ("started", "live", "ready")]
        except httpx.HTTPError:
            return False
        said.update(asked[2].json())
        return tuple(one.status_code for one in asked) == wanted

    await until_true(answers)
    return said["not_ready"]


def each(quick: str) -> pytest.MarkDecorator:
    """For each service; the quick run has `quick` alone, because all start by the same code."""
    marks = {service: [] if service == quick else [pytest.mark.slow] for service in SERVICES}
    services = [pytest.param(service, marks=marks[service]) for service in SERVICES]
    return pytest.mark.parametrize("service", services)


@each(quick="intake")
async def test_without_database_and_broker_it_lives_no_more_than_that_and_ends_well(
    service: str, told: dict[str, str]
) -> None:
    async with process(service, told) as (running, address), httpx.AsyncClient() as client:
        missing = await come_to(client, address, (503, 200, 503))
        assert {"broker", "consuming", "database"} <= set(missing)
        running.terminate()
        async with asyncio.timeout(PATIENCE_S):
            assert await running.wait() == 0


@each(quick="router")
async def test_with_its_database_alone_it_has_started_is_not_ready_and_ends_well(
    service: str, told: dict[str, str], servers: Servers
) -> None:
    there = {**told, "MAILBOX_MONGO_URI": servers.environment["MAILBOX_MONGO_URI"]}
    own = {f"MAILBOX_{service.upper()}_DATABASE": f"mailbox_probes_{service}"}
    async with process(service, there | own) as (running, address), httpx.AsyncClient() as client:
        missing = await come_to(client, address, (200, 200, 503))
        assert {"broker", "consuming"} <= set(missing)
        assert "database" not in missing
        running.terminate()
        async with asyncio.timeout(PATIENCE_S):
            assert await running.wait() == 0
