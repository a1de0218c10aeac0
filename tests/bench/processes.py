"""Starts and ends the bench's own processes, as the local stack does."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.local.stack import children
from deploy.local.stack.children import ChildProcess
from deploy.local.stack.plan import Child, Done, Http, Tcp
from tests.bench import machine
from tests.bench.measures import WrongOutcome

PATIENCE_S = 60.0


@asynccontextmanager
async def started(child: Child, log: Path, *, place: int) -> AsyncIterator[ChildProcess]:
    """A process of ours on its core, ended at the end of the block. Raises: NotReady."""
    log.parent.mkdir(parents=True, exist_ok=True)
    running = await children.start(child, log)
    try:
        machine.pin(running.pid, place)
        if not isinstance(child.ready, Done):
            await children.ready(running, log, patience_s=PATIENCE_S)
            machine.pin(running.pid, place)
        yield running
    finally:
        await running.stop()


async def answer(child: Child, log: Path, *, place: int, result: Path) -> dict[str, Any]:
    """The result that a process wrote into `result` before it ended.

    Raises: WrongOutcome, when it failed or took longer than a minute.
    """
    try:
        async with asyncio.timeout(PATIENCE_S), started(child, log, place=place) as running:
            code = await running.ended()
    except TimeoutError:
        raise WrongOutcome(f"{child.name} took longer than {PATIENCE_S:.0f} s{_end(log)}") from None
    if code != 0:
        raise WrongOutcome(f"{child.name} {children.ending(code)}{_end(log)}")
    return _taken(result)


def child(
    module: str, *arguments: str, ready: Tcp | Http | None = None, settings: Mapping[str, str]
) -> Child:
    """A module of the bench as a process."""
    command = (*_PYTHON, module, *arguments)
    return Child(module.rpartition(".")[2], command, ready or Done(), tier=0, settings=settings)


def _taken(result: Path) -> dict[str, Any]:
    """The content of the file, which is removed so that no round reads another's."""
    found: dict[str, Any] = json.loads(result.read_text())
    result.unlink()
    return found


def _end(log: Path) -> str:
    return "".join(f"\n    {line}" for line in children.last_lines(log))


_PYTHON = (sys.executable, "-m")
