"""The routes for everyone: what is published, what is wrong with it, and what is counted."""

from collections.abc import Mapping
from typing import TypeVar

from fastapi import APIRouter, status

from services.publisher import store
from services.publisher.api.asking import After, OurDesk, PublicationId
from services.publisher.api.publications import (
    FiguresShown,
    NewProblem,
    PublicationListed,
    PublicationShown,
    PublicationsListed,
    Reported,
)
from services.publisher.domain import ReportProblem
from services.publisher.metrics import PROBLEMS
from shared.contracts.vocabulary import State
from shared.kernel.errors import NotFound, Refused
from shared.platform.paging import place, written
from shared.platform.rules import Told
from shared.platform.web import open_to_all

router = APIRouter(prefix="/public/v1")

KeyT = TypeVar("KeyT", bound=str)


class NotCounted(Refused):
    """Nothing was counted since this process began; it will be in a moment."""

    status = 503
    code = "not_ready"


@router.get("/publications")
@open_to_all
async def list_publications(desk: OurDesk, after: After = None) -> PublicationsListed:
    """What everyone may read, newest first."""
    pages, end = await store.publications(
        desk.documents, desk.now(), after=place(after) if after else None
    )
    listed = tuple(PublicationListed.model_validate(page) for page in pages)
    return PublicationsListed(publications=listed, next=written(end) if end else None)


@router.get("/publications/{publication}")
@open_to_all
async def show_publication(publication: PublicationId, desk: OurDesk) -> PublicationShown:
    """One publication in full."""
    page = await store.publication(desk.documents, publication)
    if page is None:
        raise NotFound("publication")
    return PublicationShown.model_validate(page)


@router.post("/publications/{publication}/problems", status_code=status.HTTP_202_ACCEPTED)
@open_to_all
async def report_problem(publication: PublicationId, body: NewProblem, desk: OurDesk) -> Reported:
    """Say that a publication shows too much, is wrong, or is out of date. Editors decide.

    While one of that kind is open, saying it again changes nothing.
    """
    letter = await store.letter_of(desk.documents, publication)
    state = await desk.state_of(letter) if letter else None
    if letter is None or state is None:
        raise NotFound("publication")
    name = f"problem:{publication}:{body.kind}:{state.problems}"
    command = ReportProblem(publication, body.kind, desk.now())
    after = await desk.tell(Told(letter, command, name))
    problems = after.published.problems if after.published else ()
    found = next((one for one in problems if one.kind == body.kind), None)
    if found is None:
        raise NotFound("publication")
    if after.problems > state.problems:
        PROBLEMS.labels(body.kind).inc()
    return Reported(problem=found.problem)


@router.get("/figures")
@open_to_all
async def show_figures(desk: OurDesk) -> FiguresShown:
    """How many letters there are, of what kind, and how they stand."""
    counted = desk.figures()
    if counted is None:
        raise NotCounted
    figures, at = counted
    return FiguresShown(
        counted_at=at,
        letters=figures.letters,
        read=figures.read,
        share_read=figures.share_read,
        by_bureau=_table(figures.by_bureau),
        by_category=_table(figures.by_category),
        promises=dict(figures.promises),
    )


def _table(counts: Mapping[tuple[KeyT, State], int]) -> dict[KeyT, dict[State, int]]:
    """Counts by the first, and within it by state."""
    table: dict[KeyT, dict[State, int]] = {}
    for (first, state), count in sorted(counts.items()):
        table.setdefault(first, {})[state] = count
    return table
