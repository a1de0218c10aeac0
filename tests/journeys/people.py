"""People in the journeys, who use HTTP and the bureau's command."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from deploy.local.stack.plan import url
from deploy.local.stack.supervisor import Stack

PATIENCE_S = 30.0
PAUSE_S = 0.2

Json = dict[str, Any]


class People:
    """The demo people of one running stack."""

    def __init__(
        self, stack: Stack, client: httpx.AsyncClient, *, patience_s: float = PATIENCE_S
    ) -> None:
        """`patience_s`: how long a step may take."""
        self._stack = stack
        self._client = client
        self._patience_s = patience_s

    def face(self, name: str) -> str:
        """The address of a service."""
        return url(self._stack.ports.named()[name])

    async def call(
        self, who: str, method: str, *, address: str, key: str = "", body: Json | None = None
    ) -> httpx.Response:
        """One request as that person, with a fresh sign-in."""
        token = (await self._client.get(f"{self.face('issuer')}/token/{who}")).text
        headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        return await self._client.request(method, address, headers=headers, json=body)

    async def see(self, who: str, address: str) -> Json:
        """The content of the address for that person."""
        found: Json = (await self.call(who, "GET", address=address)).raise_for_status().json()
        return found

    async def until(
        self, look: Callable[[], Awaitable[Json]], holds: Callable[[Json], object], *, what: str
    ) -> Json:
        """The result of `look` once it `holds`; fails naming `what` if it never does."""
        found: Mapping[str, Any] = {}
        for _ in range(round(self._patience_s / PAUSE_S)):
            found = await look()
            if holds(found):
                return dict(found)
            await asyncio.sleep(PAUSE_S)
        raise AssertionError(f"{what}: not within {self._patience_s:.0f} s; last seen {found}")

    async def health(self, name: str) -> Json:
        """The readiness of the service `name`; empty while it doesn't answer."""
        try:
            found: Json = (await self._client.get(f"{self.face(name)}/health/ready")).json()
        except httpx.HTTPError:
            return {}
        return found

    async def is_served(self, *, by: str) -> None:
        """Wait until the service `by` is ready."""
        await self.until(
            lambda: self.health(by), lambda seen: seen.get("status") == "ready", what=f"{by} again"
        )

    async def read_open(self, address: str) -> str:
        """The content of the address for anyone."""
        return (await self._client.get(address)).raise_for_status().text

    async def bureau(self, *words: str) -> tuple[int, str]:
        """Run the bureau's command; return its exit code and output."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "clients.bureau",
            *words,
            env=dict(self._stack.settings("bureaus")),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode()
