"""How intake keeps letters and the keys under which they were sent."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter

from services.intake.domain import IntakeState, Letter
from shared.contracts.event import Event
from shared.contracts.topics import PROGRESS, PUBLISHED, SUBMITTED
from shared.kernel.errors import IdReused, NotFound
from shared.platform.clock import Now
from shared.platform.database import Collection, Document, Index, Insert
from shared.platform.documents import INDEXES as SHELL_INDEXES
from shared.platform.grouped import Grouped
from shared.platform.paging import Listing, Place
from shared.platform.rules import Outgoing

LETTERS = "letters"
IDEMPOTENCY = "idempotency"

STATE: TypeAdapter[IntakeState] = TypeAdapter(IntakeState)

READS = (PROGRESS.name, PUBLISHED.name)
WRITES = (SUBMITTED.name,)

INDEXES = {
    LETTERS: (*SHELL_INDEXES, Index((("owner", 1), ("received_at", -1), ("_id", -1)))),
    IDEMPOTENCY: (Index((("at", 1),), expire_after_s=90 * 86_400),),
}

NEWEST_FIRST = Listing(at="received_at", direction=-1, most=20)


def index(state: IntakeState) -> Document:
    """What letters are looked up by: the writer, newest first."""
    if not isinstance(state, Letter):
        return {"owner": None, "received_at": None}
    return {"owner": state.owner, "received_at": state.received_at}


def outgoing(event: Any, _: IntakeState) -> Iterable[Outgoing]:
    """Every public event of intake goes to `letters.submitted`."""
    if isinstance(event, Event):
        yield Outgoing(SUBMITTED.name, event)


async def letters_of(
    letters: Collection, owner: str, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of a writer's letter numbers, newest first, and where it ended if more follows."""
    return await NEWEST_FIRST.page(letters, {"owner": owner}, after=after)


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


def _number_of(asked: Document, kept: Document | None) -> str | Exception:
    if kept is None:
        return NotFound("drawn and gone")
    if kept["request"] != asked["request"]:
        return IdReused()
    return str(kept["letter"])
