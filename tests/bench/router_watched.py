"""The router as it is, but watched: `python -m tests.bench.router_watched N RESULT`.

It runs `services.router` from its own switch, and stops it when N records are committed.
"""

import json
import os
import runpy
import signal
import sys
from pathlib import Path

from pymongo import monitoring

from services.router import wiring
from services.router.settings import RouterSettings
from shared.platform.clock import Now
from shared.platform.service import Service
from tests.bench.watch import Watch


def main(count: int, result: Path) -> None:
    """Run the router until it has committed `count` records, and write down the figures."""
    watch = Watch(count, done=lambda: os.kill(os.getpid(), signal.SIGTERM))
    monitoring.register(watch)
    build = wiring.build

    def build_watched(settings: RouterSettings, *, now: Now | None = None) -> Service:
        service = build(settings, now=now)
        bus = service.shell.bus
        consumer = bus.consumer
        bus.consumer = lambda group=None: (  # type: ignore[method-assign]  # where the watch stands
            watch.over(consumer(group)) if group else consumer(group)
        )
        return service

    wiring.build = build_watched
    runpy.run_module("services.router", run_name="__main__")
    result.write_text(json.dumps(watch.figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
