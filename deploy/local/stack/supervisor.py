"""The supervisor: it starts the children in order, restarts them, and stops them all.

Each child has a tender, a task that starts it, waits for its end and decides on the next start. The
first start must succeed; after that a child may fail until `restarts` gives up. Every wait has a
limit.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.local.stack import children as processes
from deploy.local.stack import keys, lock
from deploy.local.stack.children import LOOK_EVERY_S, ChildProcess, NotReady
from deploy.local.stack.engines import engines_of, remember
from deploy.local.stack.frontends import registry
from deploy.local.stack.paths import StackPaths
from deploy.local.stack.plan import (
    PATIENCE_S,
    RUN_SESSION_MS,
    Child,
    Done,
    Engines,
    followers,
    plan,
    tiers,
    url,
)
from deploy.local.stack.ports import Ports, free_ports, taken
from deploy.local.stack.private_files import write_private
from deploy.local.stack.restarts import MOST_DEATHS, WINDOW_S, wait_before_restart

WITHOUT_BROKER_S = 2.0
"""Grace of children that stop because the broker died: they have no session to close."""

Say = Callable[[str], None]


class StackFailed(Exception):
    """The stack could not start or go on; the text says which child, and what to look at."""


@dataclass
class _Ward:
    """A supervised child."""

    child: Child
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    running: ChildProcess | None = None
    tender: asyncio.Task[None] | None = None
    deaths: list[float] = field(default_factory=list)

    @property
    def is_tended(self) -> bool:
        """Whether its tender is active, or it has done all its work."""
        return self.ready.is_set() or (self.tender is not None and not self.tender.done())


class Stack:
    """The children of one folder. Made by `running_stack`, which also stops them."""

    def __init__(
        self,
        children: Iterable[Child],
        *,
        place: StackPaths,
        ports: Ports,
        engines: Engines,
        say: Say,
    ) -> None:
        self.children = tuple(children)
        self.place = place
        self.ports = ports
        self.engines = engines
        self._say = say
        self._wards = {child.name: _Ward(child) for child in self.children}
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each child that runs now."""
        return {
            name: ward.running.pid
            for name, ward in self._wards.items()
            if ward.running is not None and ward.running.code is None
        }

    def settings(self, name: str) -> Mapping[str, str]:
        """Return the environment variables of the child `name`."""
        return self._wards[name].child.settings

    async def start(self) -> None:
        """Start everything, in order; return when all is ready. Raises: StackFailed."""
        await self._unless_failed(self._open(self.children, is_first=True))

    async def failed(self) -> None:
        """Wait for as long as all is well. Raises: StackFailed when the stack can't go on."""
        await asyncio.shield(self._failure)

    async def replaced(self, name: str, pid: int, *, within_s: float = 30.0) -> int:
        """Return the new pid once the child that had `pid` and all its followers are ready.

        Raises: StackFailed; TimeoutError.
        """
        async with asyncio.timeout(within_s):
            await self._unless_failed(self._until_replaced(name, pid))
        return self.pids[name]

    async def lose_broker(self, *, within_s: float = 30.0) -> None:
        """Kill the broker and its data; return when it is back with new topics.

        For tests and drills. Raises: StackFailed; TimeoutError.
        """
        names = [child.name for child in self.children if child.name.startswith("broker")]
        pids = self.pids
        self.engines.forget()
        for name in names:
            os.kill(pids[name], signal.SIGKILL)
        for name in names:
            await self.replaced(name, pids[name], within_s=within_s)
        if not self.engines.forgets:
            await self._run_again("topics")

    async def _run_again(self, name: str) -> None:
        """Run a child once more that has already done its work. Raises: NotReady."""
        child = self._wards[name].child
        running = await processes.start(child, self.place.log(name))
        await processes.ready(running, self.place.log(name), patience_s=PATIENCE_S)

    async def stop(self) -> None:
        """Stop every child, the last started first, each after its grace period at most."""
        await self._let_go(self._wards.values())
        for tier in reversed(tiers(self.children)):
            await self._end(tier)
        if not self._failure.cancel() and not self._failure.cancelled():
            self._failure.exception()

    def kill(self) -> None:
        """Kill every child at once."""
        for ward in self._wards.values():
            if ward.running is not None:
                ward.running.kill()

    async def _open(self, children: Iterable[Child], *, is_first: bool) -> None:
        for tier in tiers(children):
            wards = [self._wards[child.name] for child in tier]
            for ward in wards:
                if not ward.is_tended:
                    ward.tender = asyncio.create_task(self._tend(ward, is_first=is_first))
                    ward.tender.add_done_callback(self._notice)
            for ward in wards:
                await ward.ready.wait()

    async def _close(self, children: tuple[Child, ...]) -> None:
        await self._let_go(self._wards[child.name] for child in children)
        for tier in reversed(tiers(children)):
            await self._end(tier, at_most_s=WITHOUT_BROKER_S)

    async def _tend(self, ward: _Ward, *, is_first: bool) -> None:
        """Keep one child running. Raises: NotReady when that can't be done."""
        while await self._live_once(ward, is_first=is_first):
            is_first = False

    def _notice(self, tender: asyncio.Task[None]) -> None:
        """End the stack when a tender failed, for whatever reason."""
        if tender.cancelled() or (fault := tender.exception()) is None or self._failure.done():
            return
        failure = StackFailed(str(fault) if isinstance(fault, NotReady) else repr(fault))
        failure.__cause__ = fault
        self._failure.set_exception(failure)

    async def _live_once(self, ward: _Ward, *, is_first: bool) -> bool:
        """Run a child once until it ends, and wait; return whether to start it again."""
        name, log = ward.child.name, self.place.log(ward.child.name)
        ward.running = running = await processes.start(ward.child, log)
        try:
            await processes.ready(running, log, patience_s=PATIENCE_S)
        except NotReady:
            if is_first or running.code is None:
                raise
        else:
            ward.ready.set()
            if isinstance(ward.child.ready, Done):
                return False
            if not is_first:
                self._say(f"{name} is back (pid {running.pid}).")
            await self._until_ended(running, reopens=not is_first)
        ward.ready.clear()
        await self._close(followers(self.children, name))
        await asyncio.sleep(self._wait_after(ward, running))
        return True

    async def _until_ended(self, running: ChildProcess, *, reopens: bool) -> None:
        """Wait for a child's end; meanwhile, after a restart, start its followers again."""
        behind = followers(self.children, running.child.name) if reopens else ()
        opening = asyncio.create_task(self._open(behind, is_first=False))
        try:
            await running.ended()
        finally:
            await _cancelled(opening)

    def _wait_after(self, ward: _Ward, running: ChildProcess) -> float:
        """Record a death; return the seconds until the next start. Raises: NotReady on too many."""
        now = time.monotonic()
        name, how = ward.child.name, processes.ending(running.code or 0)
        ward.deaths = [*ward.deaths, now][-MOST_DEATHS:]
        wait = wait_before_restart(ward.deaths, now)
        if wait is None:
            lines = "\n".join(f"    {line}" for line in processes.last_lines(self.place.log(name)))
            raise NotReady(
                f"{name} {how}, for the {MOST_DEATHS}th time within {WINDOW_S:.0f} s: "
                f"the stack stops. The end of its log {self.place.log(name)}:\n{lines}"
            )
        self._say(f"{name} (pid {running.pid}) {how}; starting it again.")
        return wait

    async def _until_replaced(self, name: str, pid: int) -> None:
        names = {name, *(child.name for child in followers(self.children, name))}
        while self.pids.get(name, pid) == pid or not all(  # noqa: ASYNC110 - several children at once
            self._wards[each].ready.is_set() for each in names
        ):
            await asyncio.sleep(LOOK_EVERY_S)

    async def _unless_failed(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task, self._failure}, return_when=asyncio.FIRST_COMPLETED)
            if self._failure.done():
                await self.failed()
            await task
        finally:
            await _cancelled(task)

    async def _let_go(self, wards: Iterable[_Ward]) -> None:
        for ward in wards:
            ward.ready.clear()
            if ward.tender is not None:
                await _cancelled(ward.tender)

    async def _end(self, tier: tuple[Child, ...], *, at_most_s: float | None = None) -> None:
        started = [self._wards[child.name].running for child in tier]
        await asyncio.gather(*(each.stop(at_most_s=at_most_s) for each in started if each))


