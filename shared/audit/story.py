"""A letter's story: a fold of the router's facts, according to the contracts.

Written from CONTRACTS and not from the router's own rules, so that the two can disagree.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeAlias

from shared.audit.looking import LoggedEvent, Look
from shared.contracts.event import Fact
from shared.contracts.topics import PROGRESS
from shared.contracts.values import ClockChange, Level
from shared.contracts.vocabulary import ClockName

Run: TypeAlias = tuple[str, int]
"""A clock and its round: commitments and instructions can have several rounds running at once."""


@dataclass(frozen=True, slots=True)
class AuditClock:
    """A clock that runs or is paused."""

    clock: ClockName
    round: int
    due_on: date
    passes_at: datetime
    levels: tuple[Level, ...]
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class LetterStanding:
    """A letter's state between two facts."""

    state: str = ""
    holder: str = ""
    assignment: int = 0
    clocks: Mapping[Run, AuditClock] = field(default_factory=dict)

    @property
    def running(self) -> frozenset[str]:
        """Names of the clocks that run or are paused."""
        return frozenset(name for name, _ in self.clocks)


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One fact, with the letter's standing before and after it."""

    said: LoggedEvent
    fact: Fact
    before: LetterStanding
    after: LetterStanding


@dataclass(frozen=True, slots=True)
class HoldingPeriod:
    """The period in which a bureau held the letter."""

    bureau: str
    assignment: int
    since: datetime
    until: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether it held the letter then; both ends count, since instants are rounded."""
        return self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Story:
    """A letter's life according to the router's facts."""

    steps: Sequence[StoryStep]
    holdings: Sequence[HoldingPeriod]

    @property
    def now(self) -> LetterStanding:
        """The standing after all facts."""
        return self.steps[-1].after if self.steps else LetterStanding()

    def holding(self, bureau: str, assignment: int) -> HoldingPeriod | None:
        """That holding of that bureau, if there was one."""
        return next(
            (
                held
                for held in self.holdings
                if (held.bureau, held.assignment) == (bureau, assignment)
            ),
            None,
        )


def story_of(look: Look) -> Story:
    """Build the story of one letter."""
    steps = tuple(_steps(look.events(PROGRESS.name)))
    return Story(steps, tuple(_holdings(steps)))


def after(
    changes: Iterable[ClockChange], clocks: Mapping[Run, AuditClock]
) -> dict[Run, AuditClock]:
    """The clocks after `changes`."""
    now = dict(clocks)
    for change in changes:
        run = (change.clock, change.round)
        if change.change == "stopped":
            now.pop(run, None)
        elif change.change == "paused" or change.due_on is None or change.passes_at is None:
            if before := now.get(run):
                now[run] = replace(before, is_paused=change.change == "paused")
        else:
            now[run] = AuditClock(
                change.clock, change.round, change.due_on, change.passes_at, change.levels
            )
    return now


def _steps(facts: Iterable[tuple[LoggedEvent, object]]) -> Iterator[StoryStep]:
    before = LetterStanding()
    for said, fact in facts:
        if not isinstance(fact, Fact):
            continue
        clocks = after(fact.clocks, before.clocks) if fact.clocks else before.clocks
        now = LetterStanding(fact.state, fact.holder, fact.assignment, clocks)
        yield StoryStep(said, fact, before, now)
        before = now


def _holdings(steps: Sequence[StoryStep]) -> Iterator[HoldingPeriod]:
    held: HoldingPeriod | None = None
    for step in steps:
        now = (step.after.holder, step.after.assignment)
        if held is not None and now != (held.bureau, held.assignment):
            yield replace(held, until=step.said.at)
            held = None
        if held is None and step.after.holder not in ("", "triage"):
            held = HoldingPeriod(*now, since=step.said.at)
    if held is not None:
        yield held
