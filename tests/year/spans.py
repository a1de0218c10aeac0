"""When each clock of a letter runs and which levels it reaches, computed from its facts.

Written from CONTRACTS and counted by hand: a different statement of the router is a finding.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    CommitmentMade,
    ExtensionDecided,
    LetterAccepted,
    LetterEscalated,
    LetterReceived,
    LetterReclassified,
)
from shared.contracts.values import ClockChange
from tests.year.counting import BY_CATEGORY, Dated, Question, dated
from tests.year.days import DAY, day_of, is_worked, midnight_after

FROM_RECEIPT = frozenset({"reply", "petition_notice", "disclosure"})
UNDER_WAY = timedelta(minutes=10)
"""How long a request may be under way before it is decided."""
Run = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a letter."""

    at: datetime
    id: str
    cause: str
    sequence: int
    data: Any


@dataclass(slots=True)
class Span:
    """A time in which one round of a clock runs towards one due date."""

    run: Run
    due_on: date
    levels: Mapping[str, datetime]
    since: datetime
    first: int
    """The sequence of the fact that has set it going."""
    until: datetime | None = None
    last: int | None = None
    """The sequence of the fact that has ended it."""
    waits: bool = False
    """Whether a question to the writer has ended it: what was reached before may still come."""


@dataclass
class Letter:
    """What the facts said so far."""

    number: str
    spans: list[Span] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    state: str = ""
    category: str = ""
    received_at: datetime | None = None
    accepted_at: datetime | None = None
    waits: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """From when to when it waited for its writer."""
    more: dict[Run, int] = field(default_factory=dict)
    zeros: dict[Run, date] = field(default_factory=dict)
    done: dict[Run, set[tuple[str, date]]] = field(default_factory=dict)

    @property
    def paused(self) -> frozenset[date]:
        """The days at whose 24:00 it waited."""
        return frozenset(day for wait in self.waits for day in _days_of(*wait))

    def open(self, run: Run) -> Span | None:
        """The span that lasts of that round, if one does."""
        lasting = (one for one in self.spans if one.run == run and one.until is None)
        return next(lasting, None)


def letter_of(number: str, facts: Iterable[Said]) -> Letter:
    """A letter's clocks, by all events of the router."""
    letter = Letter(number)
    for said in facts:
        _note(letter, said)
        for change in said.data.clocks:
            _change(letter, said, change)
        letter.state = said.data.state
    return letter


def _note(letter: Letter, said: Said) -> None:
    fact: Fact = said.data
    at = fact.at or said.at
    if letter.state == "supplement" and fact.state != "supplement":
        letter.waits[-1] = (letter.waits[-1][0], at)
    if letter.state != "supplement" and fact.state == "supplement":
        letter.waits.append((at, None))
    match fact:
        case LetterReceived():
            letter.received_at, letter.category = fact.received_at, fact.category
        case LetterReclassified():
            letter.category = fact.category
        case LetterAccepted():
            letter.accepted_at = said.at
        case ExtensionDecided(granted=True):
            run = max(run for run in letter.zeros if run[0] == fact.clock)
            letter.more[run] = letter.more.get(run, 0) + fact.days
        case LetterEscalated():
            done = letter.done.setdefault((fact.clock, fact.round), set())
            done.add((fact.level, fact.due_on))
        case _:
            return


def _change(letter: Letter, said: Said, change: ClockChange) -> None:
    run = (change.clock, change.round)
    before = letter.open(run)
    if before is not None:
        before.until, before.last = said.at, said.sequence
        before.waits = change.change == "paused"
    if change.change in ("stopped", "paused"):
        return
    if change.change == "started":
        letter.zeros[run] = _zero(letter, said, change)
    counted = dated(_question(letter, said, run))
    levels = counted.levels
    if change.change != "started":
        levels = dict(_to_come(letter, run, counted, at=said.at))
    _compare(letter, said, change, Dated(counted.due_on, levels))
    letter.spans.append(Span(run, counted.due_on, levels, said.at, said.sequence))


def _zero(letter: Letter, said: Said, change: ClockChange) -> date:
    """Day zero, by the clock's row; requested times count from the request."""
    if change.clock in FROM_RECEIPT:
        assert letter.received_at is not None
        return day_of(letter.received_at)
    if change.clock == "petition":
        assert letter.accepted_at is not None
        return day_of(letter.accepted_at)
    if change.counted_from == day_of(said.at - UNDER_WAY):
        return day_of(said.at - UNDER_WAY)
    return day_of(said.at)


def _question(letter: Letter, said: Said, run: Run) -> Question:
    clock = run[0]
    paused = letter.paused if clock in BY_CATEGORY else frozenset()
    over = [wait for wait in letter.waits if wait[1] is not None]
    return Question(
        clock,
        letter.zeros[run],
        category=letter.category,
        more=letter.more.get(run, 0),
        waited=sum(map(is_worked, {day for wait in over for day in _days_of(*wait)})),
        promised=said.data.due_on if isinstance(said.data, CommitmentMade) else None,
        paused=paused,
    )


def _to_come(
    letter: Letter, run: Run, counted: Dated, *, at: datetime
) -> Iterator[tuple[str, datetime]]:
    """A level that was reached comes again only in the future, and once for each due date."""
    done = letter.done.get(run, set())
    reached = {level for level, _ in done}
    for level, reached_at in counted.levels.items():
        is_over = level in reached and reached_at <= at
        if (level, counted.due_on) not in done and not is_over:
            yield level, reached_at


def _compare(letter: Letter, said: Said, change: ClockChange, counted: Dated) -> None:
    stated = {one.level: one.at for one in change.levels}
    if change.clock == "objection":
        return
    is_so = (change.due_on, stated) == (counted.due_on, counted.levels)
    if not is_so or change.passes_at != midnight_after(counted.due_on):
        letter.findings.append(f"dated otherwise: {change.clock} {change.change} {said.sequence}")


def _days_of(began: datetime, ended: datetime | None) -> Sequence[date]:
    """The days at whose 24:00 a wait held."""
    if ended is None:
        return ()
    days, day = [], day_of(began)
    while midnight_after(day) < ended:
        days.append(day)
        day += DAY
    return days
