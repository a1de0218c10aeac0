"""How the publisher keeps letters: their shape, their indexes, and what editors and everyone list.

Public pages are found by their own two fields and read without the letter number, which is the
document's key: what is never loaded can't be shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import TypeAdapter

from services.publisher.domain import Happening, Letter, Page
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.slugs import Bureau
from shared.contracts.topics import PROGRESS, PUBLISHED, RELEASES, SUBMITTED
from shared.contracts.vocabulary import Category, PoliceType, State
from shared.platform.database import Collection, Document, Index
from shared.platform.documents import INDEXES as SHELL_INDEXES
from shared.platform.rules import Outgoing

LETTERS = "letters"

STATE: TypeAdapter[Letter] = TypeAdapter(Letter)
PAGE: TypeAdapter[Page] = TypeAdapter(Page)

READS = (SUBMITTED.name, PROGRESS.name)
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

Place = tuple[datetime, str]
"""Where a page of a list ended: the instant by which it is sorted, and the entry's id."""


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
    }


def outgoing(event: Happening, _: Letter, __: Letter) -> Iterable[Outgoing]:
    """What our services are told, by letter, and everyone, by publication."""
    if isinstance(event, LetterPublished):
        yield Outgoing(PUBLISHED.name, event)
    if isinstance(event, ReleasePublished):
        yield Outgoing(RELEASES.name, event, subject=event.publication)


async def drafts(
    letters: Collection, now: datetime, *, after: Place | None = None
) -> list[DraftRow]:
    """One page of what waits for an editor, oldest first."""
    fields = {
        name: 1
        for name in (
            "copied_at", "state.draft.kind", "state.draft.copy", "state.state",
            "state.category", "state.city", "state.topic",
        )
    }  # fmt: skip
    found = await _listed(
        letters, ("copied_at", "_id"), now=now, after=after, fields=fields, is_descending=False
    )
    return [_row(one) for one in found]


async def count_drafts(letters: Collection, now: datetime) -> int:
    """How many drafts wait, at most `MOST_COUNTED`."""
    found = await letters.find(
        {"copied_at": {"$lte": now}}, fields={"_id": 1}, limit=MOST_COUNTED
    )
    return len(found)


async def publications(
    letters: Collection, now: datetime, *, after: Place | None = None
) -> list[Page]:
    """One page of what everyone can read, newest first."""
    found = await _listed(
        letters,
        ("published_at", "publication"),
        now=now,
        after=after,
        fields={"_id": 0, "state.draft.page": 1},
        is_descending=True,
    )
    return [_page(one) for one in found]


async def publication(letters: Collection, publication_id: str) -> Page | None:
    """What everyone can read under that id."""
    found = await letters.one(
        {"publication": publication_id}, fields={"_id": 0, "state.draft.page": 1}
    )
    return _page(found) if found else None
