"""Measures and prints a table: `python -m tests.bench`. With OUT=file, JSON lines too."""

import sys
from pathlib import Path

from tests.bench import intake, notifier, reading, router, running, sealing
from tests.bench.measures import Measure

WITHIN_S = 240.0 + notifier.WITHIN_S


async def measure(directory: Path) -> list[Measure]:
    """All figures. Raises: WrongOutcome; StackFailed; NotReady."""
    taken_in = await intake.measure(directory / "intake")
    routed = await router.measure(directory / "router")
    sealed = sealing.measure(directory / "intake" / "keys")
    watched = await notifier.measure(directory / "notifier")
    return [*taken_in, *routed, *sealed, *reading.measure(), *watched]


if __name__ == "__main__":
    sys.exit(running.main(measure, within_s=WITHIN_S))
