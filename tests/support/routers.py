"""Router processes on real servers, and what their metrics show."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local.stack.keys import make
from deploy.local.stack.ports import free_ports
from tests.support.stack import Servers

AS_IT_IS = ("-m", "services.router")


@dataclass(frozen=True, slots=True)
class RouterProcess:
    """A router process that may have ended."""

    process: asyncio.subprocess.Process
    metrics: str

    async def shows(self, series: str, value: float) -> bool:
        """Whether its metrics show the value now."""
        try:
            async with httpx.AsyncClient() as client:
                shown = (await client.get(self.metrics)).text
        except httpx.HTTPError:
            return False
        return re.search(rf"^{re.escape(series)} {value}$", shown, re.MULTILINE) is not None

    def most_memory(self) -> int:
        """The most memory that it has used, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        assert found
        return int(found[1]) * 1024


@asynccontextmanager
async def router_process(
    servers: Servers, keys: Path, *, arguments: Sequence[str] = AS_IT_IS
) -> AsyncIterator[RouterProcess]:
    """A router, killed at the end of the block. `arguments`: those of Python."""
    make(keys)
    port = free_ports().router
    told = {
        "MAILBOX_KEYS_DIR": str(keys),
        "MAILBOX_ROUTER_HTTP_PORT": str(port),
        "MAILBOX_ROUTER_DATABASE": "mailbox_router_alone",
    }
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments),
        env={**os.environ, **servers.environment, **told},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield RouterProcess(running, f"http://127.0.0.1:{port}/metrics")
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()
