"""Pages of the duty desk: the queues, refreshed automatically, and the actions on a diversion.

Complete without JavaScript. Actions are idempotent.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Protocol
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from services.intake.domain.duty_desk import DutyReader, DutyRow, DutyShown
from services.intake.pages.duty_rows import entry_of
from services.intake.store import QueueName
from shared.contracts.fields import OpaqueId
from shared.contracts.vocabulary import DiversionOutcome
from shared.kernel.errors import AlreadyDone, IdReused, NotFound
from shared.platform.http.identity import on_page, staff
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import Place, place_or_start, written
from shared.web.forms import FormFields, fields_of
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices

PLACE: Final = "/duty"
REFRESH_S: Final = 10
OUTCOME: TypeAdapter[DiversionOutcome] = TypeAdapter(DiversionOutcome)
REFERENCE: TypeAdapter[str] = TypeAdapter(OpaqueId)
After = Annotated[str | None, Query(max_length=80)]
DONE: Final = {
    "seen": N_("It is recorded that you have seen this."),
    "resolved": N_("What was done is recorded."),
}
"""What a page says after an action."""


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

    async def readers(self, number: str) -> list[DutyReader]:
        """Who has opened it, in order of time."""

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
    begins = place_or_start(after) if standing else None
    lists = []
    for each in standings:
        found, end = await queue.waiting(person, each, after=begins)
        more = written(end) if end else None
        lists.append({"standing": each, "entries": [*map(entry_of, found)], "more": more})
    is_refreshed = refresh == "on" and standing is None
    refresh_s = REFRESH_S if is_refreshed else None
    answer = page(request, "duty_queue.html", lists=lists, refresh_s=refresh_s)
    if is_refreshed:
        answer.headers["refresh"] = str(REFRESH_S)
    return answer


@router.get(PLACE + "/{diversion}")
async def show_one(
    request: Request,
    person: OnDuty,
    queue: Queue,
    diversion: str,
    done: Literal["seen", "resolved"] | None = None,
) -> Response:
    """One diversion with all actions; not refreshed, since it holds a form."""
    return await _shown(request, person, queue, diversion, done=DONE[done] if done else None)


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
    begins = place_or_start(after)
    try:
        found, end = await queue.of_writer(person, diversion, standing=standing, after=begins)
    except NotFound:
        return _missing(request)
    last = found[-1] if found and standing == "unseen" and begins is None else None
    return page(
        request,
        "duty_writer.html",
        diversion=diversion,
        standing=standing,
        diversions=[*map(entry_of, found)],
        until=written((last.diverted_at, last.diversion)) if last else None,
        more=written(end) if end else None,
    )


@router.post(PLACE + "/{diversion}/writer/seen")
async def see_all(
    request: Request, person: OnDuty, queue: Queue, diversion: str, until: After = None
) -> Response:
    """Record that a person has seen that writer's page, up to `until`."""
    await fields_of(request)
    if (last := place_or_start(until)) is None:
        return _missing(request)
    try:
        await queue.see_all(person, diversion, until=last, key="page-seen")
    except NotFound:
        return _missing(request)
    return RedirectResponse(f"{PLACE}/{diversion}/writer", status_code=303)


@router.post(PLACE + "/{diversion}/seen")
async def see(request: Request, person: OnDuty, queue: Queue, diversion: str) -> Response:
    """Record that a person has seen it."""
    await fields_of(request)
    try:
        shown = await queue.see(person, diversion, key="page-seen")
    except NotFound:
        return _missing(request)
    return RedirectResponse(f"{PLACE}/{shown.diversion}?done=seen", status_code=303)


@router.get(PLACE + "/{diversion}/resolve")
async def show_again(_: OnDuty, diversion: str) -> Response:
    """The page that has the form, for a browser that reloads the answer to it."""
    return RedirectResponse(f"{PLACE}/{quote(diversion, safe='')}", status_code=303)


@router.post(PLACE + "/{diversion}/resolve")
async def resolve(request: Request, person: OnDuty, queue: Queue, diversion: str) -> Response:
    """Record what was done."""
    fields = await fields_of(request)
    errors = resolution_errors(fields)
    if errors:
        return await _shown(request, person, queue, diversion, fields=fields, errors=errors)
    outcome, reference = OUTCOME.validate_python(fields.get("outcome")), _reference(fields)
    key = f"page-{outcome}-{reference}"
    try:
        shown = await queue.resolve(
            person, diversion, outcome=outcome, reference=reference, key=key
        )
    except NotFound:
        return _missing(request)
    except (AlreadyDone, IdReused):
        return await _shown(request, person, queue, diversion, is_late=True)
    return RedirectResponse(f"{PLACE}/{shown.diversion}?done=resolved", status_code=303)


def resolution_errors(fields: FormFields) -> dict[str, str]:
    """A message for each field that is not valid."""
    chosen, reference = fields.all("outcome"), _reference(fields)
    if len(chosen) != 1 or not _is_valid(OUTCOME, chosen[0]):
        return {"outcome": N_("Choose what was done")}
    is_with_110 = chosen[0] == "handed_to_110"
    if is_with_110 and reference is None:
        return {"reference": N_("Give the reference number that 110 gave you")}
    if not is_with_110 and reference is not None:
        return {"reference": N_("Leave this empty unless 110 took it over")}
    if reference is not None and not _is_valid(REFERENCE, reference):
        return {"reference": N_("Use at most 64 letters, digits and the signs _ . : -")}
    return {}


async def _shown(
    request: Request,
    person: Person,
    queue: DutyQueueProtocol,
    diversion: str,
    **more: Any,
) -> Response:
    """The page of one diversion; `more`: what its form holds, and what happened."""
    try:
        shown = await queue.one(person, diversion)
    except NotFound:
        return _missing(request)
    values: Mapping[str, Any] = {"done": None, "fields": FormFields(), "errors": {}} | more
    is_late = bool(values.get("is_late"))
    return page(
        request,
        "duty_diversion.html",
        status=409 if is_late else 422 if values["errors"] else 200,
        entry=entry_of(shown),
        readers=await queue.readers(shown.diversion),
        outcomes=choices("diversion_outcome"),
        is_beaten=is_late,
        **{name: values[name] for name in ("done", "fields", "errors")},
    )


def _missing(request: Request) -> Response:
    return page(request, "duty_missing.html", status=404)


def _reference(fields: FormFields) -> str | None:
    return fields.get("reference").strip() or None


def _is_valid(kind: TypeAdapter[Any], value: str) -> bool:
    try:
        kind.validate_python(value)
    except ValidationError:
        return False
    return True
