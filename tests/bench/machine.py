"""Processor cores and processor time of processes. Linux only.

With two cores or more, the measured process has the first one to itself, and everything else shares
the second: servers, load and this process. Figures then don't depend on the scheduler.
"""

import os
from pathlib import Path

TESTED, OTHERS = 0, 1
"""Places in the list of cores that this process may use."""

_TICKS = os.sysconf("SC_CLK_TCK")


def is_pinned() -> bool:
    """Whether there are enough cores to separate the measured process."""
    return len(_CORES) > 1


def pin(pid: int, place: int) -> None:
    """Keep a process, with all the threads that it has now and their offspring, on one core."""
    if not is_pinned():
        return
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {_CORES[place]})


def placement() -> str:
    """Where everything ran, in a sentence."""
    if not is_pinned():
        return "Unpinned: one core for everything."
    return (
        f"Pinned: the process under test alone on core {_CORES[TESTED]}; "
        f"database, broker, issuer and load share core {_CORES[OTHERS]}."
    )


def cpu_ms(pid: int) -> float:
    """Milliseconds of processor time, in user mode and in the system, that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / _TICKS


def load() -> str:
    """The load of the machine, over 1, 5 and 15 minutes."""
    return " ".join(f"{one:.2f}" for one in os.getloadavg())


_CORES = sorted(os.sched_getaffinity(0))
