"""What is asked for again? Events that a letter has waited for longer than a minute.

A letter that heard of an event before its turn waits for those in between. Mostly they are on their
way. When they don't come, the topic's writer is asked on `letters.resends`, which loses nothing if
it is lost: the gap stays in the letter's document, and is asked for again once this process has
read past what the topic held when it asked, each time after twice the pause.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from collections.abc import Collection as Names
from dataclasses import replace
from datetime import datetime, timedelta

from shared.contracts.envelope import envelope, event_id
from shared.contracts.fields import MOST
from shared.contracts.resends_v1 import ALL, ResendRequested
from shared.contracts.topics import BY_NAME, RESENDS
from shared.contracts.vocabulary import Service
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.sender import Sender
from shared.platform.letters.stored_letter import outbound
from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import Listing, Place
from shared.platform.repair.sequence_gaps import (
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    Asked,
    Reading,
    SequenceGap,
    gaps_of,
)
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import ANSWERED, ASKED_AGAIN

PATIENCE = timedelta(minutes=1)
"""How long a gap may last before anybody is asked."""
PAUSE_S = 2.0
MOST_ASKED = 50
"""Of each pass; what is early of these letters is loaded."""
MOST_REMEMBERED = 10_000
"""Gaps that were asked for and are still open; beyond, nothing new is asked."""

OLDEST_FIRST = Listing(at="gap_since", direction=1, most=500)

Holds = Callable[[Names[str]], Awaitable[frozenset[str]]]
"""Which of these events are parked; what waits behind one waits for an operator."""


class GapRecovery:
    """Asks for what the letters of one service miss."""

    def __init__(
        self,
        letters: Collection,
        sender: Sender,
        *,
        service: Service,
        reads: Iterable[str],
        holds: Holds,
        now: Now,
    ) -> None:
        """`service`: whose letters these are. `reads`: the topics that it hears."""
        self._letters = letters
        self._sender = sender
        self._service = service
        self._topics = {mark: name for name in reads if (mark := BY_NAME[name].mark)}
        self._holds = holds
        self._now = now
        self.reading: Reading | None = None
        """The consumer of now; without one nothing is asked."""
        self._asked: dict[tuple[str, str], Asked] = {}
        self._met: set[tuple[str, str]] = set()
        """Gaps that were found since the list was begun."""
        self._after: Place | None = None

    async def run(self) -> None:
        """Look every few seconds until cancelled; a failing broker or database is tried again."""
        await run_periodically(self.ask, name="asking for what is missing", pause_s=PAUSE_S)

    async def ask(self) -> int:
        """Ask for what is due among the next gaps of the list, the oldest first; for how many.

        Raises: BusFault, then some may be asked for once more; DatabaseFault.
        """
        reading = self.reading
        if reading is None:
            return 0
        found = await self._next_gaps()
        due = [gap for gap in found if gap.at in reading.assigned and self._is_due(gap, reading)]
        due = await self._without_parked(due)
        wanted = await self._up_to_early(due[:MOST_ASKED])
        await self._sender.resend([self._request(gap) for gap in wanted])
        for gap in wanted:
            self._remember(gap, reading)
        ASKED_AGAIN.inc(len(wanted))
        return len(wanted)

    async def ask_for_all(self, topics: Iterable[str]) -> None:
        """Ask the writers of `topics` for everything that they ever said there. Raises: BusFault.

        What nobody can send again, as the actions of a bureau, is left out.
        """
        wanted = sorted(topic for topic in topics if topic in self._topics.values())
        await self._sender.resend(
            [self._ask(topic, ALL, first=1, last=MOST) for topic in wanted],
        )

    async def _next_gaps(self) -> list[SequenceGap]:
        """The gaps of the next page of letters that have waited long enough."""
        latest = self._now() - PATIENCE
        where = {"gap_since": {"$lte": latest}}
        names, after = await OLDEST_FIRST.page(self._letters, where, after=self._after)
        found = await self._letters.find(
            {"_id": {"$in": names}}, fields={"seen": 1, "heard": 1, "gap_since": 1}
        )
        overdue = [one for one in found if _since(one, latest) <= latest]
        gaps = [gap for one in overdue for gap in gaps_of(one, self._topics)]
        self._after = after
        self._met |= {(gap.letter, gap.mark) for gap in gaps}
        if self._after is None:
            self._forget_closed()
        return gaps

    def _forget_closed(self) -> None:
        """At the end of the list: what was asked for and isn't on it any more has come."""
        for name in self._asked.keys() - self._met:
            del self._asked[name]
            ANSWERED.inc()
        self._met.clear()

    def _is_due(self, gap: SequenceGap, reading: Reading) -> bool:
        before = self._asked.get((gap.letter, gap.mark))
        if before is None:
            return len(self._asked) < MOST_REMEMBERED
        has_passed = (reading.position(gap.at) or 0) >= before.end
        return has_passed and self._now() >= before.again_at

    async def _without_parked(self, gaps: Sequence[SequenceGap]) -> list[SequenceGap]:
        """Leave out letters whose next event is parked: no resend could help them."""
        ids = {event_id(gap.at.topic, gap.letter, sequence=gap.first): gap for gap in gaps}
        parked = await self._holds(list(ids)) if ids else frozenset()
        return [gap for name, gap in ids.items() if name not in parked]

    async def _up_to_early(self, gaps: Sequence[SequenceGap]) -> list[SequenceGap]:
        """The gaps without what waits in `early` already, as it is now."""
        found = await self._letters.find(
            {"_id": {"$in": [gap.letter for gap in gaps]}}, fields={"early": 1}
        )
        early = {one["_id"]: one.get("early", {}) for one in found}
        return [gap.before(early.get(gap.letter, {})) for gap in gaps]

    def _remember(self, gap: SequenceGap, reading: Reading) -> None:
        name = (gap.letter, gap.mark)
        before = self._asked.get(name)
        pause = SHORTEST_PAUSE
        if before is not None and before.first == gap.first:
            pause = min(2 * before.pause, LONGEST_PAUSE)
        elif before is not None:
            ANSWERED.inc()
        end = reading.end(gap.at) or 0
        self._asked[name] = Asked(gap.at, gap.first, end, pause, self._now() + pause)

    def _request(self, gap: SequenceGap) -> Outbound:
        return self._ask(gap.at.topic, gap.letter, first=gap.first, last=gap.last)

    def _ask(self, topic: str, subject: str, *, first: int, last: int) -> Outbound:
        data = ResendRequested(
            topic=topic,
            subject=subject,
            from_sequence=first,
            to_sequence=last,
            reader=self._service,
        )
        said = envelope(RESENDS.name, subject, data=data, time=self._now())
        named = replace(said, id=f"{said.id}/{self._service}/{BY_NAME[topic].mark}/{first}")
        return outbound(named, RESENDS.name)


def _since(document: Document, otherwise: datetime) -> datetime:
    since: datetime = document.get("gap_since", otherwise)
    return since
