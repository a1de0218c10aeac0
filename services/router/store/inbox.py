"""The letters of a desk, the next due first, and how many there are: from the overview's lines."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.router.domain.overview import OverviewLine
from services.router.store.overview import Place, place_of
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import PoliceType, State

AT_DESK: Final[tuple[State, ...]] = ("routed", "handling", "supplement", "signing")
"""States in which a desk has something to do, or waits for others."""
SOON: Final = timedelta(days=3)
SHOWN: Final = 25
Holdings = Mapping[str, int]
"""Letters, each with the number of its holding."""


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What the person wants to see; None: any."""

    states: tuple[State, ...] = AT_DESK
    police_type: PoliceType | None = None
    due_after: datetime | None = None
    due_until: datetime | None = None
    only: Holdings | None = None
    """Only these letters, each in this holding: those that the person has claimed."""
    without: Holdings = field(default_factory=dict)
    """Not these: those that anybody has claimed."""

    def fits(self, line: OverviewLine) -> bool:
        """Whether the letter is in the list."""
        due = place_of(line)[0]
        return (
            line.state in self.states
            and self.police_type in (None, line.police_type)
            and (self.only is None or _is_in(self.only, line))
            and not _is_in(self.without, line)
            and (self.due_after is None or due > self.due_after)
            and (self.due_until is None or due <= self.due_until)
        )


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How many letters of a desk there are, by what can be filtered."""

    states: Mapping[str, int]
    police_types: Mapping[str, int]
    overdue: int
    due_soon: int
    """Within three days."""
    unclaimed: int
    mine: int


def of_desks(lines: Iterable[OverviewLine], desks: Iterable[Bureau]) -> list[OverviewLine]:
    """Return the lines of letters that these desks hold and have not answered."""
    held = frozenset(desks)
    return [line for line in lines if line.holder in held and line.state in AT_DESK]


def inbox_page(
    lines: Iterable[OverviewLine], wanted: InboxFilter, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """Return the numbers on one page, the next due first, and its end if more follow."""
    found = (
        line for line in lines if wanted.fits(line) and (after is None or place_of(line) > after)
    )
    first = heapq.nsmallest(SHOWN + 1, found, key=place_of)
    shown = first[:SHOWN]
    return [line.number for line in shown], place_of(shown[-1]) if len(first) > SHOWN else None


def count_inbox(
    lines: Iterable[OverviewLine], *, now: datetime, claimed: Holdings, mine: Holdings
) -> InboxCounts:
    """Count what `inbox_page` would show by each filter.

    `claimed`: letters that anybody works on; `mine`: those of the person.
    """
    states, types = Counter[str](), Counter[str]()
    overdue = soon = free = own = 0
    for line in lines:
        due = place_of(line)[0]
        states[line.state] += 1
        types[line.police_type or ""] += 1
        overdue += due <= now
        soon += now < due <= now + SOON
        free += not _is_in(claimed, line)
        own += _is_in(mine, line)
    return InboxCounts(states, types, overdue, soon, free, own)


def _is_in(holdings: Holdings, line: OverviewLine) -> bool:
    return holdings.get(line.number) == line.assignment
