"""Queries for drafts, publications and problems.

Public pages are found by their own two fields and read without the letter number, which is the
document's key: what is never loaded can't be shown.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from pydantic import TypeAdapter

from services.publisher.domain.letter import PublicPage, ReportedProblem
from shared.contracts.combining_marks import cap_marks
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, PoliceType, Role, State
from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import Place

PAGE: TypeAdapter[PublicPage] = TypeAdapter(PublicPage)

MOST_ON_A_PAGE = 20
MOST_COUNTED = 1_000
EVERYTHING: Document = {}
"""The filter for lists that everyone may read."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHOWN = ("state", "category", "city", "topic", "suggested_by")
"""State fields in the list of drafts."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the editors' list, without its words."""

    letter: str
    copied_at: datetime
    stage: Literal["copied", "proposed", "published"]
    """`published`: the copy is newer than what everyone can read."""
    copy: int
    state: State | None
    category: Category | None
    city: Bureau | None
    topic: PoliceType | None
    suggested_by: Role | None


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A publication with undecided problems, without its words."""

    letter: str
    problem_at: datetime
    """When the first of them is due."""
    publication: str
    problems: tuple[ReportedProblem, ...]
    is_decision_proposed: bool


ROW: TypeAdapter[DraftRow] = TypeAdapter(DraftRow)
PROBLEM_ROW: TypeAdapter[ProblemRow] = TypeAdapter(ProblemRow)


async def drafts(
    letters: Collection, now: datetime, *, seen: Document, after: Place | None = None
) -> tuple[list[DraftRow], Place | None]:
    """One page of what waits for an editor, oldest first, and its end if more follow.

    `seen`: the filter for what the editor may find.
    """
    found = await _listed(letters, DRAFTS, until=now, after=after, seen=seen)
    rows = [_row(each) for each in found[:MOST_ON_A_PAGE]]
    more = len(found) > MOST_ON_A_PAGE
    return rows, (rows[-1].copied_at, rows[-1].letter) if more else None


async def count_drafts(letters: Collection, now: datetime) -> int:
    """How many drafts wait, at most `MOST_COUNTED`."""
    where = {"copied_at": {"$lte": now}}
    return len(await letters.find(where, fields={"_id": 1}, limit=MOST_COUNTED))


async def publications(
    letters: Collection,
    now: datetime,
    *,
    after: Place | None = None,
    where: Document = EVERYTHING,
) -> tuple[list[PublicPage], Place | None]:
    """One page of publications, newest first, and its end if more follow.

    `where`: values of index fields that they must have.
    """
    found = await _listed(letters, PUBLICATIONS, until=now, after=after, seen=where)
    pages = [_page(each) for each in found[:MOST_ON_A_PAGE]]
    more = len(found) > MOST_ON_A_PAGE
    return pages, (pages[-1].published_at, pages[-1].publication) if more else None


async def publication(letters: Collection, publication_id: str) -> PublicPage | None:
    """The page with that id."""
    found = await letters.one({"publication": publication_id}, fields=PUBLICATIONS.fields)
    return _page(found) if found else None


async def letter_of(letters: Collection, publication_id: str) -> str | None:
    """The number of the letter published under that id; never to be shown."""
    found = await letters.one({"publication": publication_id}, fields={"_id": 1})
    return found["_id"] if found else None


async def problems(
    letters: Collection, *, seen: Document, after: Place | None = None
) -> tuple[list[ProblemRow], Place | None]:
    """One page of publications with open problems, most urgent first, and its end."""
    found = await _listed(letters, PROBLEMS, until=None, after=after, seen=seen)
    rows = [_problem_row(each) for each in found[:MOST_ON_A_PAGE]]
    more = len(found) > MOST_ON_A_PAGE
    return rows, (rows[-1].problem_at, rows[-1].letter) if more else None


@dataclass(frozen=True, slots=True)
class _Listing:
    """The order of a list, by an instant and then by an id, and the fields that it loads."""

    at: str
    id: str
    direction: Literal[1, -1]
    fields: Document

    @property
    def beyond(self) -> str:
        """Operator for what comes later in the list."""
        return "$gt" if self.direction == 1 else "$lt"


DRAFTS = _Listing(
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
        "state.suggested_by": 1,
        "state.draft.newer.copy": 1,
    },
)
PROBLEMS = _Listing(
    at="problem_at",
    id="_id",
    direction=1,
    fields={
        "problem_at": 1,
        "publication": 1,
        "state.draft.problems": 1,
        "state.draft.change.number": 1,
    },
)
PUBLICATIONS = _Listing(
    at="published_at",
    id="publication",
    direction=-1,
    fields={"_id": 0, "state.draft.page": 1},
)


async def _listed(
    letters: Collection,
    of: _Listing,
    *,
    until: datetime | None,
    after: Place | None,
    seen: Document = EVERYTHING,
) -> list[Document]:
    """One page and one more entry. Entries of the same instant are ordered by id."""
    found: list[Document] = []
    rest: Document = {"$lte": until} if until else {"$gt": EPOCH}
    if after is not None:
        tied = {of.at: after[0], of.id: {of.beyond: after[1]}} | seen
        found = await _sorted(letters, of, where=tied, most=MOST_ON_A_PAGE + 1)
        rest |= {of.beyond: after[0]}
    missing = MOST_ON_A_PAGE + 1 - len(found)
    return found + await _sorted(letters, of, where={of.at: rest} | seen, most=missing)


async def _sorted(
    letters: Collection, of: _Listing, *, where: Document, most: int
) -> list[Document]:
    if not most:
        return []
    sort = ((of.at, of.direction), (of.id, of.direction))
    return await letters.find(where, fields=of.fields, sort=sort, limit=most)


def _row(document: Document) -> DraftRow:
    state: Document = document["state"]
    return ROW.validate_python(
        {
            **{name: state.get(name) for name in SHOWN},
            "letter": document["_id"],
            "copied_at": document["copied_at"],
            "stage": state["draft"]["kind"],
            "copy": (state["draft"].get("newer") or state["draft"])["copy"],
        }
    )


def _problem_row(document: Document) -> ProblemRow:
    draft: Document = document["state"]["draft"]
    return PROBLEM_ROW.validate_python(
        {
            "letter": document["_id"],
            "problem_at": document["problem_at"],
            "publication": document["publication"],
            "problems": draft["problems"],
            "is_decision_proposed": bool(draft.get("change")),
        }
    )


def _page(document: Document) -> PublicPage:
    """The page, with combining marks capped: older texts were stored without a limit."""
    page: PublicPage = PAGE.validate_python(document["state"]["draft"]["page"])
    return replace(
        page,
        title=cap_marks(page.title),
        text=cap_marks(page.text),
        reply=cap_marks(page.reply),
    )
