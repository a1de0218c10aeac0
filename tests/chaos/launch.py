"""Runs one service with a fuse at each step: `python -m tests.chaos.launch services.router`.

The steps are wrapped around the shell's methods here, in this process alone. `CHAOS_DIR` holds its
fuse, under the service's name or `CHAOS_NAME`. With `CHAOS_SHORT` set, documents hold so few events
and commands that every letter overflows, and a log is sent again in small pieces. While a file
`later` is in `CHAOS_DIR`, clocks are ahead by that many days.
"""

import os
import runpy
import sys
from datetime import timedelta
from pathlib import Path

from services.notifier.jobs.clock_firing import ClockFiring
from shared.platform.letters import log_archive
from shared.platform.repair import incarnations
from shared.platform.runtime.clock import utc_now
from tests.chaos import steps
from tests.chaos.fuse import LATER, Fuse


def main() -> None:
    """Become the service named on the command line."""
    module, folder = sys.argv[1], Path(os.environ["CHAOS_DIR"])
    steps.lay(Fuse(folder, os.environ.get("CHAOS_NAME", module.rpartition(".")[2])))
    if os.environ.get("CHAOS_SHORT"):
        log_archive.MOST_ENTRIES = log_archive.LEFT_ENTRIES = 1
        log_archive.MOST_ASKED = log_archive.LEFT_ASKED = 1
        incarnations.CHUNK = 2
    _may_be_later(folder / LATER)
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _may_be_later(days: Path) -> None:
    """Time passes only for the notifier's clocks; tokens and messages stay in the present."""
    fire = ClockFiring.fire

    async def later(firing: ClockFiring) -> int:
        ahead = timedelta(days=_days(days))
        firing._now = lambda: utc_now() + ahead
        return await fire(firing)

    setattr(ClockFiring, fire.__name__, later)


def _days(days: Path) -> int:
    return int(days.read_text()) if days.exists() else 0


if __name__ == "__main__":
    main()
