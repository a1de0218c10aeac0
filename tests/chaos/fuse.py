"""What ends or freezes a process at a chosen step: armed by a file, gone off before it acts.

Only `tests.chaos.launch` puts a fuse into a process; the product knows of none.
"""

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

LATER = "later"
"""A file beside the fuses: how many days later it is for all clocks."""


class Fuse:
    """The fuse of one process, as the process itself and the test that arms it see it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._armed = folder / f"{name}.armed"
        self._blown = folder / f"{name}.blown"
        self._passed: tuple[str, int] = ("", 0)
        """What it was armed with when it was last looked at, and how often that was passed."""

    def arm(self, step: str, *, passes: int = 1, by: signal.Signals = signal.SIGKILL) -> None:
        """Send the process the signal `by` when it passes `step` for the `passes`th time."""
        self._blown.unlink(missing_ok=True)
        made = self._armed.with_suffix(".new")
        made.write_text(json.dumps({"step": step, "passes": passes, "by": int(by)}))
        made.replace(self._armed)

    @property
    def blown_at(self) -> str:
        """The step at which it went off; empty when it did not."""
        with suppress(FileNotFoundError):
            return str(json.loads(self._blown.read_text())["step"])
        return ""

    def is_due(self, step: str) -> bool:
        """Whether it goes off at this passing of `step`."""
        with suppress(FileNotFoundError):
            armed = self._armed.read_text()
            wanted = json.loads(armed)
            if wanted["step"] == step:
                passed = self._passed[1] + 1 if self._passed[0] == armed else 1
                self._passed = (armed, passed)
                return passed >= int(wanted["passes"])
        return False

    def pass_by(self, step: str) -> None:
        """Go off if its time has come."""
        if self.is_due(step):
            self.blow()

    def blow(self) -> None:
        """Leave word of the step, and send this process its signal; a frozen one goes on here."""
        by = signal.Signals(json.loads(self._armed.read_text())["by"])
        self._armed.replace(self._blown)
        os.kill(os.getpid(), by)
        if by == signal.SIGKILL:
            signal.pause()
