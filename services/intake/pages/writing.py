"""The pages on which a letter is written: one question a page, kept as a sealed draft.

Nothing is sent before the last page, which shows all answers. Emergencies are answered at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from secrets import token_urlsafe
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.intake.api.dependencies import Desk
from services.intake.api.drafts import DraftId
from services.intake.api.drafts_schemas import LetterDraft, draft_line
from services.intake.api.letters import submit_letter
from services.intake.api.letters_schemas import NewLetter
from services.intake.api.similar_letters import BeingWritten, SameMatter, find_similar
from services.intake.api.warnings import Warned
from services.intake.pages.my_letters import MINE, Writer
from services.intake.pages.start import WRITE, pages_of
from services.intake.pages.writing_desk import WritingDesk, flattened
from services.intake.pages.writing_steps import NOBODY, STEPS, StepName, WritingStep
from services.intake.store.letter_drafts import DraftChanged
from shared.contracts.vocabulary import Language
from shared.kernel.errors import BadValue, LimitReached, Refused
from shared.kernel.working_days import civil_date
from shared.platform.http.parameters import RequestBody
from shared.web.formats import lang_of
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields

router = APIRouter()
Step = Annotated[StepName, Path()]
CHANGED: Final = N_(
    "This letter was changed in another window. Your text is still here; save it to keep it."
)
MANY: Final = N_("You have ten unfinished letters. Finish or erase one first.")
REFUSALS: Final[Mapping[str, str]] = {
    "backlog": N_("Too many letters are waiting at the moment. Your letter is kept: try later."),
    "bad_value": N_("Your sign-in has no phone number. Give one under “How can we reach you?”."),
    "guardian_needed": N_("Under 14 a guardian must agree: say who it is."),
    "limit": N_("You have reached the limit of letters for now. Your letter is kept: try later."),
    "too_often": N_(
        "You have reached the limit of letters for now. Your letter is kept: try later."
    ),
}
NOT_SENT: Final = N_("The letter could not be sent. It is kept: check it, and try again.")


@router.get(WRITE)
async def begin(request: Request, person: Writer, desk: Desk) -> Response:
    """Go on with an unfinished letter, or begin one."""
    saved = await desk.drafts.all_of(desk.owner(person))
    arrival = {name: request.query_params.get(name, "") for name in ("to", "entry")}
    query = urlencode({name: value for name, value in arrival.items() if value})
    new = f"{WRITE}/{token_urlsafe(12)}/kind{'?' + query if query else ''}"
    if not saved:
        return RedirectResponse(new, status_code=303)
    return page(request, "write_drafts.html", drafts=[draft_line(it) for it in saved], new=new)


@router.post(WRITE + "/{draft}/erase")
async def erase(request: Request, person: Writer, desk: Desk, draft: DraftId) -> Response:
    """Erase an unfinished letter."""
    await fields_of(request)
    await desk.drafts.drop(desk.owner(person), draft)
    return RedirectResponse(WRITE, status_code=303)


@router.get(WRITE + "/{draft}/check")
async def show_check(request: Request, person: Writer, desk: Desk, draft: DraftId) -> Response:
    """All answers, before anything is sent; afterwards the back button leads to the letters."""
    writing = await WritingDesk.of(request, person=person, desk=desk, draft=draft)
    return _check(writing) if writing.version else RedirectResponse(MINE, status_code=303)


@router.post(WRITE + "/{draft}/check")
async def send(request: Request, person: Writer, desk: Desk, draft: DraftId) -> Response:
    """Send the letter; the same version again is the same letter."""
    fields = await fields_of(request)
    writing = await WritingDesk.of(request, person=person, desk=desk, draft=draft)
    if writing.version == 0:
        return RedirectResponse(MINE, status_code=303)
    body = letter_of(writing, send_anyway=fields.get("send_anyway") or None)
    if body is None:
        return _check(writing, errors={"": N_("Something is missing: see below.")}, status=422)
    sender = replace(person, client=pages_of(request).client)
    key = f"page-{draft}-{writing.version}"
    try:
        sent = await submit_letter(body, sender, key, desk, Response())
    except (Warned, SameMatter) as warned:
        return writing.page(
            "write_warned.html", status=warned.status, code=warned.code, told=warned.members
        )
    except Refused as refused:
        message = REFUSALS.get(refused.code, NOT_SENT)
        return _check(writing, errors={"": message}, status=refused.status)
    return RedirectResponse(f"{MINE}/{sent.letter}?done=sent", status_code=303)


@router.get(WRITE + "/{draft}/{name}")
async def show_step(
    request: Request, person: Writer, desk: Desk, draft: DraftId, name: Step
) -> Response:
    """One question."""
    writing = await WritingDesk.of(request, person=person, desk=desk, draft=draft)
    return writing.show(name, restored_fields(request))


@router.post(WRITE + "/{draft}/{name}")
async def save_step(
    request: Request, person: Writer, desk: Desk, draft: DraftId, name: Step
) -> Response:
    """Keep the answer, and go to the next question."""
    fields = await fields_of(request)
    writing = await WritingDesk.of(request, person=person, desk=desk, draft=draft)
    given = fields.get("version")
    version = int(given) if given.isdecimal() and len(given) < 10 else 0
    if name == "matter" and fields.get("step") == "autosave":
        return await _autosaved(writing, fields, version=version)
    body, errors = read_form(STEPS[name].model, fields)
    if body is None:
        return writing.show(name, fields, errors=errors, status=422)
    changed = _answered(writing.content, name, body)
    content = LetterDraft.model_validate(_without_nobody(changed, name, body))
    try:
        saved = await writing.save(content, version=version)
    except DraftChanged:
        return writing.show(name, fields, errors={"": CHANGED}, status=409)
    except LimitReached:
        return writing.show(name, fields, errors={"": MANY}, status=409)
    writing = replace(writing, content=content, version=saved.version)
    is_change = fields.get("then") == "check"
    to = writing.address("check") if is_change else writing.after(name)
    if lines := writing.urgent(name, fields):
        back = writing.address(name)
        return writing.page("write_danger.html", lines=lines, onwards=to, back=back)
    if name == "matter" and (known := await _known(writing, onwards=to)) is not None:
        return known
    return RedirectResponse(to, status_code=303)


async def _autosaved(writing: WritingDesk, fields: FormFields, *, version: int) -> Response:
    """Save what is typed so far, also half of it. Raises: BadValue; DraftChanged; LimitReached."""
    typed = {field: fields.get(field) or None for field in ("subject", "body")}
    try:
        content = LetterDraft.model_validate(writing.content.model_dump() | typed)
    except ValidationError:
        raise BadValue("draft") from None
    saved = await writing.save(content, version=version)
    return JSONResponse({"draft": saved.version})


def _answered(content: LetterDraft, name: StepName, body: RequestBody) -> dict[str, Any]:
    """The draft with a step's answers; `writer` keeps what other steps ask."""
    saved, given = content.model_dump(exclude_none=True), body.model_dump(exclude_unset=True)
    asked = [each.name.split(".")[1] for each in STEPS[name].fields if "writer." in each.name]
    writer = {key: value for key, value in saved.get("writer", {}).items() if key not in asked}
    return {**saved, **given, "writer": {**writer, **given.get("writer", {})}}


