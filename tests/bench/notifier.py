"""How soon due levels are confirmed, and the cost of watching open clocks.

python -m tests.bench.notifier [--open 50000] [--due 1000] [--few 1000] [--instants 3]

Real notifier and router, under a clock that is set to just before each instant. The letters that
are due went all the way to their bureaus; copies of one of them are the other open letters, due
later. The same with few open letters is measured on fresh servers.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from deploy.local.stack.supervisor import running_stack
from tests.bench import machine, running
from tests.bench.confirming import Found, Sizes, Trial
from tests.bench.measures import Measure

WITHIN_S = 2_700.0
WHOLE = Sizes(due=1_000, open=50_000, few=1_000, instants=3)


async def measure(directory: Path, sizes: Sizes = WHOLE) -> list[Measure]:
    """The notifier's figures. Raises: WrongOutcome; StackFailed; NotReady."""
    few = await _found(directory / "few", replace(sizes, open=max(sizes.few, sizes.due), few=0))
    many = await _found(directory / "many", sizes)
    return [
        Measure("notifier.confirmed", "s", many.last_s, few.last_s),
        Measure("notifier.confirmed.first", "s", many.first_s, few.first_s),
        *many.polls,
    ]


async def _found(directory: Path, sizes: Sizes) -> Found:
    """The figures of one set of fresh servers."""
    async with running_stack(directory, only={"servers", "topics", "gateway"}) as stack:
        for pid in stack.pids.values():
            machine.pin(pid, machine.OTHERS)
        return await Trial(stack, directory).run(sizes)


def _asked() -> Sizes:
    parser = argparse.ArgumentParser(prog="tests.bench.notifier")
    for name in ("open", "due", "few", "instants"):
        parser.add_argument(f"--{name}", type=int, default=getattr(WHOLE, name))
    return Sizes(**vars(parser.parse_args()))


if __name__ == "__main__":
    asked = _asked()
    sys.exit(running.main(lambda directory: measure(directory, asked), within_s=WITHIN_S))
