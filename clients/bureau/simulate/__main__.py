"""`python -m clients.bureau.simulate`: read the settings, play until told to stop."""

import asyncio
import logging
import signal
import sys

from clients.bureau.connection import NoTopic, Unreachable
from clients.bureau.key_files import BadKeyFile
from clients.bureau.settings import BadSettings, load
from clients.bureau.simulate.figures import Figures
from clients.bureau.simulate.health import served
from clients.bureau.simulate.play import Play
from clients.bureau.simulate.settings import SimulateSettings
from shared.contracts.slugs import BUREAUS


async def run(settings: SimulateSettings) -> None:
    """Play all bureaus until SIGTERM or Ctrl-C. Raises: Unreachable; NoTopic; BadKeyFile."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    figures = Figures()
    play = Play({slug: settings.keys(slug) for slug in BUREAUS}, settings.pace, figures=figures)
    async with served(settings.bureaus_port, is_ready=lambda: play.is_ready, metrics=figures.text):
        await play.run(settings.connection, stopping)


def main() -> int:
    """An exit code: 0 when told to stop, 1 when the broker is out of reach, 2 for bad settings."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(run(load(SimulateSettings)))
    except (BadKeyFile, BadSettings) as fault:
        sys.stderr.write(f"simulate: {fault}\n")
        return 2
    except (Unreachable, NoTopic, OSError) as fault:
        sys.stderr.write(f"simulate: {type(fault).__name__}: {fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
