"""What staff at a desk leave behind: drafts, claims, visits, views; and the history they read."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, Self

from services.router.store.claims import CLAIMS, NOTE, Claims
from services.router.store.history import History
from services.router.store.pending_decisions import CONTENT as PENDING_CONTENT
from services.router.store.pending_decisions import PENDING
from services.router.store.reply_drafts import CONTENT, DRAFTS, ReplyDrafts
from services.router.store.saved_views import CONTENT as VIEW_CONTENT
from services.router.store.saved_views import VIEWS, SavedViews
from services.router.store.visits import PEOPLE, VISITS, Visits
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.letters.event_log import EventLog
from shared.platform.mongo.database import Collection
from shared.platform.repair.key_rotation import Tally, of_fields

SEALED = {
    DRAFTS: {"content": CONTENT},
    CLAIMS: {"note": NOTE},
    VIEWS: {"content": VIEW_CONTENT},
    PENDING: {"content": PENDING_CONTENT},
}
"""The sealed fields of each collection, and what each is bound to besides the document's id."""


class Collections(Protocol):
    """A database."""

    def collection(self, name: str) -> Collection:
        """The documents stored under `name`."""


@dataclass(frozen=True, slots=True)
class DeskStores:
    """The stores of the desks' pages."""

    drafts: ReplyDrafts
    claims: Claims
    visits: Visits
    views: SavedViews
    history: History

    @classmethod
    def of(cls, database: Collections, ring: KeyRing, *, log: EventLog) -> Self:
        """Open the stores of one database."""
        keep = database.collection
        return cls(
            ReplyDrafts(keep(DRAFTS), ring),
            Claims(keep(CLAIMS), ring),
            Visits(keep(PEOPLE), keep(VISITS)),
            SavedViews(keep(VIEWS), ring),
            History(log),
        )


async def rotate(
    database: Collections, ring: KeyRing, *, tally: Tally, is_dry: bool
) -> AsyncIterator[Tally]:
    """Seal what the desks store under the current key, yielding progress. Raises: DatabaseFault."""
    for name, fields in SEALED.items():
        turn = of_fields(database.collection(name), ring, fields=fields)
        async for now in turn.run(tally, is_dry=is_dry):
            yield now
