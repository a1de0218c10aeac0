"""External programs that some tests run, and whether they are installed.

Tests that need them are marked and left out where they are missing, which the run's summary says;
`make ops-deps` installs them.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable

PROMETHEUS = ("prometheus", "promtool", "prometheus-alertmanager", "amtool")
"""Their names in Debian."""
PATIENCE_S = 300.0


def lacking(programs: Iterable[str]) -> list[str]:
    """Those that are not on the path."""
    return [one for one in programs if shutil.which(one) is None]


def said_by(*command: str, stdin: str | None = None) -> tuple[int, str]:
    """A program's exit code and its output."""
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode, done.stdout
