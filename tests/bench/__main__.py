"""Measures and prints a table: `python -m tests.bench`. With OUT=file, JSON lines too."""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from deploy.local.children import NotReady
from deploy.local.servers import ServersMissing
from deploy.local.supervisor import StackFailed
from tests.bench import intake, machine, measures, router, sealing
from tests.bench.measures import Measure, WrongOutcome

WITHIN_S = 240.0
STOPPED = 130


async def measure(directory: Path) -> list[Measure]:
    """All figures. Raises: WrongOutcome; StackFailed; NotReady; TimeoutError."""
    machine.pin(os.getpid(), machine.OTHERS)
    async with asyncio.timeout(WITHIN_S):
        taken_in = await intake.measure(directory / "intake")
        routed = await router.measure(directory / "router")
        sealed = sealing.measure(directory / "intake" / "keys")
    return [*taken_in, *routed, *sealed]


async def run() -> list[Measure]:
    """The same in a folder of its own, and stopped cleanly by SIGTERM as by Ctrl-C."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with tempfile.TemporaryDirectory(prefix="mailbox-bench-") as directory:
        return await measure(Path(directory))


def main() -> int:
    """Measure, print and keep; 0 when everything came out right."""
    before = machine.load()
    try:
        found = asyncio.run(run())
    except asyncio.CancelledError:
        print("bench: stopped", file=sys.stderr)
        return STOPPED
    except TimeoutError:
        print(f"bench: took longer than {WITHIN_S:.0f} s", file=sys.stderr)
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


if __name__ == "__main__":
    sys.exit(main())
