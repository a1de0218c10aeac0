"""How intake keeps letters and the keys under which they were sent, and how many wait to go on."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import TypeAdapter

from services.intake.domain import IntakeState, Letter
from shared.contracts.event import Event
from shared.contracts.topics import PROGRESS, PUBLISHED, RESENDS, SUBMITTED
from shared.kernel.errors import IdReused, NotFound, Refused
from shared.platform.clock import Now
from shared.platform.database import Collection, DatabaseFault, Document, Index, Insert
from shared.platform.documents import INDEXES as SHELL_INDEXES
from shared.platform.grouped import Grouped
from shared.platform.paging import Listing, Place
from shared.platform.rules import Outgoing

LOG = logging.getLogger(__name__)

LETTERS = "letters"
IDEMPOTENCY = "idempotency"

STATE: TypeAdapter[IntakeState] = TypeAdapter(IntakeState)

READS = (PROGRESS.name, PUBLISHED.name, RESENDS.name)
WRITES = (SUBMITTED.name,)

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("owner", 1), ("received_at", -1), ("_id", -1))),
        Index((("identity_kid", 1),), sparse=True),
    ),
    IDEMPOTENCY: (Index((("at", 1),), expire_after_s=90 * 86_400),),
}

MOST_IDENTITIES = 200
"""That are sealed again in one pass."""
NEWEST_FIRST = Listing(at="received_at", direction=-1, most=20)


def index(state: IntakeState) -> Document:
    """What letters are looked up by: the writer, newest first, and the key of the identity."""
    if not isinstance(state, Letter):
        return {"owner": None, "received_at": None, "identity_kid": None}
    return {
        "owner": state.owner,
        "received_at": state.received_at,
        "identity_kid": state.identity_kid,
    }


def outgoing(event: Any, _: IntakeState) -> Iterable[Outgoing]:
    """Every public event of intake goes to `letters.submitted`."""
    if isinstance(event, Event):
        yield Outgoing(SUBMITTED.name, event)


async def letters_of(
    letters: Collection, owner: str, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of a writer's letter numbers, newest first, and where it ended if more follows."""
    return await NEWEST_FIRST.page(letters, {"owner": owner}, after=after)


async def identities_under(letters: Collection, kids: Iterable[str]) -> dict[str, str]:
    """Some of the letters whose holder has the identity under one of `kids`, each with its kid."""
    where = {"identity_kid": {"$in": sorted(kids)}}
    found = await letters.find(where, fields={"identity_kid": 1}, limit=MOST_IDENTITIES)
    return {one["_id"]: one["identity_kid"] for one in found}


class Numbers:
    """Letter numbers, drawn once for each person and idempotency key.

    The record's `_id` is a keyed hash of both, and it holds the request's hash and the number: a
    submission that is repeated, whatever died in between, ends as the same letter.
    """

    def __init__(self, collection: Collection, *, now: Now, draw: Callable[[], str]) -> None:
        """`draw`: a new letter number each time."""
        self._collection = collection
        self._now = now
        self._draw = draw
        self._grouped: Grouped[Document, str] = Grouped(self._keep)

    async def number(self, key: str, *, request: str) -> str:
        """The number under `key`. Raises: IdReused, when it was drawn for another `request`."""
        return await self._grouped.do(
            {"_id": key, "request": request, "letter": self._draw(), "at": self._now()}
        )

    async def has_drawn(self, key: str) -> bool:
        """Whether there is a number under `key`."""
        return await self._collection.one({"_id": key}, fields={"_id": 1}) is not None

    async def run(self) -> None:
        """Keep what is drawn until cancelled."""
        await self._grouped.run()

    async def _keep(self, drawn: Sequence[Document]) -> Sequence[str | Exception]:
        """Keep those that are new, all in one write.

        Answer the others with what was kept before.
        """
        first = {one["_id"]: one for one in reversed(drawn)}
        new = list(first.values())
        written = await self._collection.write([Insert(one) for one in new])
        taken = [new[position]["_id"] for position in sorted(written.taken)]
        if taken:
            before = await self._collection.find({"_id": {"$in": taken}})
            first |= {one["_id"]: one for one in before}
        return [_number_of(one, first.get(one["_id"])) for one in drawn]


class Backlogged(Refused):
    """So much waits to be sent that no new letter is taken in; it will be again by itself."""

    status = 503
    code = "backlog"


class Backlog:
    """How many letters have something that the broker hasn't acknowledged.

    Counted in the documents each second; what this process let in since is added, so that no
    second lets in more than there is room for. Other replicas' letters of that second are not.
    Where counting takes long it is done less often: the database is needed for sending them.
    """

    PAUSE_S = 1.0
    MOST_SHARE = 0.1
    """Of its time that may be spent on counting."""
    LONGEST_PAUSE_S = 10.0
    """However long a count took, as when the database stood still: what it said grows stale."""

    def __init__(self, letters: Collection, *, most: int, now: Now) -> None:
        self._letters = letters
        self._most = most
        self._now = now
        self._counted = 0
        self._under_way = 0
        self._since = 0

    @property
    def is_full(self) -> bool:
        """Whether no new letter may be taken in."""
        return self._counted + self._since + self._under_way >= self._most

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Take in one letter during the block; it counts until it was counted in the documents."""
        self._under_way += 1
        try:
            yield
            self._since += 1
        finally:
            self._under_way -= 1

    async def count(self) -> None:
        """Count anew. Raises: DatabaseFault."""
        since = self._since
        waiting = {"unsent_since": {"$lte": self._now()}}
        found = await self._letters.find(waiting, fields={"_id": 1}, limit=self._most)
        self._counted = len(found)
        self._since -= since

    async def run(self) -> None:
        """Count each second until cancelled; while the database is away nothing comes in anyway."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                await self.count()
            except DatabaseFault as fault:
                LOG.warning("backlog not counted", extra={"fault": type(fault).__name__})
            await asyncio.sleep(self.pause_after(clock() - began))

    @classmethod
    def pause_after(cls, seconds: float) -> float:
        """How long to wait after a count that took so long, in seconds."""
        return min(max(cls.PAUSE_S, seconds / cls.MOST_SHARE), cls.LONGEST_PAUSE_S)


def _number_of(asked: Document, kept: Document | None) -> str | Exception:
    if kept is None:
        return NotFound("drawn and gone")
    if kept["request"] != asked["request"]:
        return IdReused()
    return str(kept["letter"])
