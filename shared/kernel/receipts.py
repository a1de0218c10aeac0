"""Receipts: how a due date came about, day by day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.kernel.civil import passes_at


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a receipt: whether it was counted, and if not, why."""

    day: date
    kind: Literal["zero", "counted", "skipped", "paused"]
    reason: str | None = None
    """`weekend` or a holiday's name; `supplement` for a paused day; `make_up_workday` for a worked
    weekend day, or an office's name for a weekday that it made a working day."""


@dataclass(frozen=True)
class DueReceipt:
    """How a due date came about, from day zero to the due date."""

    unit: Literal["wd", "d"]
    days: tuple[CountedDay, ...]
    calendar_version: str
    provisional: bool
    """Whether the due date is based on a year without a notice."""

    @property
    def start(self) -> date:
        """Day zero: the day of receipt."""
        return self.days[0].day

    @property
    def waits(self) -> bool:
        """Whether an open pause has stopped the count, so that there is no due date yet."""
        return self.days[-1].kind == "paused"

    @property
    def due_on(self) -> date:
        """The last day of the limit; for a limit of no days, day zero.

        Raises: ValueError, while the count `waits`.
        """
        if self.waits:
            raise ValueError("the clock is paused: there is no due date until the pause ends")
        return self.days[-1].day

    @property
    def passes_at(self) -> datetime:
        """When the due date has passed, in UTC. Raises: ValueError, while the count `waits`."""
        return passes_at(self.due_on)

    @property
    def counted(self) -> tuple[date, ...]:
        """The counted days, in order; as many as the limit has."""
        return tuple(entry.day for entry in self.days if entry.kind == "counted")
