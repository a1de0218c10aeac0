"""`python -m clients.bureau.simulate`: read the settings, run until stopped."""

import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from clients.bureau._kafka.connection import Connection, NoTopic, Unreachable
from clients.bureau.key_files import BadKeyFile
from clients.bureau.sealing import Keys
from clients.bureau.settings import BadSettings, load
from clients.bureau.simulate.figures import SimulationMetrics, diary
from clients.bureau.simulate.files import FileFetching
from clients.bureau.simulate.health import served
from clients.bureau.simulate.hours import BadHours
from clients.bureau.simulate.play import SimulatedBureaus
from clients.bureau.simulate.settings import SimulateSettings
from shared.contracts.slugs import BUREAUS, Bureau
from shared.terminal import speak_plainly


async def run(settings: SimulateSettings) -> None:
    """Run all bureaus until SIGTERM or Ctrl-C.

    Raises: Unreachable; NoTopic; BadKeyFile; BadSettings; BadHours.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    figures = SimulationMetrics()
    files = FileFetching(settings.file_access, figures=figures) if settings.intake else None
    plays = [
        (_play({slug: settings.keys(slug) for slug in slugs}, settings, figures, files=files), of)
        for slugs, of in _companies(settings)
    ]
    working = [play.run(connection, stopping) for play, connection in plays]
    async with served(
        settings.bureaus_port,
        is_ready=lambda: all(play.is_ready for play, _ in plays),
        metrics=lambda: figures.text() + diary(play for play, _ in plays),
    ):
        await _all_or_none([*working, *([files.run(stopping)] if files else [])])


def _play(
    keys: Mapping[Bureau, Keys],
    settings: SimulateSettings,
    figures: SimulationMetrics,
    *,
    files: FileFetching | None,
) -> SimulatedBureaus:
    return SimulatedBureaus(
        keys, settings.pace, figures=figures, office=settings.office, files=files
    )


def _companies(settings: SimulateSettings) -> list[tuple[tuple[Bureau, ...], Connection]]:
    """Bureaus by connection: all in one, or each alone where each has its own password."""
    if settings.kafka_passwords_dir is None:
        return [(BUREAUS, settings.connection(BUREAUS[0]))]
    return [((slug,), settings.connection(slug)) for slug in BUREAUS]


async def _all_or_none(plays: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run until all end or one fails. Raises: what that one raised."""
    tasks = [asyncio.create_task(play) for play in plays]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def main() -> int:
    """Return an exit code: 0 stopped, 1 broker unreachable, 2 bad settings."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(run(load(SimulateSettings)))
    except (BadKeyFile, BadSettings, BadHours) as fault:
        sys.stderr.write(f"simulate: {fault}\n")
        return 2
    except (Unreachable, NoTopic, OSError) as fault:
        sys.stderr.write(f"simulate: {type(fault).__name__}: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())
