"""Runs a benchmark from the command line: in its own folder, with a time limit and a table.

With OUT=file it writes JSON lines too.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.local.stack.children import NotReady
from deploy.local.stack.servers import ServersMissing
from deploy.local.stack.supervisor import StackFailed
from tests.bench import machine, measures
from tests.bench.measures import Measure, WrongOutcome

STOPPED = 130

Bench = Callable[[Path], Awaitable[list[Measure]]]
"""Measures in a folder. Raises: WrongOutcome; StackFailed; NotReady; TimeoutError."""


def main(bench: Bench, *, within_s: float) -> int:
    """Measure, print and keep; 0 when everything came out right."""
    before = machine.load()
    try:
        found = asyncio.run(_run(bench, within_s=within_s))
    except asyncio.CancelledError:
        print("bench: stopped", file=sys.stderr)
        return STOPPED
    except TimeoutError:
        print(f"bench: took longer than {within_s:.0f} s", file=sys.stderr)
        return 1
    except (WrongOutcome, StackFailed, NotReady, ServersMissing) as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    print(measures.table(found))
    print(f"\n{machine.placement()}\nLoad of the machine {before} before, {machine.load()} after.")
    if out := os.environ.get("OUT"):
        lines = "".join(f"{measures.line(one)}\n" for one in found)
        Path(out).write_text(lines, encoding="utf-8")
    return 0


async def _run(bench: Bench, *, within_s: float) -> list[Measure]:
    """Stopped cleanly by SIGTERM as by Ctrl-C."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    machine.pin(os.getpid(), machine.OTHERS)
    with tempfile.TemporaryDirectory(prefix="mailbox-bench-") as directory:
        async with asyncio.timeout(within_s):
            return await bench(Path(directory))
