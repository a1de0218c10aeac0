"""Lines about letters under way, kept in memory and counted per viewer.

Lines come from the clear codes of stored documents, so that no words are opened and documents of
older versions need no rewriting. Loaded once, then only what has changed (`CHANGED`). Every count
is over the lines that a viewer may find by the same marks as in queries.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, get_args

from services.router.domain.overview import (
    Concern,
    DueSpan,
    Horizon,
    OverviewFilter,
    OverviewLine,
    concerns,
    due_span,
)
from services.router.domain.preconditions import ENDED
from services.router.domain.routing import is_contested
from services.router.store.queries import NEVER
from shared.contracts.slugs import Holder
from shared.contracts.vocabulary import LevelName, State
from shared.kernel.finding import Restriction
from shared.platform.mongo.database import Collection, Document, Update

CHANGED: Final = "changed_at"
"""When a letter's document was last written, by the writer's clock."""
OVERLAP: Final = timedelta(seconds=15)
"""How far the clocks of writers may be apart, and how long a write may take."""
MOST_MARKED: Final = 50
"""Documents marked at once."""
UNDER_WAY: Final = tuple(state for state in get_args(State) if state not in ENDED)
HOLDERS: Final[tuple[Holder, ...]] = get_args(Holder)

_FIELDS: Final = dict.fromkeys(
    (
        *("is", "received_at", "due_at", "category", "followed_since", "open_to", "kept_from"),
        *(CHANGED, "state.police_type", "state.assignment", "state.is_supervised", "state.reads"),
        *("state.clocks.clock", "state.clocks.done", "state.returns", "state.wanted.clock"),
        *("state.instructions.is_answered", "state.commitments.due_on", "state.commitments.kept"),
        *("state.draft.signers",),
    ),
    1,
)

Place = tuple[datetime, str]
"""Where a page of lines ended: due instant and number."""
UNDUE: Final = datetime(9999, 1, 1, tzinfo=NEVER.tzinfo)
"""Sorts letters without a due date last."""


class LetterOverview:
    """The lines of all letters that are under way or have promised something."""

    def __init__(self, letters: Collection) -> None:
        self._letters = letters
        self._lines: dict[str, OverviewLine] = {}
        self._seen_to: datetime | None = None
        self._reading = asyncio.Lock()
        self._marks: dict[tuple[str, ...], frozenset[str]] = {}
        self.as_of: datetime | None = None
        """When it was last brought up to date; None: it is being loaded for the first time."""

    async def load(self, now: datetime) -> None:
        """Load all lines, replacing those in memory. Raises: DatabaseFault."""
        async with self._reading:
            await self._load(now)

    async def _load(self, now: datetime) -> None:
        lines: dict[str, OverviewLine] = {}
        async for document in self._all():
            line = self._line(document)
            if line is not None:
                lines[line.number] = line
        self._lines = lines
        self._seen_to = self.as_of = now

    async def mark_old(self, now: datetime) -> int:
        """Mark documents of older versions as changed now; return how many. Raises: DatabaseFault.

        Queries by that mark find them from then on.
        """
        unmarked = {CHANGED: None}
        found = await self._letters.find(unmarked, fields={"_id": 1}, limit=MOST_MARKED)
        marks = [Update({"_id": one["_id"], **unmarked}, {"$set": {CHANGED: now}}) for one in found]
        await self._letters.write(marks)
        return len(found)

    async def refresh(self, now: datetime) -> int:
        """Read what has changed; return how many letters. Raises: DatabaseFault.

        Pages ask for it while the job may be at it, and then only one of them reads.
        """
        async with self._reading:
            if self._seen_to is None:
                await self._load(now)
                return len(self._lines)
            since = {CHANGED: {"$gte": self._seen_to - OVERLAP}}
            changed = 0
            async for document in self._letters.stream(since, fields=_FIELDS):
                changed += 1
                self._put(document["_id"], self._line(document))
            self._seen_to = self.as_of = now
            return changed

    def lines(
        self, who: Restriction, wanted: OverviewFilter, *, at: Horizon
    ) -> Iterator[OverviewLine]:
        """Yield the lines in a list that this viewer may find, in no order."""
        return (line for line in self.seen_by(who) if wanted.fits(line, at))

    def seen_by(self, who: Restriction) -> Iterator[OverviewLine]:
        """Yield all lines that this viewer may find; letters with equal marks are decided once."""
        known: dict[tuple[frozenset[str], frozenset[str]], bool] = {}
        for line in self._lines.values():
            marks = line.open_to, line.kept_from
            if (is_seen := known.get(marks)) is None:
                is_seen = bool(who.any_of & marks[0]) and not who.none_of & marks[1]
                known[marks] = is_seen
            if is_seen:
                yield line

    def page(
        self,
        who: Restriction,
        wanted: OverviewFilter,
        *,
        at: Horizon,
        after: Place | None,
        most: int,
    ) -> tuple[list[OverviewLine], Place | None]:
        """Return one page of a list, the first due first, and its end if more follow."""
        lines = self.lines(who, wanted, at=at)
        found = (line for line in lines if after is None or place_of(line) > after)
        first = heapq.nsmallest(most + 1, found, key=place_of)
        shown = first[:most]
        return shown, place_of(shown[-1]) if len(first) > most else None

    def _put(self, number: str, line: OverviewLine | None) -> None:
        if line is None:
            self._lines.pop(number, None)
        else:
            self._lines[number] = line

    async def _all(self) -> Any:
        """Documents under way, and ended ones on which a clock still runs."""
        running = [f"{holder}:{state}" for holder in HOLDERS for state in UNDER_WAY]
        async for document in self._letters.stream({"is": {"$in": running}}, fields=_FIELDS):
            yield document
        ended = {"due_at": {"$gt": NEVER}, "is": {"$nin": running}}
        async for document in self._letters.stream(ended, fields=_FIELDS):
            yield document

    def _line(self, document: Document) -> OverviewLine | None:
        """The line of a document; None if nobody looks at the letter any more."""
        if not document.get("is"):
            return None
        line = line_of(document, marks=self._marks)
        is_watched = line.state not in ENDED or line.promises or line.standing
        return line if is_watched else None


@dataclass(slots=True)
class OverviewCounts:
    """Counts over the lines that one viewer may find."""

    by_state: Counter[tuple[Holder, State]] = field(default_factory=Counter)
    by_due: Counter[tuple[Holder, DueSpan]] = field(default_factory=Counter)
    """Letters without an answer."""
    by_concern: Counter[Concern] = field(default_factory=Counter)

    @classmethod
    def of(cls, lines: Iterable[OverviewLine], at: Horizon) -> OverviewCounts:
        """Count the lines."""
        counts = cls()
        for line in lines:
            if line.state not in ENDED:
                counts.by_state[line.holder, line.state] += 1
            if (span := due_span(line, at)) is not None:
                counts.by_due[line.holder, span] += 1
            for concern in concerns(line, at):
                counts.by_concern[concern] += 1
        return counts


def place_of(line: OverviewLine) -> Place:
    """Return the place of a line in lists: the first due first."""
    return line.due_at or UNDUE, line.number


def line_of(
    document: Document, *, marks: dict[tuple[str, ...], frozenset[str]] | None = None
) -> OverviewLine:
    """Return the line of a stored letter. `marks`: equal sets are shared."""
    holder, _, state = document["is"].partition(":")
    content: Mapping[str, Any] = document.get("state") or {}
    shared = {} if marks is None else marks
    return OverviewLine(
        number=document["_id"],
        holder=holder,
        state=state,
        category=document["category"],
        police_type=content.get("police_type"),
        received_at=document["received_at"],
        due_at=document.get("due_at"),
        open_to=_shared(document.get("open_to", ()), shared),
        kept_from=_shared(document.get("kept_from", ()), shared),
        assignment=content.get("assignment", 0),
        levels=_levels(content.get("clocks") or ()),
        returns=len(content.get("returns") or ()),
        standing=frozenset(_standing(content, state=state))
        | (frozenset({"followed"}) if "followed_since" in document else frozenset()),
        **_work(content),
    )


def _standing(content: Mapping[str, Any], *, state: str) -> Iterator[Concern]:
    """The concerns that no date decides."""
    returns = [(back["bureau"], back["suggestion"]) for back in content.get("returns") or ()]
    if content.get("wanted") is not None:
        yield "extension"
    instructions = content.get("instructions") or ()
    if state != "withdrawn" and any(not one.get("is_answered") for one in instructions):
        yield "instruction"
    if state in ENDED:
        return
    if returns:
        yield "returned"
    if is_contested(returns):
        yield "ping_pong"
    if content.get("is_supervised"):
        yield "supervised"


def _work(content: Mapping[str, Any]) -> dict[str, Any]:
    reads = content.get("reads") or ()
    signers = (content.get("draft") or {}).get("signers") or ()
    return {
        "promises": tuple(
            date.fromisoformat(one["due_on"])
            for one in content.get("commitments") or ()
            if one.get("kept") is None
        ),
        "signer": signers[0] if signers else None,
        "read_by": frozenset(office for office, in_person in reads if in_person),
        "read_for": frozenset(office for office, _ in reads),
    }


def _levels(clocks: Iterable[Mapping[str, Any]]) -> frozenset[LevelName]:
    return frozenset(level for clock in clocks for level, _ in clock.get("done") or ())


def _shared(names: Iterable[str], known: dict[tuple[str, ...], frozenset[str]]) -> frozenset[str]:
    key = tuple(names)
    if key not in known:
        known[key] = frozenset(key)
    return known[key]
