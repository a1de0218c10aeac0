"""Clock events applied to the running clocks of a letter."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from shared.kernel.running_clocks import apply_clock_events

DUE, LATER = date(2026, 12, 8), date(2026, 12, 15)


@dataclass(frozen=True)
class SampleChange:
    """A clock event."""

    change: str
    due_on: date | None = None
    clock: str = "reply"
    round: int = 1

    @property
    def passes_at(self) -> datetime | None:
        """24:00 of the day."""
        if self.due_on is None:
            return None
        return datetime.combine(self.due_on, time(), UTC) + timedelta(hours=16)


@dataclass(frozen=True)
class SampleClock:
    """A clock of a letter."""

    clock: str
    round: int
    due_on: date
    is_paused: bool = False


def counted(change: SampleChange, _: SampleClock | None, due_on: date, __: datetime) -> SampleClock:
    return SampleClock(change.clock, change.round, due_on)


def after(*changes: SampleChange) -> tuple[SampleClock, ...]:
    return apply_clock_events(changes, (), counted=counted)


STARTED = SampleChange("started", DUE)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ((), (SampleClock("reply", 1, DUE),)),
        ((SampleChange("stopped"),), ()),
        ((SampleChange("paused"),), (SampleClock("reply", 1, DUE, is_paused=True),)),
        ((SampleChange("moved", LATER),), (SampleClock("reply", 1, LATER),)),
        (
            (SampleChange("paused"), SampleChange("resumed", LATER)),
            (SampleClock("reply", 1, LATER),),
        ),
        ((SampleChange("paused"), SampleChange("resumed")), (SampleClock("reply", 1, DUE),)),
        (
            (SampleChange("paused"), SampleChange("moved", LATER)),
            (SampleClock("reply", 1, LATER, is_paused=True),),
        ),
        (
            (SampleChange("paused"), SampleChange("moved")),
            (SampleClock("reply", 1, DUE, is_paused=True),),
        ),
    ],
)
def test_a_clock_runs_waits_and_ends_as_its_events_say(
    changes: tuple[SampleChange, ...], left: tuple[SampleClock, ...]
) -> None:
    assert after(STARTED, *changes) == left


def test_a_clock_that_does_not_run_is_neither_paused_nor_stopped() -> None:
    assert after(SampleChange("paused"), SampleChange("stopped"), SampleChange("moved")) == ()


def test_rounds_of_one_clock_run_side_by_side_in_the_order_of_their_starts() -> None:
    rounds = [SampleChange("started", DUE, "commitment", number) for number in (2, 1)]
    changes = after(*rounds, SampleChange("moved", LATER, "commitment", 2))
    assert changes == (SampleClock("commitment", 2, LATER), SampleClock("commitment", 1, DUE))
