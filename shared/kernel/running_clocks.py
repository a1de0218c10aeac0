"""The running clocks of a letter after clock events: start, stop, pause, resume and move."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, TypeVar

from shared.kernel.frozen import replace


class ClockEvent(Protocol):
    """The effect of an event on one clock; has a due date if the clock was counted again."""

    @property
    def clock(self) -> str:
        """The clock's name."""

    @property
    def round(self) -> int:
        """The round of the clock."""

    @property
    def change(self) -> str:
        """One of started, stopped, paused, resumed and moved."""

    @property
    def due_on(self) -> date | None:
        """The last day, until 24:00 in Asia/Shanghai."""

    @property
    def passes_at(self) -> datetime | None:
        """The end of that day, in UTC."""


class PausableClock(Protocol):
    """A dataclass of a clock that runs or is paused."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def clock(self) -> str:
        """The clock's name."""

    @property
    def round(self) -> int:
        """The round of the clock."""

    @property
    def is_paused(self) -> bool:
        """Whether it waits for the writer."""


EventT = TypeVar("EventT", bound=ClockEvent)
ClockT = TypeVar("ClockT", bound=PausableClock)


def apply_clock_events(
    events: Iterable[EventT],
    running: Iterable[ClockT],
    *,
    counted: Callable[[EventT, ClockT | None, date, datetime], ClockT],
) -> tuple[ClockT, ...]:
    """Return the clocks after `events`, in the order of their starts.

    Several rounds of one clock may run at once: each commitment and each instruction has its own.
    `counted`: returns the running clock after an event with these `due_on` and `passes_at`; whether
    it is paused is decided here.
    """
    clocks = {(clock.clock, clock.round): clock for clock in running}
    for event in events:
        name = event.clock, event.round
        before = clocks.get(name)
        is_paused = _is_paused(event, before)
        if event.change == "stopped":
            clocks.pop(name, None)
        elif event.change != "paused" and event.due_on is not None and event.passes_at is not None:
            after = counted(event, before, event.due_on, event.passes_at)
            clocks[name] = replace(after, is_paused=True) if is_paused else after
        elif before is not None:
            clocks[name] = replace(before, is_paused=is_paused)
    return tuple(clocks.values())


def _is_paused(event: ClockEvent, before: PausableClock | None) -> bool:
    """A paused clock that is moved stays paused."""
    if event.change == "moved":
        return before is not None and before.is_paused
    return event.change == "paused"
