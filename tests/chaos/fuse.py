"""What ends a process at a chosen step: armed by a file from outside, gone off before it dies.

Only `tests.chaos.launch` puts a fuse into a process; the product knows of none.
"""

import json
import os
import signal
from contextlib import suppress
from pathlib import Path


class Fuse:
    """The fuse of one process, as the process itself and the test that arms it see it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._armed = folder / f"{name}.armed"
        self._blown = folder / f"{name}.blown"
        self._passed: tuple[str, int] = ("", 0)
        """What it was armed with when it was last looked at, and how often that was passed."""

    def arm(self, step: str, passes: int = 1) -> None:
        """End the process when it passes `step` for the `passes`th time from now on."""
        self._blown.unlink(missing_ok=True)
        made = self._armed.with_suffix(".new")
        made.write_text(json.dumps({"step": step, "passes": passes}))
        made.replace(self._armed)

    def disarm(self) -> None:
        """Let the process live."""
        self._armed.unlink(missing_ok=True)

    @property
    def blown_at(self) -> str:
        """The step at which the process ended itself; empty when it did not."""
        with suppress(FileNotFoundError):
            return str(json.loads(self._blown.read_text())["step"])
        return ""

    def is_due(self, step: str) -> bool:
        """Whether the process must end at this passing of `step`."""
        with suppress(FileNotFoundError):
            armed = self._armed.read_text()
            wanted = json.loads(armed)
            if wanted["step"] == step:
                passed = self._passed[1] + 1 if self._passed[0] == armed else 1
                self._passed = (armed, passed)
                return passed >= int(wanted["passes"])
        return False

    def pass_by(self, step: str) -> None:
        """End the process if its time has come."""
        if self.is_due(step):
            self.blow()

    def blow(self) -> None:
        """Leave word of the step, and end this process at once."""
        self._armed.replace(self._blown)
        os.kill(os.getpid(), signal.SIGKILL)
        signal.pause()
