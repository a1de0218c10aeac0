"""The four services as processes that a test starts, kills and freezes; the servers are a stack's.

The supervisor would start a dead service again by itself, and give up on one that dies too often;
here the test says when.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local import children
from deploy.local.children import Running
from deploy.local.plan import SERVICES, Child, Http, plan
from deploy.local.ports import Ports, free_ports
from deploy.local.supervisor import Stack, running_stack
from tests.chaos.fuse import Fuse

SESSION_MS = 1_000
PATIENCE_S = 90.0
SERVERS = ("broker", "database", "issuer", "gateway", "topics", "bureaus")
AT_ONCE = {"MAILBOX_BUREAUS_ACCEPT_S": "0.05", "MAILBOX_BUREAUS_REPLY_S": "0.1"}
"""Bureaus that take hardly any time."""


class NotReached(AssertionError):
    """A process never came to the step at which it was to die."""


class Processes:
    """Services beside one stack."""

    def __init__(self, stack: Stack, *, settings: Mapping[str, str] | None = None) -> None:
        """`settings`: environment variables for all of them."""
        self.stack = stack
        self._folder = stack.place.local / "chaos"
        self._folder.mkdir(exist_ok=True)
        self._settings = {"CHAOS_DIR": str(self._folder), **(settings or {})}
        planned = plan(
            stack.place, stack.ports, broker=Path("unused"), only=SERVICES, session_ms=SESSION_MS
        )
        self._children = {child.name: self._launched(child) for child in planned}
        self._running: dict[str, Running] = {}

    def fuse(self, name: str) -> Fuse:
        """What ends the service `name` at a step."""
        return Fuse(self._folder, name)

    def pid(self, name: str) -> int:
        """The process number of the service `name`."""
        return self._running[name].pid

    async def start(self, *names: str) -> None:
        """Start these, or all; return when they are ready. Raises: NotReady."""
        chosen = names or tuple(self._children)
        await self.launch(*chosen)
        await asyncio.gather(*map(self.ready, chosen))

    async def launch(self, *names: str) -> None:
        """Start these and don't wait for them."""
        for name in names:
            log = self.stack.place.log(name)
            self._running[name] = await children.start(self._children[name], log)

    async def ready(self, name: str) -> None:
        """Return when the service is ready. Raises: NotReady."""
        log = self.stack.place.log(name)
        await children.ready(self._running[name], log, patience_s=PATIENCE_S)

    async def add(self, name: str, twin: str, *, port: int) -> None:
        """Start one more process of the service `twin`, called `name`."""
        child = self._children[twin]
        own = {f"MAILBOX_{twin.upper()}_HTTP_PORT": str(port)}
        self._children[name] = replace(
            child, name=name, ready=Http(port), settings={**child.settings, **own}
        )
        await self.start(name)

    async def stop(self, *names: str) -> None:
        """Ask these, or all, to end; return when they have."""
        chosen = [self._running[name] for name in names or tuple(self._running)]
        await asyncio.gather(*(each.stop() for each in chosen))

    async def kill(self, *names: str) -> None:
        """End these, or all, with SIGKILL; return when they are gone."""
        chosen = [self._running[name] for name in names or tuple(self._running)]
        for each in chosen:
            each.kill()
        await asyncio.gather(*(each.ended() for each in chosen))

    def pass_days(self, days: int) -> None:
        """Let so many days pass for all clocks; 0 for none."""
        later = self._folder / "later"
        if days:
            later.write_text(str(days))
        else:
            later.unlink(missing_ok=True)

    def freeze(self, name: str) -> None:
        """Let the process stand still."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let it go on."""
        os.kill(self.pid(name), signal.SIGCONT)

    async def lose_broker(self) -> None:
        """The broker dies and comes back empty; as with the supervisor, no service outlives it."""
        pid = self.stack.pids["broker"]
        os.kill(pid, signal.SIGKILL)
        await self.kill()
        await self.stack.replaced("broker", pid, within_s=PATIENCE_S)

    async def dies_at(self, name: str, step: str) -> None:
        """Return when the service, armed before, has died at `step`. Raises: NotReached."""
        code = await self._running[name].ended()
        blown_at = self.fuse(name).blown_at
        if (code, blown_at) != (-signal.SIGKILL, step):
            log = self.stack.place.log(name)
            said = "\n".join(children.last_lines(log, 30))
            raise NotReached(f"{name} ended with {code} at {blown_at!r}, not {step!r}:\n{said}")

    def _launched(self, child: Child) -> Child:
        python, flag, module = child.command
        return replace(
            child,
            command=(python, flag, "tests.chaos.launch", module),
            settings={**child.settings, **self._settings},
        )


@asynccontextmanager
async def processes(
    folder: Path,
    *,
    ports: Ports | None = None,
    servers: Iterable[str] = SERVERS,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[Processes]:
    """All services, ready, on servers of their own; everything is ended with the block."""
    async with running_stack(
        folder, ports=ports or free_ports(), only=tuple(servers), session_ms=SESSION_MS
    ) as stack:
        running = Processes(stack, settings=settings)
        try:
            await running.start()
            yield running
        finally:
            await running.kill()
