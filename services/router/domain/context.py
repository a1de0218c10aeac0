"""What every fact of the router says: who decided it, as of when, and what it does to clocks. Pure.

A `Matter` is a letter at the moment at which something is decided about it.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from services.router.domain import timers
from services.router.domain.due_dates import Book
from services.router.domain.folding import evolve
from services.router.domain.letter import Letter
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import DueChanged
from shared.contracts.slugs import Holder
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import State, WhyDueChanged
from shared.kernel.frozen import replace
from shared.kernel.working_days import civil_date

RULE = By(role="rule")
WRITER = By(role="writer")
CLOCK = By(role="clock")
NONE: frozenset[str] = frozenset()


class Common(TypedDict):
    """The part that all facts share."""

    state: State
    holder: Holder
    assignment: int
    by: By
    at: datetime
    clocks: tuple[ClockChange, ...]


@dataclass(frozen=True)
class Matter:
    """One letter, who decides about it, and as of when."""

    letter: Letter
    book: Book
    by: By
    at: datetime
    """What was asked in time counts as in time, whenever it comes to be decided."""

    @property
    def today(self) -> date:
        """The day in Guangdong."""
        return civil_date(self.at)

    def common(
        self,
        event: type[Fact],
        *,
        state: State | None = None,
        conditions: Set[str] = NONE,
        clocks: tuple[ClockChange, ...] = (),
    ) -> Common:
        """What `event` says of the letter besides its own fields.

        It stops and starts what the policies say; `clocks` are what it does besides. `state`: none
        when it stays; a letter that goes to triage has no bureau any more.
        """
        letter, name = self.letter, name_of(event)
        changes = (*timers.stops(letter, name, book=self.book), *clocks)
        if changes:
            letter = replace(letter, clocks=timers.after(changes, letter.clocks))
        started = timers.starts(letter, name, conditions=conditions, at=self.at, book=self.book)
        return Common(
            state=state or letter.state,
            holder="triage" if state == "triage" else letter.holder,
            assignment=letter.assignment,
            by=self.by,
            at=self.at,
            clocks=(*changes, *started),
        )

    def bare(self, *clocks: ClockChange) -> Common:
        """As `common`, for what changes no state, and these clocks alone."""
        letter = self.letter
        return Common(
            state=letter.state,
            holder=letter.holder,
            assignment=letter.assignment,
            by=self.by,
            at=self.at,
            clocks=clocks,
        )

    def after(self, *events: object) -> "Matter":
        """The same matter once these have happened."""
        letter = self.letter
        for event in events:
            now = evolve(letter, event)
            letter = now if isinstance(now, Letter) else letter
        return replace(self, letter=letter)

    def of(self, by: By) -> "Matter":
        """The same matter, decided by somebody else."""
        return replace(self, by=by)


def name_of(event: type[Fact]) -> str:
    """The name within an event's type, such as `letter.accepted`."""
    return event.type.removeprefix("gd.mailbox.").rpartition(".")[0]


def due_changes(
    matter: Matter, moved: tuple[timers.Moved, ...], *, reason: WhyDueChanged
) -> tuple[DueChanged, ...]:
    """What is said of clocks that another event has moved; `matter`: after that event."""
    return tuple(
        DueChanged(
            **matter.of(RULE).bare(),
            clock=one.before.clock,
            round=one.before.round,
            old_due=one.before.due_on,
            new_due=one.change.due_on or one.before.due_on,
            reason=reason,
            calendar_version=matter.book.calendar.version,
            receipt=one.receipt,
        )
        for one in moved
        if one.has_moved
    )
