"""The demo's office time, which the demo alone advances, in a file that all processes read.

A step is written whole or not at all: a line cut short by a crash is removed. While no demo runs,
office time stands still.
"""

import os
from datetime import datetime
from pathlib import Path

from deploy.local.demo.days import Days
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.office_time import OfficeTime, Step


class DemoClock:
    """Office time that advances only by explicit steps."""

    def __init__(self, path: Path, days: Days) -> None:
        """Open the clock file `path`, or begin it with the first day. Raises: BadOfficeTime."""
        self.days = days
        self._path = path
        if path.exists():
            _without_torn_line(path)
        if not path.exists() or not path.stat().st_size:
            _append(path, Step(utc_now(), days.beginning, 0))
        self._time = OfficeTime(path)

    @property
    def now(self) -> datetime:
        """The current office time (UTC)."""
        return self._time()

    @property
    def worked_s(self) -> int:
        """Seconds of office hours from the beginning until now."""
        return self.days.worked_s(self.now)

    def step(self, to: datetime) -> None:
        """Advance office time to `to`. Raises: BadOfficeTime if that is earlier than now."""
        machine = max(utc_now(), self._time.steps[-1].machine)
        _append(self._path, Step(machine, to, self.days.worked_s(to)))
        self._time()


def _append(path: Path, step: Step) -> None:
    with path.open("a", encoding="ascii") as file:
        file.write(step.line())
        file.flush()
        os.fsync(file.fileno())


def _without_torn_line(path: Path) -> None:
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
