"""The lock of a stack's folder, held for as long as its supervisor lives.

Standard library only: `make clean` uses it before anything is installed.
"""

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK = "supervisor.lock"


class AlreadyRunning(Exception):
    """Another supervisor holds the folder; the text is one sentence with its pid."""


@contextmanager
def held(local: Path) -> Iterator[None]:
    """Hold the folder for this process; the system releases it when the process ends.

    Raises: AlreadyRunning.
    """
    with (local / LOCK).open("a+") as door:
        if not _taken(door):
            door.seek(0)
            pid = door.read().strip() or "unknown"
            raise AlreadyRunning(
                f"The mailbox already runs in {local} (pid {pid}): use that one, or stop it "
                f"with Ctrl-C or `kill {pid}`. 此目录中的信箱已在运行。"
            )
        door.truncate(0)
        door.write(f"{os.getpid()}\n")
        door.flush()
        yield


def running_pid(local: Path) -> int | None:
    """Return the pid of the supervisor that holds the folder, None if there is none."""
    try:
        with (local / LOCK).open("r") as door:
            try:
                fcntl.flock(door, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(door.read().strip() or 0)
    except FileNotFoundError:
        return None
    return None


def _taken(door: IO[str]) -> bool:
    """Try to take the lock, a few times because a reader may hold it for a moment."""
    for _ in range(4):
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


if __name__ == "__main__":
    if running := running_pid(Path(sys.argv[1])):
        sys.exit(f"make: the mailbox runs in {sys.argv[1]} (pid {running}): stop it first.")