def _without_nobody(changed: dict[str, Any], name: StepName, body: Any) -> dict[str, Any]:
    """Fields of this step that were emptied are removed."""
    for field in type(body).model_fields:
        if name != "kind" and not getattr(body, field):
            changed.pop(field, None)
    if changed.get("about", {}).get("kind") == NOBODY:
        changed["about"] = {}
    return changed


async def _known(writing: WritingDesk, *, onwards: str) -> Response | None:
    """What there is already on the same matter: own open letters, and public answers."""
    content = writing.content
    asked = BeingWritten.model_validate(
        content.model_dump(mode="json", include={"subject", "body", "category"}, exclude_none=True)
        | {"place": {"city": content.place.city if content.place else None}}
    )
    found = await find_similar(asked, writing.person, writing.desk)
    public_url = pages_of(writing.request).public_url
    if not found.own and not (found.public and public_url):
        return None
    return writing.page(
        "write_similar.html",
        found=found,
        public_url=(public_url or "").rstrip("/"),
        onwards=onwards,
    )


def letter_of(writing: WritingDesk, *, send_anyway: str | None) -> NewLetter | None:
    """The letter that the draft has become; None if something is missing or not valid."""
    content = writing.content
    given = content.model_dump(mode="json", exclude_none=True)
    entry = given.pop("entry", None)
    if not given.get("about"):
        given.pop("about", None)
    known = writing.desk.frontends.by_client.get(pages_of(writing.request).client or "")
    if known is not None and entry in known.entries:
        given["entry"] = entry
    notice = writing.desk.notices.on(civil_date(writing.desk.now()))
    lang: Language = "zh" if lang_of(content.body or "") == "zh-CN" else "en"
    given |= {"lang": lang, "notice_version": notice.version, "draft": writing.id}
    if send_anyway:
        given["send_anyway"] = send_anyway
    try:
        return NewLetter.model_validate(given)
    except ValidationError:
        return None


def missing_in(writing: WritingDesk) -> set[StepName]:
    """The steps whose answer is not valid as a letter's."""
    values = flattened(writing.content)
    return {
        name
        for name in writing.steps
        if read_form(STEPS[name].model, FormFields.of(**values))[0] is None
    }


def _check(
    writing: WritingDesk, *, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    saved, missing = flattened(writing.content), missing_in(writing)
    rows = [
        {
            "name": name,
            "step": STEPS[name],
            "answers": [_answer(STEPS[name], asked.name, saved) for asked in STEPS[name].fields],
            "files": len(writing.content.files or ()) if name == "files" else 0,
            "is_missing": name in missing,
            "href": f"{writing.address(name)}?then=check",
        }
        for name in writing.steps
    ]
    return writing.page(
        "write_check.html",
        status=status,
        rows=rows,
        errors=errors or {},
        is_complete=not missing,
    )


def _answer(step: WritingStep, name: str, saved: Mapping[str, str]) -> dict[str, Any]:
    """A field's label, and its value in words."""
    asked = next(field for field in step.fields if field.name == name)
    value: Any = saved.get(name, "")
    if asked.choices:
        value = next((one[1] for one in asked.choices() if one[0] == value), "")
    return {"label": asked.label, "value": value, "is_words": asked.kind in {"text", "area"}}
