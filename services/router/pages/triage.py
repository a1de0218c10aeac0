"""The triage desk: the next letter with a suggestion, and decisions that can be undone."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from services.router.api.decisions_schemas import Reclassification, Target
from services.router.api.dependencies import RouterDesk, StaffAction, TheDesk, letter_for
from services.router.api.handling_schemas import NewLink, Refusal
from services.router.api.lists import triage_page
from services.router.domain.letter import Letter
from services.router.pages.desk_tools import DeskTools, Tools
from services.router.pages.frame import PLACE
from services.router.pages.triage_decisions import TriageDecisions, What
from services.router.pages.triage_view import (
    QueueCounts,
    TriageLetter,
    next_number,
    notices,
    queue_counts,
    view_of,
)
from shared.kernel.errors import AlreadyDone, NotFound
from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import on_page, staff
from shared.platform.http.parameters import After, RequestBody
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import place, written
from shared.platform.runtime.office_time import machine_time
from shared.web.form_pages import key_in, new_key
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices, label

HERE: Final = f"{PLACE}/triage"
router = APIRouter(include_in_schema=False)
Clerk = Annotated[Person, Depends(on_page(staff("triage", *INSPECTORS)))]
Done = Literal["undone", "too_late", "dismissed", "gone", "changed", "taken"]
Number = Annotated[str | None, Query(max_length=40)]
NOTICES: Final = {
    "undone": N_("Undone. The letter waits as before."),
    "too_late": N_("It is too late to undo this: it has been carried out."),
    "dismissed": N_("Noted."),
    "gone": N_("That letter is not waiting here any more. This is the next one."),
    "changed": N_("The letter has changed since you opened it. Read it again and decide."),
    "taken": N_("A colleague has just decided about that letter. This is the next one."),
}
FORMS: Final[dict[str, tuple[type[RequestBody], str]]] = {
    "reclassify": (Reclassification, "triage_reclassify.html"),
    "decline": (Refusal, "triage_decline.html"),
    "link": (NewLink, "triage_link.html"),
}


@dataclass(frozen=True, slots=True)
class TriageDesk:
    """A clerk at the desk, and the parts that this takes."""

    request: Request
    person: Person
    desk: RouterDesk
    tools: DeskTools
    decisions: TriageDecisions

    @property
    def staff(self) -> str:
        """The clerk's id."""
        return self.person.staff_id

    async def waiting(self, number: str) -> tuple[str, Letter] | None:
        """Return a letter that waits here; None if it doesn't any more. Raises: NotFound."""
        normal, letter, sight = await letter_for(self.person, number, desk=self.desk)
        if sight != "all":
            raise NotFound
        return (normal, letter) if letter.state == "triage" else None

    async def action(self, number: str, fields: FormFields) -> StaffAction | None:
        """Return what a form asks for; None if the letter doesn't wait any more."""
        found = await self.waiting(number)
        if found is None:
            return None
        return StaffAction(*found, "all", self.person, key_in(fields), self.desk)

    async def view(self, number: str, letter: Letter) -> TriageLetter:
        """Return what is shown of a letter."""
        return await view_of(number, letter, person=self.person, desk=self.desk)

    async def show(self, found: TriageLetter | None, *, status: int = 200, **more: Any) -> Response:
        """Render the desk with this letter."""
        done = more.pop("done", None)
        pending = await self.tools.pending.of_clerk(self.staff)
        machine = machine_time(self.desk.now)()
        return page(
            self.request,
            "triage.html",
            status=status,
            letter=found,
            notices=notices(pending, now=machine),
            notice=NOTICES.get(done),
            counts=await self.counts(),
            pace=self.tools.pace.today(self.staff, machine),
            key=new_key(),
            link_kinds=choices("link_kind"),
            **{"errors": {}, "chosen": "", **more},
        )

    async def counts(self) -> QueueCounts | None:
        """Count the waiting letters by age; None while the overview is being built."""
        overview = self.tools.overview
        if overview.as_of is not None:
            await overview.refresh(machine_time(self.desk.now)())
        return queue_counts(self.person, tools=self.tools, now=self.desk.now())


async def _desk_of(request: Request, person: Clerk, desk: TheDesk, tools: Tools) -> TriageDesk:
    """Return the desk for the clerk of this request."""
    decisions = TriageDecisions(desk, tools.pending)
    return TriageDesk(request, person, desk, tools, decisions)


At = Annotated[TriageDesk, Depends(_desk_of)]


@router.get(HERE)
async def show_next(
    at: At, letter: Number = None, after: After = None, done: Done | None = None
) -> Response:
    """The oldest letter that no colleague has, or the one that was asked for."""
    await at.decisions.carry_out(at.staff)
    asked = await at.waiting(letter) if letter else None
    if letter and asked is None and done is None:
        done = "gone"
    number = (
        asked[0]
        if asked
        else await next_number(
            at.person, desk=at.desk, tools=at.tools, after=place(after) if after else None
        )
    )
    if number is None:
        return await at.show(None, done=done)
    if asked:
        await at.tools.leases.take([number], at.staff)
    found = asked or await at.waiting(number)
    return await at.show(await at.view(*found) if found else None, done=done)


