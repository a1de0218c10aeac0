"""A letter at the moment of a decision, and the header that every fact carries."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias, TypedDict

from services.router.domain import timers
from services.router.domain.actors import RULE
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import Letter, LetterState
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import DueChanged
from shared.contracts.slugs import Holder
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import ClockName, State, WhyDueChanged
from shared.kernel.frozen import replace
from shared.kernel.working_days import civil_date

Facts: TypeAlias = tuple[Fact, ...]
Evolve: TypeAlias = Callable[[LetterState, object], LetterState]
NO_CONDITIONS: frozenset[str] = frozenset()


class FactHeader(TypedDict):
    """The fields that all facts share."""

    state: State
    holder: Holder
    assignment: int
    by: By
    at: datetime
    clocks: tuple[ClockChange, ...]


@dataclass(frozen=True)
class DecisionContext:
    """The letter, the rules in force for it, who decides, and when."""

    letter: Letter
    rulebook: Rulebook
    by: By
    at: datetime
    """When the request was made: a request made in time counts, however late it is decided."""
    evolve: Evolve
    """Handed in because the subjects, which `evolve` imports, import this module."""

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai."""
        return civil_date(self.at)

    def fact_header(
        self,
        event: type[Fact],
        *,
        state: State | None = None,
        conditions: Set[str] = NO_CONDITIONS,
        clocks: tuple[ClockChange, ...] = (),
    ) -> FactHeader:
        """Return the header of `event`, with the clocks that the policies stop and start for it.

        `clocks`: further changes. `state`: the new state; None: unchanged. A letter that enters
        triage has no bureau any more.
        """
        letter, name = self.letter, event_name(event)
        changes = (*timers.stops(letter, name, rulebook=self.rulebook), *clocks)
        if changes:
            letter = replace(letter, clocks=timers.after(changes, letter.clocks))
        started = timers.starts(
            letter, name, conditions=conditions, at=self.at, rulebook=self.rulebook
        )
        header = self.plain_header(*changes, *started)
        header["state"] = state or letter.state
        header["holder"] = "triage" if state == "triage" else letter.holder
        return header

    def plain_header(self, *clocks: ClockChange) -> FactHeader:
        """Return the header of a fact that changes no state, and only these clocks."""
        letter = self.letter
        return FactHeader(
            state=letter.state,
            holder=letter.holder,
            assignment=letter.assignment,
            by=self.by,
            at=self.at,
            clocks=clocks,
        )

    def after(self, *events: object) -> DecisionContext:
        """Return the same context with these events applied to the letter."""
        letter = self.letter
        for event in events:
            now = self.evolve(letter, event)
            letter = now if isinstance(now, Letter) else letter
        return replace(self, letter=letter)

    def as_actor(self, by: By) -> DecisionContext:
        """Return the same context with another actor."""
        return replace(self, by=by)


def event_name(event: type[Fact]) -> str:
    """The name within an event's type, such as `letter.accepted`."""
    return event.type.removeprefix("gd.mailbox.").rpartition(".")[0]


def due_changes(
    context: DecisionContext, moved: tuple[timers.MovedClock, ...], *, reason: WhyDueChanged
) -> tuple[DueChanged, ...]:
    """Report the due dates that another event has changed; `context` is the one after it."""
    return tuple(
        DueChanged(
            **context.as_actor(RULE).plain_header(),
            clock=clock.before.clock,
            round=clock.before.round,
            old_due=clock.before.due_on,
            new_due=clock.change.due_on or clock.before.due_on,
            reason=reason,
            calendar_version=context.rulebook.calendar.version,
            receipt=clock.receipt,
        )
        for clock in moved
        if clock.has_moved
    )


def stopped(context: DecisionContext, clock: ClockName, *, number: int) -> tuple[ClockChange, ...]:
    """Return the change that stops that round of a clock; nothing if it doesn't run."""
    running = context.letter.running(clock, number)
    return (timers.stop(running),) if running else ()
