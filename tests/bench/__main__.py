"""Measures and prints a table: `python -m tests.bench`. With OUT=file, JSON lines too."""

import sys
from pathlib import Path

from tests.bench import (
    growth,
    intake,
    notifier,
    pages,
    reading,
    router,
    running,
    sealing,
    search,
    triage,
)
from tests.bench.measures import Measure

WITHIN_S = 420.0 + growth.WITHIN_S + notifier.WITHIN_S + search.WITHIN_S + pages.WITHIN_S


async def measure(directory: Path) -> list[Measure]:
    """All figures. Raises: WrongOutcome; StackFailed; NotReady."""
    taken_in = await intake.measure(directory / "intake")
    routed = await router.measure(directory / "router")
    grown = await growth.measure(directory / "growth")
    sealed = sealing.measure(directory / "intake" / "keys")
    watched = await notifier.measure(directory / "notifier")
    found = await search.measure(directory / "search")
    shown = await pages.measure(directory / "pages")
    read = [*triage.measure(), *reading.measure()]
    return [*taken_in, *routed, *grown, *sealed, *read, *watched, *found, *shown]


if __name__ == "__main__":
    sys.exit(running.main(measure, within_s=WITHIN_S))