@router.get(f"{HERE}/queue")
async def show_queue(at: At, after: After = None) -> Response:
    """All waiting letters, oldest first."""
    lines, end = await triage_page(at.person, desk=at.desk, after=place(after) if after else None)
    return page(
        at.request,
        "triage_queue.html",
        lines=lines,
        counts=await at.counts(),
        now=at.desk.now(),
        next=f"{HERE}/queue?after={written(end)}" if end else None,
    )


@router.post(f"{HERE}/undo")
async def undo(at: At) -> Response:
    """Take a decision back that has not been carried out yet."""
    fields = await fields_of(at.request)
    undone = await at.tools.pending.undo(fields.get("number"), at.staff)
    return _to_desk(f"letter={undone.number}&done=undone" if undone else "done=too_late")


@router.post(f"{HERE}/dismiss")
async def dismiss(at: At) -> Response:
    """Take note of a decision that a rule refused, and look at its letter again."""
    fields = await fields_of(at.request)
    refused = await at.tools.pending.dismiss(fields.get("id"), at.staff)
    return _to_desk(f"letter={refused.number}" if refused else "done=dismissed")


@router.post(HERE + "/{letter}/route")
async def route(letter: str, at: At) -> Response:
    """Route the letter in ten seconds."""
    fields = await fields_of(at.request)
    action = await at.action(letter, fields)
    if action is None:
        return _to_desk("done=gone")
    chosen = fields.get("other") or fields.get("bureau")
    view = await at.view(action.number, action.letter)
    if _has_changed(action, fields):
        return await at.show(view, status=409, done="changed", chosen=chosen)
    body, _ = read_form(Target, FormFields.of(bureau=chosen))
    if body is None or body.bureau not in {item[0] for item in (*view.first, *view.others)}:
        errors = {"bureau": N_("Choose the bureau that the letter goes to")}
        return await at.show(view, status=422, errors=errors, chosen=chosen)
    return await _hold(at, action, "route", body)


@router.get(HERE + "/{letter}/{what}")
async def show_form(
    letter: str, what: Literal["reclassify", "decline", "link"], at: At
) -> Response:
    """The form of another decision."""
    found = await at.waiting(letter)
    if found is None:
        return _to_desk("done=gone")
    return await _form(at, found, what, _prefilled(what, found[1], at.request))


@router.post(HERE + "/{letter}/{what}")
async def decide(letter: str, what: Literal["reclassify", "decline", "link"], at: At) -> Response:
    """Decide in ten seconds; a refusal is checked before that."""
    fields = await fields_of(at.request)
    action = await at.action(letter, fields)
    if action is None:
        return _to_desk("done=gone")
    found = action.number, action.letter
    if fields.get("step") == "change":
        return await _form(at, found, what, fields)
    if _has_changed(action, fields):
        return await _form(at, found, what, fields, status=409, notice=NOTICES["changed"])
    body, errors = read_form(FORMS[what][0], _given(what, fields))
    if body is None:
        return await _form(at, found, what, fields, status=422, errors=errors)
    if what == "decline" and fields.get("step") != "send":
        return await _form(at, found, what, fields, is_check=True)
    return await _hold(at, action, what, body)


async def _hold(at: TriageDesk, action: StaffAction, what: What, body: RequestBody) -> Response:
    """Store the decision, and go on: to the next letter unless this one still waits."""
    since = await at.tools.leases.since(action.number, at.staff)
    try:
        await at.decisions.hold(action, what=what, body=body)
    except AlreadyDone:
        return _to_desk("done=taken")
    if what in ("reclassify", "link"):
        return _to_desk(f"letter={action.number}")
    at.tools.pace.note(at.staff, since=since, now=machine_time(at.desk.now)())
    await at.tools.leases.drop(action.number, at.staff)
    return _to_desk()


async def _form(
    at: TriageDesk,
    found: tuple[str, Letter],
    what: str,
    fields: FormFields,
    *,
    status: int = 200,
    **more: Any,
) -> Response:
    number, letter = found
    return page(
        at.request,
        FORMS[what][1],
        status=status,
        letter=await at.view(number, letter),
        fields=fields,
        key=key_in(fields),
        choices=choices,
        names=label,
        **{"errors": {}, "notice": None, "is_check": False, **more},
    )


def _prefilled(what: str, letter: Letter, request: Request) -> FormFields:
    """What the form shows at first."""
    if what == "link":
        return FormFields.of(
            kind=request.query_params.get("kind", "duplicate"),
            **{"with": request.query_params.get("with", "")},
        )
    if what == "decline":
        return FormFields()
    return FormFields.of(category=letter.category, police_type=letter.police_type or "")


def _given(what: str, fields: FormFields) -> FormFields:
    """The fields of the body; without a choice the subject of the complaint stays as it is."""
    named = {name: fields.all(name) for name in fields}
    if what == "reclassify" and not fields.get("about.kind"):
        named = {name: values for name, values in named.items() if not name.startswith("about.")}
    return FormFields(named)


def _has_changed(action: StaffAction, fields: FormFields) -> bool:
    return fields.get("version") != str(action.letter.facts)


def _to_desk(query: str = "") -> Response:
    return RedirectResponse(f"{HERE}?{query}" if query else HERE, status_code=303)
