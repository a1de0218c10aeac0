"""What does an event do to the clocks of its letter, and what is left of them after it? Pure."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.router.domain.due_dates import Book, change_of, first_run, run_of
from services.router.domain.letter import Letter
from services.router.domain.parts import RunningClock
from shared.contracts.values import ClockChange, Level, Receipt
from shared.contracts.vocabulary import Change, ClockName, LevelName
from shared.kernel.clocks import Due, Run
from shared.kernel.frozen import replace

MANY: Final[Set[ClockName]] = frozenset({"commitment", "instruction"})
"""Clocks of which several may run at a time, one for each promise and instruction."""


@dataclass(frozen=True)
class Moved:
    """A clock that is due on another day, or goes on."""

    before: RunningClock
    change: ClockChange
    receipt: Receipt

    @property
    def has_moved(self) -> bool:
        """Whether it is due on another day than was said last."""
        return self.change.due_on != self.before.due_on


def stops(letter: Letter, event: str, *, book: Book) -> tuple[ClockChange, ...]:
    """The changes that stop what `event` ends; of clocks that run many times, all runs."""
    ended = book.policies.stopped_by(event)
    return tuple(stop(one) for one in letter.clocks if one.clock in ended)


def stop(clock: RunningClock) -> ClockChange:
    """The change that stops that clock."""
    return ClockChange(clock=clock.clock, round=clock.round, change="stopped")


def starts(
    letter: Letter, event: str, *, conditions: Set[str], at: datetime, book: Book
) -> Iterator[ClockChange]:
    """The changes that start what `event` sets going; a clock that runs already stays as it is."""
    begun = book.policies.started_by(event, conditions=conditions, happened=_happened(letter))
    for clock in _named(begun):
        if clock in MANY or letter.running(clock) or _is_over(clock, letter):
            continue
        run = first_run(clock, letter, at=at, book=book)
        yield book.started(clock, run, round_=letter.next_round(clock))


def pauses(letter: Letter, *, book: Book) -> tuple[ClockChange, ...]:
    """The changes by which clocks wait for the writer's answer."""
    return tuple(
        ClockChange(clock=one.clock, round=one.round, change="paused")
        for one in letter.clocks
        if book.policies.clock(one.clock).pauses and not one.is_paused
    )


def resumed(letter: Letter, *, at: datetime, book: Book) -> tuple[Moved, ...]:
    """Clocks that go on once the letter waits no longer; `letter`: with the wait ended."""
    return tuple(
        moved
        for one in letter.clocks
        if one.is_paused
        if (moved := recounted(one, letter, at=at, book=book, change="resumed"))
    )


def recounted(
    clock: RunningClock, letter: Letter, *, at: datetime, book: Book, change: Change = "moved"
) -> Moved | None:
    """The clock as it is counted now; None where that can't be.

    Its receipt shows the letter's own version, whose limit it keeps where another stands in.
    """
    run = run_of(clock, letter, book=book)
    if run is None:
        return None
    moved = moved_by(clock, run, at=at, book=book, change=change)
    version = letter.policy_version or book.policy_version
    return replace(moved, receipt=moved.receipt.model_copy(update={"policy_version": version}))


def moved_by(
    clock: RunningClock, run: Run, *, at: datetime, book: Book, change: Change = "moved"
) -> Moved:
    """The clock as that history counts it."""
    due = book.due(clock.clock, run)
    return of_due(clock, due, at=at, book=book, change=change)


def of_due(
    clock: RunningClock, due: Due, *, at: datetime, book: Book, change: Change = "moved"
) -> Moved:
    """The clock with that due date.

    A level that was reached comes again only in the future, and once for each due date.
    """
    said = change_of(change, clock.clock, round_=clock.round, due=due, book=book)
    reached_once = {level for level, _ in clock.done}
    levels = tuple(
        one
        for one in said.levels
        if (one.level, due.due_on) not in clock.done
        if one.at > at or one.level not in reached_once
    )
    said = said.model_copy(update={"levels": levels})
    return Moved(clock, said, book.receipt(due))


def after(
    changes: Iterable[ClockChange], running: tuple[RunningClock, ...]
) -> tuple[RunningClock, ...]:
    """The clocks that there are once `changes` are made, in the order of their starts."""
    now = {(one.clock, one.round): one for one in running}
    for change in changes:
        name = change.clock, change.round
        if change.change == "stopped":
            now.pop(name, None)
        elif change.due_on is None or change.passes_at is None:
            if name in now:
                now[name] = replace(now[name], is_paused=change.change == "paused")
        else:
            now[name] = _running(change, now.get(name))
    return tuple(now.values())


def reached(clock: RunningClock, level: LevelName) -> RunningClock:
    """The clock once that level was confirmed."""
    left = tuple(one for one in clock.to_come if one.level != level)
    return replace(clock, to_come=left, done=(*clock.done, (level, clock.due_on)))


def differs(moved: Moved) -> bool:
    """Whether anything that its watchers know of it is another now."""
    before, now = moved.before, moved.change
    known = (before.due_on, before.provisional, _instants(before.to_come))
    return known != (now.due_on, now.provisional, _instants(now.levels))


def _instants(levels: Iterable[Level]) -> tuple[tuple[LevelName, datetime], ...]:
    return tuple((one.level, one.at) for one in levels)


def _running(change: ClockChange, before: RunningClock | None) -> RunningClock:
    if change.due_on is None or change.passes_at is None:
        raise ValueError("a clock that runs is due some day")
    return RunningClock(
        change.clock,
        change.round,
        change.due_on,
        change.passes_at,
        change.provisional,
        to_come=change.levels,
        done=before.done if before else (),
        start=change.counted_from,
        limit=change.limit,
        extended=before.extended if before else 0,
        receipt=before.receipt if before else None,
    )


def _happened(letter: Letter) -> frozenset[str]:
    """Events of the letter's past that clocks wait for."""
    is_so = {
        "petition.marked": letter.is_petition,
        "letter.accepted": letter.accepted_at is not None,
    }
    return frozenset(name for name, holds in is_so.items() if holds)


def _is_over(clock: ClockName, letter: Letter) -> bool:
    """Whether what the clock waits for has happened before it would start."""
    return clock == "petition_notice" and letter.accepted_at is not None


def _named(names: Iterable[str]) -> Iterator[ClockName]:
    known = ClockName.__args__  # type: ignore[attr-defined]  # a Literal's values
    return (name for name in known if name in names)
