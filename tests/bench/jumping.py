"""A real service under an adjustable clock: `python -m tests.bench.jumping SERVICE FILE`.

FILE says how many seconds its clock is ahead; it is read at the start, and again at each SIGUSR1.
"""

import signal
import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from services.notifier import wiring as notifier
from services.notifier.settings import NotifierSettings
from services.router import wiring as router
from services.router.settings import RouterSettings
from shared.platform.app import cli
from shared.platform.runtime.clock import utc_now


class Clock:
    """The system's clock, as far ahead of it as a file says."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = timedelta(0)
        self.set()

    def set(self) -> None:
        """Read how far ahead to be."""
        self._ahead = timedelta(seconds=float(self._file.read_text()))

    def now(self) -> datetime:
        """The instant, in UTC."""
        return utc_now() + self._ahead


def main(service: str, file: Path) -> int:
    """Serve until stopped; return an exit code."""
    clock = Clock(file)
    signal.signal(signal.SIGUSR1, lambda *_: clock.set())
    if service == "router":
        build = partial(router.build, now=clock.now)
        return cli.main(service, RouterSettings, build=build, arguments=())
    return cli.main(
        service, NotifierSettings, build=partial(notifier.build, now=clock.now), arguments=()
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
