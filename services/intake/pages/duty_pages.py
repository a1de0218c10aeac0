"""Pages of the duty desk: the queues, refreshed automatically, and the actions on a diversion.

Server-rendered, escaped, and complete without JavaScript. Actions are idempotent.
"""

from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from services.intake.domain.duty_desk import DutyRow, DutyShown
from services.intake.pages.forms import fields_of
from services.intake.pages.rendering import STYLE, labelled, render, row
from services.intake.store import QueueName
from shared.contracts.fields import OpaqueId
from shared.contracts.names import DIVERSION_OUTCOMES
from shared.contracts.vocabulary import DiversionOutcome
from shared.kernel.errors import AlreadyDone, BadValue, IdReused, NotFound, Refused
from shared.platform.http.application import open_to_all
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import Place, place, written
from shared.web.forms import CSRF

PLACE = "/duty"
REFRESH_S = 10
STYLE_HEADERS = {"cache-control": "public, max-age=3600"}
OUTCOME: TypeAdapter[DiversionOutcome] = TypeAdapter(DiversionOutcome)
REFERENCE: TypeAdapter[str] = TypeAdapter(OpaqueId)
After = Annotated[str | None, Query(max_length=80)]


class DutyQueueProtocol(Protocol):
    """The queue as pages use it: readings are recorded before anything is shown."""

    async def waiting(
        self, person: Person, standing: QueueName, *, after: Place | None = None
    ) -> tuple[list[DutyRow], Place | None]:
        """One page of rows, one per writer, and its end."""

    async def of_writer(
        self, person: Person, number: str, *, standing: QueueName, after: Place | None = None
    ) -> tuple[list[DutyShown], Place | None]:
        """One page of that queue for the writer of `number`. Raises: NotFound."""

    async def see_all(self, person: Person, number: str, *, until: Place, key: str) -> int:
        """A person has seen the writer's first page, up to `until`. Raises: NotFound."""

    async def one(self, person: Person, number: str) -> DutyShown:
        """Any diversion. Raises: NotFound."""

    async def see(self, person: Person, number: str, *, key: str) -> DutyShown:
        """A person has seen it. Raises: NotFound."""

    async def resolve(
        self,
        person: Person,
        number: str,
        *,
        outcome: DiversionOutcome,
        reference: str | None,
        key: str,
    ) -> DutyShown:
        """Resolve it. Raises: NotFound; AlreadyDone; BadValue; IdReused."""


def _duty_queue(request: Request) -> DutyQueueProtocol:
    queue: DutyQueueProtocol = request.app.state.duty_queue
    return queue


OnDuty = Annotated[Person, Depends(on_page(staff("duty")))]
Queue = Annotated[DutyQueueProtocol, Depends(_duty_queue)]

router = APIRouter(include_in_schema=False)


@router.get(PLACE)
async def show_queue(
    request: Request,
    person: OnDuty,
    queue: Queue,
    standing: QueueName | None = None,
    after: After = None,
    refresh: Literal["on", "off"] = "on",
) -> Response:
    """What nobody has seen, and what is still to be resolved; or one queue from a place on."""
    standings: tuple[QueueName, ...] = (standing,) if standing else ("unseen", "unresolved")
    begins = _place(after) if standing else None
    lists = []
    for each in standings:
        found, end = await queue.waiting(person, each, after=begins)
        lists.append(
            {
                "standing": each,
                "entries": [row(each) for each in found],
                "more": written(end) if end else None,
            }
        )
    is_refreshed = refresh == "on" and standing is None
    return render(request, "queue.html", lists=lists, refresh_s=REFRESH_S if is_refreshed else None)


@router.get(f"{PLACE}/static/duty.css")
@open_to_all
async def show_style() -> FileResponse:
    """The style of all pages of the desk."""
    return FileResponse(STYLE, media_type="text/css", headers=STYLE_HEADERS)


@router.get(PLACE + "/{diversion}")
async def show_one(request: Request, person: OnDuty, queue: Queue, diversion: str) -> Response:
    """One diversion with all actions; not refreshed, since it holds a form."""
    return await _shown(request, person, queue, diversion)


@router.get(PLACE + "/{diversion}/writer")
async def show_writer(
    request: Request,
    person: OnDuty,
    queue: Queue,
    diversion: str,
    standing: QueueName = "unseen",
    after: After = None,
) -> Response:
    """All of one writer's diversions in one queue; those on the page can be seen at once."""
    begins = _place(after)
    try:
        found, end = await queue.of_writer(person, diversion, standing=standing, after=begins)
    except NotFound:
        return render(request, "missing.html", status=404)
    last = found[-1] if found and standing == "unseen" and begins is None else None
    return render(
        request,
        "writer.html",
        diversion=diversion,
        standing=standing,
        entries=[labelled(each) for each in found],
        until=written((last.diverted_at, last.diversion)) if last else None,
        more=written(end) if end else None,
    )


@router.post(PLACE + "/{diversion}/writer/seen")
async def see_all(
    request: Request, person: OnDuty, queue: Queue, diversion: str, until: After = None
) -> Response:
    """Record that a person has seen that writer's page, up to `until`."""
    if (last := _place(until)) is None:
        return render(request, "missing.html", status=404)
    try:
        await queue.see_all(person, diversion, until=last, key="page-seen")
    except NotFound:
        return render(request, "missing.html", status=404)
    return RedirectResponse(f"{PLACE}/{diversion}/writer", status_code=303)


@router.post(PLACE + "/{diversion}/seen")
async def see(request: Request, person: OnDuty, queue: Queue, diversion: str) -> Response:
    """Record that a person has seen it."""
    try:
        shown = await queue.see(person, diversion, key="page-seen")
    except NotFound:
        return render(request, "missing.html", status=404)
    return RedirectResponse(f"{PLACE}/{shown.diversion}", status_code=303)


@router.post(PLACE + "/{diversion}/resolve")
async def resolve(request: Request, person: OnDuty, queue: Queue, diversion: str) -> Response:
    """Record what was done."""
    try:
        outcome, reference = _resolution(await fields_of(request, CSRF, "outcome", "reference"))
        key = f"page-{outcome}-{reference}"
        shown = await queue.resolve(
            person, diversion, outcome=outcome, reference=reference, key=key
        )
    except NotFound:
        return render(request, "missing.html", status=404)
    except (AlreadyDone, BadValue, IdReused) as no:
        return await _shown(request, person, queue, diversion, refused=no)
    return RedirectResponse(f"{PLACE}/{shown.diversion}", status_code=303)


async def _shown(
    request: Request,
    person: OnDuty,
    queue: Queue,
    diversion: str,
    *,
    refused: Refused | None = None,
) -> Response:
    try:
        shown = await queue.one(person, diversion)
    except NotFound:
        return render(request, "missing.html", status=404)
    return render(
        request,
        "diversion.html",
        status=refused.status if refused else 200,
        refused=refused.code if refused else None,
        outcomes=DIVERSION_OUTCOMES,
        **labelled(shown),
    )


def _resolution(fields: dict[str, str]) -> tuple[DiversionOutcome, str | None]:
    """Raises: BadValue."""
    try:
        outcome = OUTCOME.validate_python(fields.get("outcome"))
        reference = fields.get("reference") or None
        return outcome, reference and REFERENCE.validate_python(reference)
    except ValidationError:
        raise BadValue("reference") from None


def _place(after: str | None) -> Place | None:
    """Where the page begins; an invalid place means at the oldest."""
    try:
        return place(after) if after else None
    except BadValue:
        return None
