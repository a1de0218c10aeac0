"""A batch that unpacks to very much stops its own bureau, and nobody else."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiokafka import TopicPartition

from deploy.local.keys import make
from deploy.local.ports import free_ports
from shared.contracts.topics import actions_of
from shared.platform.bus import Outbound
from shared.platform.kafka_options import kafka_options
from tests.support.bombs import bomb, write
from tests.support.stack import Servers
from tests.support.waiting import until_true

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

CONTAINER_BYTES = 512 * 1024 * 1024
"""The router's limit in deploy/k8s."""
PATIENCE_S = 60.0


@asynccontextmanager
async def router(
    servers: Servers, keys: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A router process and where its metrics are; killed at the end of the block."""
    make(keys)
    port = free_ports().router
    told = {
        "MAILBOX_KEYS_DIR": str(keys),
        "MAILBOX_ROUTER_HTTP_PORT": str(port),
        "MAILBOX_ROUTER_DATABASE": "mailbox_router_bombs",
    }
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.router"),
        env={**os.environ, **servers.environment, **told},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield running, f"http://127.0.0.1:{port}/metrics"
    finally:
        running.kill()
        await running.wait()


async def test_a_bomb_stops_its_own_bureau_alone(own_servers: Servers, tmp_path: Path) -> None:
    """1 MiB of gzip took the router to 2.3 GB, and all bureaus with it."""
    options = kafka_options(own_servers.kafka)
    at = TopicPartition(actions_of("guangzhou").name, 0)
    assert await write(options, at, await asyncio.to_thread(bomb, 2 * CONTAINER_BYTES)) == 0
    async with router(own_servers, tmp_path) as (running, metrics), httpx.AsyncClient() as client:

        async def shows(series: str) -> bool:
            try:
                shown = (await client.get(metrics)).text
            except httpx.HTTPError:
                return False
            return re.search(rf"^{re.escape(series)} 1\.0$", shown, re.MULTILINE) is not None

        async def pauses_one() -> bool:
            return await shows('mailbox_consumer_undecodable_partitions{bureau="guangzhou"}')

        await until_true(pauses_one, within_s=PATIENCE_S)
        bus = own_servers.bus()
        await bus.start()
        assert await bus.send([Outbound(actions_of("foshan").name, b"GD-1", b"{", ())]) == [None]
        await bus.stop()

        async def answers_another() -> bool:
            return await shows(
                'mailbox_consumer_actions_refused_total{bureau="foshan",kind="unreadable"}'
            )

        await until_true(answers_another, within_s=PATIENCE_S)
        assert await pauses_one()
        assert _most_memory(running.pid) < CONTAINER_BYTES


def _most_memory(pid: int) -> int:
    """Bytes that the process has held at once, at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found
    return int(found[1]) * 1024
