"""Runs a program that ends when its parent does: `python tether.py PARENT_PID PROGRAM [WORD …]`.

Standard library only, and run by its path. It asks the system (Linux only) to kill this process
when the parent dies, however that happens, and then becomes the program. Doing that here, rather
than between fork and exec of the supervisor, is safe beside the supervisor's threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
CANNOT_RUN = 127


def main(parent: int, command: list[str]) -> int:
    """Become `command`; return an exit code only when that can't be done."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return 1
    try:
        os.execv(command[0], command)  # noqa: S606 - becoming another program is its purpose
    except OSError as fault:
        sys.stderr.write(f"{command[0]} cannot be run: {fault.strerror}\n")
        return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
