"""Routes for everyone: publications, problems with them, and figures."""

from fastapi import APIRouter, status

from services.publisher import store
from services.publisher.api.dependencies import Desk, PublicationId
from services.publisher.api.publications_schemas import (
    FiguresShown,
    NewProblem,
    PublicationListed,
    PublicationShown,
    PublicationsListed,
    Reported,
)
from services.publisher.domain.publication import ReportProblem
from services.publisher.metrics import PROBLEMS
from shared.kernel.errors import NotFound, Refused
from shared.platform.http.application import open_to_all
from shared.platform.http.openapi import refuses
from shared.platform.http.parameters import After
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.paging import place, written

router = APIRouter(prefix="/public/v1")


class NotCounted(Refused):
    """Nothing was counted before today, or this process hasn't loaded it yet."""

    status = 503
    code = "not_ready"


@router.get("/publications")
@open_to_all
async def list_publications(desk: Desk, after: After = None) -> PublicationsListed:
    """What everyone may read, newest first."""
    pages, end = await store.publications(
        desk.documents, desk.now(), after=place(after) if after else None
    )
    listed = tuple(PublicationListed.model_validate(page) for page in pages)
    return PublicationsListed(publications=listed, next=written(end) if end else None)


@router.get("/publications/{publication}")
@open_to_all
async def show_publication(publication: PublicationId, desk: Desk) -> PublicationShown:
    """One publication in full."""
    page = await store.publication(desk.documents, publication)
    if page is None:
        raise NotFound("publication")
    return PublicationShown.model_validate(page)


@router.post("/publications/{publication}/problems", status_code=status.HTTP_202_ACCEPTED)
@open_to_all
async def report_problem(publication: PublicationId, body: NewProblem, desk: Desk) -> Reported:
    """Report that a publication shows too much, is wrong, or is out of date. Editors decide.

    While a problem of that kind is open, reporting it again changes nothing.
    """
    letter = await store.letter_of(desk.documents, publication)
    state = await desk.state_of(letter) if letter else None
    if letter is None or state is None:
        raise NotFound("publication")
    name = f"problem:{publication}:{body.kind}:{state.problems}"
    command = ReportProblem(publication, body.kind, desk.now())
    after = await desk.tell(IdempotentCommand(letter, command, name))
    problems = after.published.problems if after.published else ()
    found = next((each for each in problems if each.kind == body.kind), None)
    if found is None:
        raise NotFound("publication")
    if after.problems > state.problems:
        PROBLEMS.labels(body.kind).inc()
    return Reported(problem=found.problem)


@router.get("/figures", responses=refuses(NotCounted()))
@open_to_all
async def show_figures(desk: Desk) -> FiguresShown:
    """How many letters there were yesterday, of what kind, and how they stood."""
    day = desk.figures()
    if day is None:
        raise NotCounted
    figures = day.figures
    share = figures.read / figures.letters if figures.letters and figures.read is not None else None
    return FiguresShown(
        counted_at=day.counted_at,
        letters=figures.letters,
        read=figures.read,
        share_read=share,
        by_bureau=figures.by_bureau,
        by_category=figures.by_category,
        promises=figures.promises,
    )
