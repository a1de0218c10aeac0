"""Office time: the simulated clock of an office in development (ADR-0019).

Office time advances in steps and stands still between them. One file synchronises every process of
the stack: each line is a step with the machine's instant at which it was made, the office's instant
from then on, and the seconds of office hours worked by then. The simulation appends to the file;
all others read it. Only the office's clock is simulated: everything that waits for machines, such
as tokens, retries and time-outs, uses the machine's clock.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.platform.runtime.clock import Now, utc_now

Dated = Callable[[datetime], datetime]
"""Maps the machine's instant of an event to the office's (both UTC)."""


class BadOfficeTime(ValueError):
    """The file holds no valid office time. The text is one sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `machine` on, the office's clock shows `office`; both UTC, in milliseconds."""

    machine: datetime
    office: datetime
    worked_s: int
    """Seconds of office hours since the simulation started."""

    def line(self) -> str:
        """The line in the file."""
        return f"{_written(self.machine)} {_written(self.office)} {self.worked_s}\n"


class OfficeTime:
    """The office's clock in one file. Calling it returns the office's current instant."""

    def __init__(self, path: Path) -> None:
        """Raises: BadOfficeTime."""
        self._path = path
        self._read_to = 0
        self.steps: list[Step] = []
        self._read()
        if not self.steps:
            raise BadOfficeTime("no office time yet: the file has no whole line")

    def __call__(self) -> datetime:
        """The office's current instant (UTC). Raises: BadOfficeTime."""
        self._read()
        return self.steps[-1].office

    def dated(self, at: datetime) -> datetime:
        """The office's instant at the machine's instant `at`. Raises: BadOfficeTime."""
        self._read()
        number = bisect_right(self.steps, at, key=lambda step: step.machine)
        return self.steps[max(number - 1, 0)].office

    def _read(self) -> None:
        """Read appended steps; an incomplete line is left for the next call."""
        try:
            if self._path.stat().st_size <= self._read_to:
                return
            with self._path.open("rb") as file:
                file.seek(self._read_to)
                new = file.read()
        except OSError as fault:
            raise BadOfficeTime(f"office time can't be read: {fault.strerror}") from fault
        whole = new[: new.rfind(b"\n") + 1]
        for line in whole.decode("ascii", "replace").splitlines():
            self._append(_step(line))
        self._read_to += len(whole)

    def _append(self, step: Step) -> None:
        if self.steps and not _follows(step, self.steps[-1]):
            raise BadOfficeTime("office time goes back, which no clock may")
        self.steps.append(step)


def machine_time(now: Now) -> Now:
    """The clock by which software waits; differs from `now` only under office time."""
    return utc_now if isinstance(now, OfficeTime) else now


def dating(now: Now) -> Dated:
    """How instants noted by the broker are mapped for the clock `now`."""
    return now.dated if isinstance(now, OfficeTime) else unchanged


def unchanged(at: datetime) -> datetime:
    """Return the instant unchanged: for a single clock."""
    return at


def _follows(step: Step, last: Step) -> bool:
    return (
        step.machine >= last.machine
        and step.office >= last.office
        and step.worked_s >= last.worked_s
    )


def _step(line: str) -> Step:
    try:
        machine, office, worked = line.split(" ")
        step = Step(_instant(machine), _instant(office), int(worked))
    except ValueError as fault:
        raise BadOfficeTime("a line tells no step of office time") from fault
    if step.worked_s < 0:
        raise BadOfficeTime("a line tells no step of office time")
    return step


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None:
        raise ValueError("no zone")
    return at


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
