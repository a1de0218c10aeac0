"""What an event does to the clocks of its letter."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, get_args

from services.router.domain.due_dates import Rulebook, change_of, first_run, run_of
from services.router.domain.letter import Letter, RunningClock
from shared.contracts.values import ClockChange, Level, Receipt
from shared.contracts.vocabulary import Change, ClockName, LevelName
from shared.kernel.clocks import DueDate, Run
from shared.kernel.frozen import replace
from shared.kernel.running_clocks import apply_clock_events

MANY: Final[Set[ClockName]] = frozenset({"commitment", "instruction"})
"""Clocks that can run several times at once, one for each commitment or instruction."""


@dataclass(frozen=True)
class MovedClock:
    """A clock with another due date, or one that resumes."""

    before: RunningClock
    change: ClockChange
    receipt: Receipt

    @property
    def has_moved(self) -> bool:
        """Whether the due date differs from the last one announced."""
        return self.change.due_on != self.before.due_on


def stops(letter: Letter, event: str, *, rulebook: Rulebook) -> tuple[ClockChange, ...]:
    """Return the changes that stop the clocks which `event` ends, every run of each."""
    ended = rulebook.policies.stopped_by(event)
    return tuple(stop(clock) for clock in letter.clocks if clock.clock in ended)


def stop(clock: RunningClock) -> ClockChange:
    """Return the change that stops that clock."""
    return ClockChange(clock=clock.clock, round=clock.round, change="stopped")


def starts(
    letter: Letter, event: str, *, conditions: Set[str], at: datetime, rulebook: Rulebook
) -> Iterator[ClockChange]:
    """Return the changes that start what `event` starts; running clocks stay as they are."""
    begun = rulebook.policies.started_by(event, conditions=conditions, happened=_happened(letter))
    for clock in _named(begun):
        if clock in MANY or letter.running(clock) or _is_over(clock, letter):
            continue
        run = first_run(clock, letter, at=at, rulebook=rulebook)
        yield rulebook.started(clock, run, round_=letter.next_round(clock))


def pauses(letter: Letter, *, rulebook: Rulebook) -> tuple[ClockChange, ...]:
    """Return the changes that pause clocks while the letter waits for the writer."""
    return tuple(
        ClockChange(clock=clock.clock, round=clock.round, change="paused")
        for clock in letter.clocks
        if rulebook.policies.clock(clock.clock).pauses and not clock.is_paused
    )


def resumed(letter: Letter, *, at: datetime, rulebook: Rulebook) -> tuple[MovedClock, ...]:
    """Return the clocks that resume; `letter`: with its question ended."""
    return tuple(
        moved
        for clock in letter.clocks
        if clock.is_paused
        if (moved := recounted(clock, letter, at=at, rulebook=rulebook, change="resumed"))
    )


def recounted(
    clock: RunningClock,
    letter: Letter,
    *,
    at: datetime,
    rulebook: Rulebook,
    change: Change = "moved",
) -> MovedClock | None:
    """Return the clock as counted now; None if it can't be counted.

    Its receipt shows the letter's own policy version, even if another version stands in for it.
    """
    run = run_of(clock, letter, rulebook=rulebook)
    if run is None:
        return None
    moved = moved_by(clock, run, at=at, rulebook=rulebook, change=change)
    version = letter.policy_version or rulebook.policy_version
    return replace(moved, receipt=moved.receipt.model_copy(update={"policy_version": version}))


def moved_by(
    clock: RunningClock, run: Run, *, at: datetime, rulebook: Rulebook, change: Change = "moved"
) -> MovedClock:
    """Return the clock as counted by that history."""
    due = rulebook.due(clock.clock, run)
    return of_due(clock, due, at=at, rulebook=rulebook, change=change)


def of_due(
    clock: RunningClock, due: DueDate, *, at: datetime, rulebook: Rulebook, change: Change = "moved"
) -> MovedClock:
    """Return the clock with that due date.

    A level that was reached before comes again only in the future, and once for each due date.
    """
    moved = change_of(change, clock.clock, round_=clock.round, due=due, rulebook=rulebook)
    reached_once = {level for level, _ in clock.done}
    levels = tuple(
        level
        for level in moved.levels
        if (level.level, due.due_on) not in clock.done
        if level.at > at or level.level not in reached_once
    )
    moved = moved.model_copy(update={"levels": levels})
    return MovedClock(clock, moved, rulebook.receipt(due))


def after(
    changes: Iterable[ClockChange], running: tuple[RunningClock, ...]
) -> tuple[RunningClock, ...]:
    """Return the clocks after `changes`, in the order of their starts."""
    return apply_clock_events(changes, running, counted=_running)


def reached(clock: RunningClock, level: LevelName) -> RunningClock:
    """Return the clock after that level was confirmed."""
    left = tuple(rest for rest in clock.to_come if rest.level != level)
    return replace(clock, to_come=left, done=(*clock.done, (level, clock.due_on)))


def differs(moved: MovedClock) -> bool:
    """Whether anything that its watchers know has changed."""
    before, now = moved.before, moved.change
    known = (before.due_on, before.provisional, _instants(before.to_come))
    return known != (now.due_on, now.provisional, _instants(now.levels))


def _instants(levels: Iterable[Level]) -> tuple[tuple[LevelName, datetime], ...]:
    return tuple((level.level, level.at) for level in levels)


def _running(
    change: ClockChange, before: RunningClock | None, due_on: date, passes_at: datetime
) -> RunningClock:
    return RunningClock(
        change.clock,
        change.round,
        due_on,
        passes_at,
        change.provisional,
        to_come=change.levels,
        done=before.done if before else (),
        start=change.counted_from,
        limit=change.limit,
        extended=before.extended if before else 0,
        receipt=before.receipt if before else None,
    )


def _happened(letter: Letter) -> frozenset[str]:
    """Past events of the letter that clocks depend on."""
    is_so = {
        "petition.marked": letter.is_petition,
        "letter.accepted": letter.accepted_at is not None,
    }
    return frozenset(name for name, holds in is_so.items() if holds)


def _is_over(clock: ClockName, letter: Letter) -> bool:
    """Whether the event that the clock waits for happened before the clock would start."""
    return clock == "petition_notice" and letter.accepted_at is not None


def _named(names: Iterable[str]) -> Iterator[ClockName]:
    return (name for name in get_args(ClockName) if name in names)
