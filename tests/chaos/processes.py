"""The processes of a stack as a test starts, kills and freezes them.

The supervisor would restart dead processes, and give up after too many deaths; here the test
decides. Issuer and gateway are stand-ins for other systems and stay with a supervisor.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack import children
from deploy.local.stack.children import ChildProcess
from deploy.local.stack.plan import SERVICES, Child, Engines, Http, plan, tiers
from deploy.local.stack.ports import Ports, free_ports
from deploy.local.stack.supervisor import running_stack
from tests.chaos.fuse import LATER, Fuse

NO_FLOODS = {"MAILBOX_INTAKE_FLOOD_ALIKE": "10000"}
"""All letters here are alike on purpose, which must not look like a flood."""
SESSION_MS = 1_000
PATIENCE_S = 90.0
LAUNCHER = "tests.chaos.launch"
"""The module that starts a service with fuses in it."""
OTHERS = ("issuer", "gateway")
NEED_BROKER = (*SERVICES, "bureaus")


class NotReached(AssertionError):
    """A process never reached the step at which it was to die."""


class Processes:
    """The processes of one stack that the test may end."""

    def __init__(
        self, planned: Mapping[str, Child], folder: Path, *, engines: Engines, logs: Path
    ) -> None:
        """`folder`: where fuses are. `logs`: where each process writes."""
        self._children = dict(planned)
        self._engines = engines
        self._folder, self._logs = folder, logs
        self._running: dict[str, ChildProcess] = {}

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables with which our processes find each other."""
        return self._children["topics"].settings

    @property
    def operator(self) -> Mapping[str, str]:
        """The same, with the rights of the broker's operator."""
        return {**self.environment, **self._engines.own(ADMIN)}

    def environment_of(self, name: str) -> Mapping[str, str]:
        """The environment variables with which the process `name` is started."""
        return self._children[name].settings

    @property
    def brokers(self) -> tuple[str, ...]:
        """The names of the broker's processes."""
        return tuple(name for name in self._children if name.startswith("broker"))

    def fuse(self, name: str) -> Fuse:
        """The fuse of the process `name`."""
        return Fuse(self._folder, name)

    async def start(self, *names: str) -> None:
        """Start these, or all, in order; return when they are ready. Raises: NotReady."""
        chosen = [self._children[name] for name in names or self._children]
        for tier in tiers(chosen):
            await self.launch(*(child.name for child in tier))
            await asyncio.gather(*(self.ready(child.name) for child in tier))

    async def launch(self, *names: str) -> None:
        """Start these without waiting for them."""
        for name in names:
            self._running[name] = await children.start(self._children[name], self._log(name))

    async def ready(self, name: str) -> None:
        """Return when the process is ready. Raises: NotReady."""
        await children.ready(self._running[name], self._log(name), patience_s=PATIENCE_S)

    def twin(self, name: str, *, of: str, port: int) -> None:
        """Plan one more process of the service `of`, to be started as `name`."""
        child = self._children[of]
        own = {f"MAILBOX_{of.upper()}_HTTP_PORT": str(port), "CHAOS_NAME": name}
        self._children[name] = replace(
            child, name=name, ready=Http(port), settings={**child.settings, **own}
        )

    def instruct(self, name: str, **settings: str) -> None:
        """Add these environment variables to the process from its next start on."""
        child = self._children[name]
        self._children[name] = replace(child, settings={**child.settings, **settings})

    async def ended(self, name: str) -> int:
        """Wait until the process ends by itself; return its exit code."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._running[name].ended()

    async def stop(self, *names: str) -> None:
        """Stop these; return when they have ended."""
        await asyncio.gather(*(self._running[name].stop() for name in names))

    async def kill(self, *names: str) -> None:
        """End these, or all, at the same moment with SIGKILL; return when they are gone."""
        chosen = [self._running[name] for name in names or tuple(self._running)]
        for each in chosen:
            each.kill()
        await asyncio.gather(*(each.ended() for each in chosen))

    def freeze(self, name: str) -> None:
        """Suspend the process."""
        os.kill(self._running[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Resume it."""
        os.kill(self._running[name].pid, signal.SIGCONT)

    async def lose_broker(self) -> None:
        """The broker dies and comes back empty; what needs it dies too, as under the supervisor."""
        await self.kill(*self.brokers, *NEED_BROKER)
        self._engines.forget()
        await self.start(*self.brokers, "topics", "bureaus")

    async def dies_at(self, name: str, step: str) -> None:
        """Return when the process, armed before, has died at `step`. Raises: NotReached."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                code = await self._running[name].ended()
        except TimeoutError as fault:
            raise NotReached(f"{name} never came to {step!r}") from fault
        blown_at = self.fuse(name).blown_at
        if (code, blown_at) != (-signal.SIGKILL, step):
            said = "\n".join(children.last_lines(self._log(name), 30))
            raise NotReached(f"{name} ended with {code} at {blown_at!r}, not {step!r}:\n{said}")

    def pass_days(self, days: int) -> None:
        """Move all clocks ahead by that many days; 0 resets them."""
        later = self._folder / LATER
        if days:
            later.write_text(str(days))
        else:
            later.unlink(missing_ok=True)

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


@asynccontextmanager
async def processes(
    folder: Path,
    *,
    ports: Ports | None = None,
    settings: Mapping[str, str] | None = None,
    launcher: str = LAUNCHER,
) -> AsyncIterator[Processes]:
    """A whole stack in `folder`, ready; all processes end with the block.

    `settings`: environment variables for all of it. `launcher`: the module that starts services.
    """
    ports = ports or free_ports()
    async with running_stack(folder, ports=ports, only=OTHERS, session_ms=SESSION_MS) as stack:
        place, fuses = stack.place, folder / "chaos"
        fuses.mkdir(exist_ok=True)
        planned = plan(place, ports, engines=stack.engines, session_ms=SESSION_MS)
        more = {"CHAOS_DIR": str(fuses), **NO_FLOODS, **(settings or {})}
        ours = {
            child.name: _ours(child, more, launcher)
            for child in planned
            if child.name not in OTHERS
        }
        running = Processes(ours, fuses, engines=stack.engines, logs=place.log("any").parent)
        try:
            await running.start()
            yield running
        finally:
            await running.kill()


def _ours(child: Child, more: Mapping[str, str], launcher: str) -> Child:
    """The child with its settings; a service is started by the launcher."""
    child = replace(child, settings={**child.settings, **more})
    if child.name not in SERVICES:
        return child
    python, flag, module = child.command
    return replace(child, command=(python, flag, launcher, module))
