"""The router as it is, but watched: `python -m tests.bench.router_watched N RESULT [ROUNDS]`.

It serves as `services.router` does. Each time that N more records are committed, what that was like
becomes a line of RESULT; after ROUNDS of it, or after one, it is stopped.
"""

import json
import os
import signal
import sys
from pathlib import Path

from pymongo import monitoring

from services.router import wiring
from services.router.settings import RouterSettings
from shared.platform.app import cli
from shared.platform.app.service import Service
from tests.bench.watch import Figures, Watch


def main(count: int, result: Path, *, rounds: int) -> None:
    """Run the router until it has committed `count` records `rounds` times."""
    found: list[Figures] = []

    def note(figures: Figures) -> None:
        found.append(figures)
        with result.open("a") as lines:
            lines.write(f"{json.dumps(figures)}\n")
        if len(found) == rounds:
            os.kill(os.getpid(), signal.SIGTERM)

    watch = Watch(count, done=note)
    watch.over_envelopes()
    monitoring.register(watch)

    def build_watched(settings: RouterSettings) -> Service:
        service = wiring.build(settings)
        bus = service.shell.bus
        consumer = bus.consumer
        bus.consumer = lambda group=None: (  # type: ignore[method-assign]  # where the watch stands
            watch.over(consumer(group)) if group else consumer(group)
        )
        return service

    cli.main("router", RouterSettings, build=build_watched, arguments=())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), rounds=int((*sys.argv, "1")[3]))
