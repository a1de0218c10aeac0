"""How the publisher keeps letters: their shape, their indexes, and what editors and everyone list.

Public pages are found by their own two fields and read without the letter number, which is the
document's key: what is never loaded can't be shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter

from services.publisher.domain import Happening, Letter, Page
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.slugs import Bureau
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, RESENDS, SUBMITTED
from shared.contracts.vocabulary import Category, PoliceType, State
from shared.platform.database import Collection, Document, Index
from shared.platform.documents import INDEXES as SHELL_INDEXES
from shared.platform.paging import Place
from shared.platform.rules import Outgoing
from shared.platform.seen import marks

LETTERS = "letters"

STATE: TypeAdapter[Letter] = TypeAdapter(Letter)
PAGE: TypeAdapter[Page] = TypeAdapter(Page)

READS = (SUBMITTED.name, PROGRESS.name, RESENDS.name)
WRITES = (PUBLISHED.name, RELEASES.name)

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("copied_at", 1), ("_id", 1))),
        Index((("published_at", -1), ("publication", -1)), sparse=True),
        Index((("publication", 1),), sparse=True),
    ),
}

MOST_ON_A_PAGE = 20
MOST_COUNTED = 1_000
EVERYTHING: Document = {}
"""The filter of lists that everyone may read."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the editors' list, without its words."""

    letter: str
    copied_at: datetime
    stage: Literal["copied", "proposed"]
    copy: int
    state: State | None
    category: Category | None
    city: Bureau | None
    topic: PoliceType | None


ROW: TypeAdapter[DraftRow] = TypeAdapter(DraftRow)


def index(state: Letter) -> Document:
    """Where a draft stands in the editors' list, or a publication in everyone's."""
    return {
        "copied_at": state.waiting.copied_at if state.waiting else None,
        "published_at": state.page.published_at if state.page else None,
        "publication": state.page.publication if state.page else None,
        **marks(state.standing),
    }


def outgoing(event: Happening, _: Letter) -> Iterable[Outgoing]:
    """What our services are told, by letter, and everyone, by publication."""
    if isinstance(event, LetterPublished):
        yield Outgoing(PUBLISHED.name, event)
    if isinstance(event, ReleasePublished):
        yield Outgoing(RELEASES.name, event, subject=event.publication)


async def drafts(
    letters: Collection, now: datetime, *, seen: Document, after: Place | None = None
) -> tuple[list[DraftRow], Place | None]:
    """One page of what waits for an editor, oldest first, and where it ended if more follows.

    `seen`: the filter for what the editor may find.
    """
    found = await _listed(letters, DRAFTS, now=now, after=after, seen=seen)
    rows = [_row(one) for one in found[:MOST_ON_A_PAGE]]
    more = len(found) > MOST_ON_A_PAGE
    return rows, (rows[-1].copied_at, rows[-1].letter) if more else None


async def count_drafts(letters: Collection, now: datetime) -> int:
    """How many drafts wait, at most `MOST_COUNTED`."""
    where = {"copied_at": {"$lte": now}}
    return len(await letters.find(where, fields={"_id": 1}, limit=MOST_COUNTED))


async def publications(
    letters: Collection, now: datetime, *, after: Place | None = None
) -> tuple[list[Page], Place | None]:
    """One page of what everyone can read, newest first, and where it ended if more follows."""
    found = await _listed(letters, PUBLICATIONS, now=now, after=after)
    pages = [_page(one) for one in found[:MOST_ON_A_PAGE]]
    more = len(found) > MOST_ON_A_PAGE
    return pages, (pages[-1].published_at, pages[-1].publication) if more else None


async def publication(letters: Collection, publication_id: str) -> Page | None:
    """What everyone can read under that id."""
    found = await letters.one({"publication": publication_id}, fields=PUBLICATIONS.fields)
    return _page(found) if found else None


@dataclass(frozen=True, slots=True)
class _List:
    """How one list is sorted, by an instant and then by an id, and what is loaded for it."""

    at: str
    id: str
    direction: Literal[1, -1]
    fields: Document

    @property
    def beyond(self) -> str:
        """What comes later in the list."""
        return "$gt" if self.direction == 1 else "$lt"


DRAFTS = _List(
    at="copied_at",
    id="_id",
    direction=1,
    fields={
        "copied_at": 1,
        "state.draft.kind": 1,
        "state.draft.copy": 1,
        "state.state": 1,
        "state.category": 1,
        "state.city": 1,
        "state.topic": 1,
    },
)
PUBLICATIONS = _List(
    at="published_at",
    id="publication",
    direction=-1,
    fields={"_id": 0, "state.draft.page": 1},
)


async def _listed(
    letters: Collection,
    of: _List,
    *,
    now: datetime,
    after: Place | None,
    seen: Document = EVERYTHING,
) -> list[Document]:
    """One page and one more. Entries of one instant are told apart by their ids."""
    found: list[Document] = []
    rest: Document = {"$lte": now}
    if after is not None:
        tied = {of.at: after[0], of.id: {of.beyond: after[1]}} | seen
        found = await _sorted(letters, of, where=tied, most=MOST_ON_A_PAGE + 1)
        rest |= {of.beyond: after[0]}
    missing = MOST_ON_A_PAGE + 1 - len(found)
    return found + await _sorted(letters, of, where={of.at: rest} | seen, most=missing)


async def _sorted(letters: Collection, of: _List, *, where: Document, most: int) -> list[Document]:
    if not most:
        return []
    sort = ((of.at, of.direction), (of.id, of.direction))
    return await letters.find(where, fields=of.fields, sort=sort, limit=most)


def _row(document: Document) -> DraftRow:
    state: Document = document["state"]
    return ROW.validate_python(
        {
            **{name: state.get(name) for name in ("state", "category", "city", "topic")},
            "letter": document["_id"],
            "copied_at": document["copied_at"],
            "stage": state["draft"]["kind"],
            "copy": state["draft"]["copy"],
        }
    )


def _page(document: Document) -> Page:
    return PAGE.validate_python(document["state"]["draft"]["page"])
