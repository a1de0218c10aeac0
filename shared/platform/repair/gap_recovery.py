"""Requests for events that a letter has waited for longer than a minute.

A letter that received an event too early waits for those in between. Usually they are on their way.
If they don't arrive, the topic's writer is asked on `letters.resends`. A lost request is harmless:
the gap stays in the letter's document, and is requested again once this process has read everything
that the topic held at the request, with a pause that doubles each time.
"""

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
    GapRequest,
    ReadTopics,
    SequenceGap,
    gaps_of,
)
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import ANSWERED, ASKED_AGAIN

PATIENCE = timedelta(minutes=1)
"""How long a gap may last before it is requested."""
PAUSE_S = 2.0
MOST_ASKED = 50
"""Requests per run; the early events of these letters are loaded."""
MOST_REMEMBERED = 10_000
"""Requested gaps that are still open; beyond this number, no new ones are requested."""

OLDEST_FIRST = Listing(at="gap_since", direction=1, most=500)

Holds = Callable[[Names[str]], Awaitable[frozenset[str]]]
"""Returns which of these events are parked; a letter behind a parked event needs an operator."""


class GapRecovery:
    """Requests the events that letters of one service miss."""

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
        """`service`: the owner of these letters. `reads`: the topics that it consumes."""
        self._letters = letters
        self._sender = sender
        self._service = service
        self._topics = {mark: name for name in reads if (mark := BY_NAME[name].mark)}
        self._holds = holds
        self._now = now
        self.reading: ReadTopics | None = None
        """The current consumer; without one nothing is requested."""
        self._asked: dict[tuple[str, str], GapRequest] = {}
        self._met: set[tuple[str, str]] = set()
        """Gaps found since the list was started."""
        self._after: Place | None = None

    async def run(self) -> None:
        """Look for gaps every few seconds until cancelled; failures are retried."""
        await run_periodically(self.ask, name="asking for what is missing", pause_s=PAUSE_S)

    async def ask(self) -> int:
        """Request the due gaps of the next page, oldest first; return their number.

        Raises: BusFault: then some may be requested twice; DatabaseFault.
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
        """Ask the writers of `topics` for everything that they ever sent there. Raises: BusFault.

        Topics that nobody can send again, like a bureau's actions, are left out.
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
        overdue = [document for document in found if _since(document, latest) <= latest]
        gaps = [gap for document in overdue for gap in gaps_of(document, self._topics)]
        self._after = after
        self._met |= {(gap.letter, gap.mark) for gap in gaps}
        if self._after is None:
            self._forget_closed()
        return gaps

    def _forget_closed(self) -> None:
        """At the end of the list: requested gaps that are no longer on it have been closed."""
        for name in self._asked.keys() - self._met:
            del self._asked[name]
            ANSWERED.inc()
        self._met.clear()

    def _is_due(self, gap: SequenceGap, reading: ReadTopics) -> bool:
        before = self._asked.get((gap.letter, gap.mark))
        if before is None:
            return len(self._asked) < MOST_REMEMBERED
        has_passed = (reading.position(gap.at) or 0) >= before.end
        return has_passed and self._now() >= before.again_at

    async def _without_parked(self, gaps: Sequence[SequenceGap]) -> list[SequenceGap]:
        """Leave out letters whose next event is parked: a resend could not help them."""
        ids = {event_id(gap.at.topic, gap.letter, sequence=gap.first): gap for gap in gaps}
        parked = await self._holds(list(ids)) if ids else frozenset()
        return [gap for name, gap in ids.items() if name not in parked]

    async def _up_to_early(self, gaps: Sequence[SequenceGap]) -> list[SequenceGap]:
        """Shorten the gaps to end before the first event that is buffered now."""
        found = await self._letters.find(
            {"_id": {"$in": [gap.letter for gap in gaps]}}, fields={"early": 1}
        )
        early = {document["_id"]: document.get("early", {}) for document in found}
        return [gap.before(early.get(gap.letter, {})) for gap in gaps]

    def _remember(self, gap: SequenceGap, reading: ReadTopics) -> None:
        name = (gap.letter, gap.mark)
        before = self._asked.get(name)
        pause = SHORTEST_PAUSE
        if before is not None and before.first == gap.first:
            pause = min(2 * before.pause, LONGEST_PAUSE)
        elif before is not None:
            ANSWERED.inc()
        end = reading.end(gap.at) or 0
        self._asked[name] = GapRequest(gap.at, gap.first, end, pause, self._now() + pause)

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
        request = envelope(RESENDS.name, subject, data=data, time=self._now())
        named = replace(request, id=f"{request.id}/{self._service}/{BY_NAME[topic].mark}/{first}")
        return outbound(named, RESENDS.name)


def _since(document: Document, otherwise: datetime) -> datetime:
    since: datetime = document.get("gap_since", otherwise)
    return since