@asynccontextmanager
async def running_stack(
    directory: Path,
    *,
    ports: Ports | None = None,
    only: Collection[str] = (),
    session_ms: int = RUN_SESSION_MS,
    say: Say = lambda _: None,
    environment: Mapping[str, str] = os.environ,
) -> AsyncIterator[Stack]:
    """Yield a stack in `directory` that is ready, and stop it at the end of the block.

    `ports`: None for free ones. `only`: names of children or groups; empty for all. `say`: is
    called with what happens to children while the stack runs. `environment`: chooses the engines
    and is passed on to children where the plan sets nothing.
    Raises: StackFailed; AlreadyRunning; UnknownChild; KeysDisagree; BadEngines; ServersMissing.
    """
    place, ports = StackPaths(directory), ports or free_ports()
    place.local.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.held(place.local):
        engines = engines_of(place, ports, environment=environment)
        children = _prepared(
            place, ports, engines, environment=environment, only=only, session_ms=session_ms
        )
        stack = Stack(children, place=place, ports=ports, engines=engines, say=say)
        try:
            await stack.start()
            yield stack
        finally:
            await stack.stop()


def _prepared(
    place: StackPaths,
    ports: Ports,
    engines: Engines,
    *,
    environment: Mapping[str, str],
    **chosen: Any,
) -> tuple[Child, ...]:
    """Prepare all that the children need and return them. Raises: StackFailed."""
    keys.make(place.keys)
    write_private(place.frontends, registry(url(ports.sample)).encode())
    engines.prepare()
    remember(place, engines)
    children = plan(place, ports, engines=engines, given=environment, **chosen)
    if not_free := taken(ports, [child.port_name for child in children if child.port_name]):
        raise StackFailed(f"Nothing was started: {'; '.join(map(str, not_free))}.")
    for child in children:
        processes.rotate_log(place.log(child.name))
    return children


async def _cancelled(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for it, ignoring its result."""
    task.cancel()
    await asyncio.wait({task})
