"""Office hours of a simulated clock (development only), read from a file.

Each line is a step of office time: the machine's instant, the office's instant, and the seconds of
office hours worked by then (docs/adr/0019). The demo appends to it.
"""

from bisect import bisect_right
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

GUANGDONG = timezone(timedelta(hours=8))
OFFICE_HOURS = ((time(9), time(12)), (time(14, 30), time(17, 30)))
"""Of working days, in Guangdong; the demo's staff keep the same."""


class BadHours(Exception):
    """The file is malformed. The text is one sentence."""


class OfficeTimeFile:
    """The steps so far; every query reads new lines first."""

    def __init__(self, path: Path) -> None:
        """Raises: BadHours."""
        self._path = path
        self._read_to = 0
        self._at: list[datetime] = []
        self._worked: list[float] = []
        self.worked()
        if not self._worked:
            raise BadHours("the file of office hours has no whole line")

    def worked(self) -> float:
        """Seconds of office hours so far. Raises: BadHours."""
        self._read()
        return self._worked[-1] if self._worked else 0.0

    def worked_by(self, at: datetime) -> float:
        """The same by the office's instant `at`, rounded to its step. Raises: BadHours."""
        self._read()
        return self._worked[max(bisect_right(self._at, at) - 1, 0)]

    def are_now(self) -> bool:
        """Whether the office is open: by day, and only if time was worked since the last step."""
        self._read()
        there = self._at[-1].astimezone(GUANGDONG).time()
        is_open = any(opens <= there <= closes for opens, closes in OFFICE_HOURS)
        return is_open and self._worked[-1] > min(self._worked[-2:])

    def _read(self) -> None:
        try:
            if self._path.stat().st_size <= self._read_to:
                return
            with self._path.open("rb") as file:
                file.seek(self._read_to)
                new = file.read()
            whole = new[: new.rfind(b"\n") + 1]
            for line in whole.decode("ascii").splitlines():
                _, at, worked = line.split(" ")
                self._at.append(datetime.fromisoformat(at))
                self._worked.append(float(worked))
        except (OSError, ValueError) as fault:
            raise BadHours("the file of office hours can't be read") from fault
        self._read_to += len(whole)
