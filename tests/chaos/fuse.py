"""Kills or freezes a process at a chosen step; armed by a file.

Only `tests.chaos.launch` puts a fuse into a process; the product doesn't know of it.
"""

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

LATER = "later"
"""A file beside the fuses: how many days ahead all clocks are."""


class Fuse:
    """The fuse of one process, as seen by the process and by the test that arms it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._armed = folder / f"{name}.armed"
        self._blown = folder / f"{name}.blown"
        self._passed: tuple[str, int] = ("", 0)
        """The content when it was last read, and how often that step was passed."""

    def arm(self, step: str, *, passes: int = 1, by: signal.Signals = signal.SIGKILL) -> None:
        """Send the process the signal `by` when it passes `step` for the `passes`th time."""
        self._blown.unlink(missing_ok=True)
        made = self._armed.with_suffix(".new")
        made.write_text(json.dumps({"step": step, "passes": passes, "by": int(by)}))
        made.replace(self._armed)

    @property
    def blown_at(self) -> str:
        """The step at which it was triggered; empty if it was not."""
        with suppress(FileNotFoundError):
            return str(json.loads(self._blown.read_text())["step"])
        return ""

    def is_due(self, step: str) -> bool:
        """Whether it triggers at this passing of `step`."""
        with suppress(FileNotFoundError):
            armed = self._armed.read_text()
            wanted = json.loads(armed)
            if wanted["step"] == step:
                passed = self._passed[1] + 1 if self._passed[0] == armed else 1
                self._passed = (armed, passed)
                return passed >= int(wanted["passes"])
        return False

    def pass_by(self, step: str) -> None:
        """Trigger if it is due."""
        if self.is_due(step):
            self.blow()

    def blow(self) -> None:
        """Record the step and send this process its signal; a frozen process continues here."""
        by = signal.Signals(json.loads(self._armed.read_text())["by"])
        self._armed.replace(self._blown)
        os.kill(os.getpid(), by)
        if by == signal.SIGKILL:
            signal.pause()
