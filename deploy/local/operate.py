"""Runs operator commands of one service against the local stack.

The service's own program runs in a separate process, with the settings that it has in the stack.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence

from deploy.local.stack import lock
from deploy.local.stack.engines import engines_of
from deploy.local.stack.paths import place_from
from deploy.local.stack.plan import plan
from deploy.local.stack.ports import ports_from


class NotRunning(Exception):
    """No stack is running; the text is one sentence."""


def operate(service: str, words: Sequence[str], *, environment: Mapping[str, str]) -> int:
    """Run `python -m services.<service> <words>` and return its exit code.

    Raises: NotRunning; BadPorts; BadEngines.
    """
    place, ports = place_from(environment), ports_from(environment)
    if lock.running_pid(place.local) is None:
        raise NotRunning(
            "本机没有运行中的信箱，请先 make run · no stack is running: make run first"
        )
    engines = engines_of(place, ports, environment=environment)
    (child,) = plan(place, ports, engines=engines, only=[service])
    done = subprocess.run(
        [*child.command, *words], env={**os.environ, **child.settings}, check=False
    )
    return done.returncode
