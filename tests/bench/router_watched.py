"""The router as it is, but watched: `python -m tests.bench.router_watched N RESULT`.

It serves as `services.router` does, and is stopped when N records are committed.
"""

import json
import os
import signal
import sys
from pathlib import Path

from pymongo import monitoring

from services.router import wiring
from services.router.settings import RouterSettings
from shared.platform import operating
from shared.platform.service import Service
from tests.bench.watch import Watch


def main(count: int, result: Path) -> None:
    """Run the router until it has committed `count` records, and write down the figures."""
    watch = Watch(count, done=lambda: os.kill(os.getpid(), signal.SIGTERM))
    monitoring.register(watch)

    def build_watched(settings: RouterSettings) -> Service:
        service = wiring.build(settings)
        bus = service.shell.bus
        consumer = bus.consumer
        bus.consumer = lambda group=None: (  # type: ignore[method-assign]  # where the watch stands
            watch.over(consumer(group)) if group else consumer(group)
        )
        return service

    operating.main("router", RouterSettings, build=build_watched, arguments=())
    result.write_text(json.dumps(watch.figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
