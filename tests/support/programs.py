"""External programs that some tests run, and whether they are installed.

Tests that need them are marked and left out where they are missing, which the run's summary says;
`make ops-deps` and `make browser-deps` install them.
"""

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

PROMETHEUS = ("prometheus", "promtool", "prometheus-alertmanager", "amtool")
CHROMIUM = ("chromium",)
"""The names of both in Debian."""


class Needed(NamedTuple):
    """Programs that marked tests need, and the target that installs them."""

    programs: Sequence[str]
    installed_by: str


NEEDED: Mapping[str, Needed] = {
    "prometheus": Needed(PROMETHEUS, "make ops-deps"),
    "browser": Needed(CHROMIUM, "make browser-deps"),
}
"""By marker."""
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
