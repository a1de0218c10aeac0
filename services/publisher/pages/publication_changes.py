"""Changes of a publication: correct, take down, or leave as it is; a second editor approves."""

from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.publisher.api.changes import approve_change, propose_change
from services.publisher.api.changes_schemas import NewChange, WhichChange
from services.publisher.api.drafts_schemas import DraftShown
from services.publisher.pages.desk_words import refusal_text
from services.publisher.pages.draft_decisions import AtFreshLetter
from services.publisher.pages.draft_pages import LETTER, PARTS, SIZES, AtLetter, EditorsLetter
from services.publisher.pages.editors_desk import PLACE
from services.publisher.pages.tracked_changes import changed, doubts_in
from shared.contracts.vocabulary import ProblemOutcome
from shared.kernel.errors import Refused
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.session_cookies import restored_fields
from shared.web.vocabulary import choices, label

router = APIRouter(include_in_schema=False)
LABELS: Final = {
    **{f"words.{part}": name for part, name in PARTS.items()},
    "note": N_("Note that readers see"),
    "problem": N_("The problem that this decides"),
}
MISSING: Final = {
    "words": N_("Give the corrected text"),
    "note": N_("Choose one of the answers"),
    "problem": N_("Choose one of the answers"),
}


@router.get(LETTER + "/change/approval")
async def show_change(at: AtFreshLetter) -> Response:
    """What another editor proposes to do with a publication."""
    return _approval_page(at) if at.shown.change else at.to("changed")


@router.post(LETTER + "/change/approval")
async def send_change_approval(at: AtFreshLetter) -> Response:
    """Make the change that another editor proposes."""
    body, errors = read_form(WhichChange, await fields_of(at.request))
    if body is None:
        return _approval_page(at, errors=errors, status=422)
    change = at.shown.change
    is_withdrawal = change is not None and change.outcome == "withdrawn"
    gone = RedirectResponse(f"{PLACE}?list=withdrawn&done=withdrawn", status_code=303)
    return await at.act(
        approve_change(at.number, body, at.editor, at.desk),
        done=gone if is_withdrawal else at.to("change_made"),
        form=partial(_approval_page, at),
    )


@router.get(LETTER + "/change/{outcome}")
async def show_form(at: AtLetter, outcome: ProblemOutcome) -> Response:
    """The form of a correction, of a withdrawal, or of a problem without ground."""
    draft = at.shown
    if at.stage != "published":
        return at.to("changed")
    words = draft.newer or draft
    given = {f"words.{part}": getattr(words, part) for part in PARTS}
    return _form(at, outcome, restored_fields(at.request) or FormFields.of(**given))


@router.post(LETTER + "/change/{outcome}")
async def send_form(at: AtLetter, outcome: ProblemOutcome) -> Response:
    """Show what a correction changes, and propose it."""
    fields = await fields_of(at.request)
    body, errors = read_form(NewChange, _with_outcome(fields, outcome))
    if body is None:
        return _form(at, outcome, fields, errors=errors, status=422)
    if outcome == "corrected" and fields.get("step") != "send" and body.words is not None:
        return _form(at, outcome, fields, is_checked=fields.get("step") == "check")
    return await at.act(
        propose_change(at.number, body, at.editor, at.desk),
        done=at.to("change_proposed"),
        form=partial(_form, at, outcome, fields),
        errors_of=_errors,
    )


def _form(at: EditorsLetter, outcome: ProblemOutcome, fields: FormFields, **more: Any) -> Response:
    draft = at.shown
    words = [fields.get(f"words.{part}") for part in PARTS]
    return at.page(
        "publication_change.html",
        outcome=outcome,
        fields=fields,
        labels=LABELS,
        sizes=SIZES,
        parts=[
            {"name": name, "title": PARTS[name], "after": changed(getattr(draft, name), text)}
            for name, text in zip(PARTS, words, strict=True)
        ],
        doubts=doubts_in(*words),
        notes=[("", N_("Choose")), *choices("correction_note")],
        problems=_problems(draft, outcome),
        **({"is_checked": False} | more),
    )


def _problems(draft: DraftShown, outcome: ProblemOutcome) -> list[tuple[str, object]]:
    """The open problems; without one a page may be corrected or taken down, too."""
    none: list[tuple[str, object]] = [("", N_("No problem was reported"))]
    each = [(one.problem, label("problem_kind", one.kind)) for one in draft.problems]
    return [*(none if outcome != "unfounded" else ()), *each]


def _approval_page(at: EditorsLetter, **more: Any) -> Response:
    draft = at.shown
    if draft.change is None:
        return at.to("changed")
    words = draft.change.words
    parts = [
        {
            "name": name,
            "title": title,
            "after": changed(getattr(draft, name), getattr(words, name)),
        }
        for name, title in PARTS.items()
        if words is not None
    ]
    doubts = doubts_in(words.title, words.text, words.reply) if words else []
    return at.page("change_approval.html", parts=parts, doubts=doubts, **more)


def _with_outcome(fields: FormFields, outcome: ProblemOutcome) -> FormFields:
    """The fields as the API's body: words belong to corrections alone."""
    named = {name: fields.all(name) for name in fields if outcome == "corrected" or "." not in name}
    return FormFields.of(**{**named, "outcome": outcome})


def _errors(refused: Refused) -> dict[str, str]:
    name = str(refused)
    if name in MISSING:
        return {"words.text" if name == "words" else name: MISSING[name]}
    return {name if name in LABELS else "": refusal_text(refused)}
