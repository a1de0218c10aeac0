"""The editors' desk: lists of letters by what has been done with their copies."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.publisher import store
from services.publisher.api.dependencies import Desk, EditorialDesk
from services.publisher.domain.editing import edited_words
from services.publisher.domain.letter import LivePublication, ProposedDraft, PublisherLetter
from services.publisher.store import DeskList
from shared.contracts.slugs import BUREAUS
from shared.contracts.vocabulary import Category, PoliceType
from shared.kernel.working_days import civil_date
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import place_or_start, written
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices

PLACE: Final = "/editors"
router = APIRouter(include_in_schema=False)
EditorHere = Annotated[Person, Depends(on_page(staff("editor")))]
Done = Literal["withdrawn", "rejected", "proposed"]
DONE: Final = {
    "withdrawn": N_("Taken down: the page, its entry in lists and search, and its data are gone."),
    "rejected": N_("Rejected."),
    "proposed": N_("Proposed. Another editor must approve it."),
}
NAMES: Final[Mapping[DeskList, str]] = {
    "candidates": N_("Candidates"),
    "in_work": N_("In work"),
    "proposed": N_("For a second editor"),
    "changes": N_("Changes to approve"),
    "problems": N_("Problems"),
    "newer": N_("Newer replies"),
    "published": N_("Published"),
    "withdrawn": N_("Taken down"),
    "rejected": N_("Rejected"),
}
SAYS: Final[Mapping[DeskList, str]] = {
    "candidates": N_(
        "Answered letters whose writers agreed to publication, the longest wait first."
    ),
    "in_work": N_("Drafts that editors have changed and nobody has proposed yet."),
    "proposed": N_("Drafts that one editor proposes to publish. Another one must approve them."),
    "changes": N_("Corrections and withdrawals that one editor proposes."),
    "problems": N_("What readers report about published letters, the next due first."),
    "newer": N_("Published letters whose writers have had another reply since."),
    "published": N_("What everyone can read, newest first."),
    "withdrawn": N_("What is no longer public. Only the reason is kept."),
    "rejected": N_("What editors decided not to publish. It can be taken up again."),
}
PROPOSERS: Final = ("bureau", "chief", "editor")
FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "city": BUREAUS,
    "category": get_args(Category),
    "topic": get_args(PoliceType),
    "suggested_by": PROPOSERS,
}
"""Fields of the state by which a list is filtered, with their codes."""


@dataclass(frozen=True, slots=True)
class DeskQuery:
    """Which list is shown, and its filters."""

    name: DeskList
    filters: Mapping[str, str]

    def address(self, **more: str) -> str:
        """The list with its filters, and with `more` in the query."""
        return f"{PLACE}?{urlencode({'list': self.name, **self.filters, **more})}"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A letter in a list."""

    number: str
    letter: PublisherLetter
    title: str | None = field(repr=False)
    at: datetime | None
    due_on: date | None
    is_late: bool
    is_yours: bool


async def _query_of(request: Request) -> DeskQuery:
    """The list and filters in the address; unknown ones are left out."""
    given = request.query_params
    name: DeskList = next((known for known in NAMES if known == given.get("list")), "candidates")
    filters = {field: given.get(field, "") for field in FILTERS}
    return DeskQuery(name, {key: code for key, code in filters.items() if code in FILTERS[key]})


@router.get(PLACE)
async def show_desk(
    request: Request,
    editor: EditorHere,
    desk: Desk,
    query: Annotated[DeskQuery, Depends(_query_of)],
    after: Annotated[str | None, Query(max_length=80)] = None,
    done: Done | None = None,
) -> Response:
    """One list, with the counts of all."""
    seen = desk.seen_by(editor)
    counts = await store.count_desk_lists(desk.documents, seen=seen)
    numbers, end = await store.desk_list(
        desk.documents, query.name, seen=seen, filters=query.filters, after=place_or_start(after)
    )
    states = await asyncio.gather(*(desk.state_of(number) for number in numbers))
    lines = [
        _line(number, letter, editor, desk)
        for number, letter in zip(numbers, states, strict=True)
        if letter is not None
    ]
    return page(
        request,
        "editors_desk.html",
        query=query,
        lines=lines,
        tabs=[_tab(name, counts[name], query) for name in NAMES],
        title=NAMES[query.name],
        says=SAYS[query.name],
        next=query.address(after=written(end)) if end else None,
        first=query.address() if after else None,
        now=desk.now(),
        done=DONE.get(done or ""),
        **_choices(),
    )


def _tab(name: DeskList, count: int, query: DeskQuery) -> tuple[str, str, int, bool]:
    return f"{PLACE}?list={name}", NAMES[name], count, name == query.name


def _line(number: str, letter: PublisherLetter, editor: Person, desk: EditorialDesk) -> DeskLine:
    published, draft = letter.published, letter.editable
    words = published.page if published else edited_words(draft) if draft else None
    due_on = min(
        (each.due_on for each in published.problems if each.due_on) if published else (),
        default=None,
    )
    return DeskLine(
        number=number,
        letter=letter,
        title=words.title if words else None,
        at=_instant(letter),
        due_on=due_on,
        is_late=due_on is not None and due_on < civil_date(desk.now()),
        is_yours=_proposer(letter) == editor.staff_id,
    )


def _proposer(letter: PublisherLetter) -> str | None:
    draft = letter.draft
    if isinstance(draft, LivePublication):
        return draft.change.editor if draft.change else None
    return draft.editor if isinstance(draft, ProposedDraft) else None


def _instant(letter: PublisherLetter) -> datetime | None:
    """When the copy came, or when it was published."""
    if letter.page:
        return letter.page.published_at
    if letter.editable:
        return letter.editable.copied_at
    return letter.taken_down.published_at if letter.taken_down else None


def _choices() -> dict[str, Any]:
    any_: list[tuple[str, object]] = [("", N_("Any"))]
    return {
        "cities": any_ + choices("city"),
        "categories": any_ + [one for one in choices("category") if one[0] != "report"],
        "topics": any_ + choices("police_type"),
        "proposers": any_ + [one for one in choices("role") if one[0] in PROPOSERS],
    }
