"""Decisions about a draft: propose, approve as another editor, send back, reject."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.publisher.api.dependencies import Desk
from services.publisher.api.drafts import approve, propose
from services.publisher.api.drafts_schemas import WhichCopy
from services.publisher.api.editing import reject, restore, send_back
from services.publisher.api.editing_schemas import (
    MAX_EDITORS_NOTE,
    EditionRead,
    NewRejection,
    NewReturn,
)
from services.publisher.domain.draft import page_of
from services.publisher.domain.letter import ProposedDraft
from services.publisher.pages.desk_words import DOUBT_RULES, REJECT_REASONS
from services.publisher.pages.draft_pages import (
    LETTER,
    AtLetter,
    EditorsLetter,
    side_by_side,
    undecided,
)
from services.publisher.pages.editors_desk import PLACE
from services.publisher.pages.reading_room import public_entry
from shared.platform.http.identity import fresh, on_page, staff
from shared.platform.http.tokens import Person
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.session_cookies import restored_fields

router = APIRouter(include_in_schema=False)
FreshEditorHere = Annotated[Person, Depends(fresh(on_page(staff("editor"))))]
LOOK_FIRST: Final = N_("Confirm that you have checked the marked places.")


async def _letter_after_sign_in(
    letter: str, request: Request, editor: FreshEditorHere, desk: Desk
) -> EditorsLetter:
    return await EditorsLetter.of(letter, request=request, editor=editor, desk=desk)


AtFreshLetter = Annotated[EditorsLetter, Depends(_letter_after_sign_in)]


@router.get(LETTER + "/proposal")
async def show_proposal(at: AtLetter) -> Response:
    """Check the text, and propose it."""
    return _proposal_page(at) if at.stage == "copied" else at.to("changed")


@router.post(LETTER + "/proposal")
async def send_proposal(at: AtLetter) -> Response:
    """Propose the text that was read."""
    fields = await fields_of(at.request)
    which, errors = read_form(WhichCopy, fields)
    if undecided(at.shown) and fields.get("looked") != "yes" and at.stage == "copied":
        errors = errors | {"looked": LOOK_FIRST}
    if which is None or errors:
        return _proposal_page(at, errors=errors, status=422)
    proposed = propose(at.number, at.editor, at.desk, which)
    return await at.act(proposed, done=at.to("proposed"), form=partial(_proposal_page, at))


@router.get(LETTER + "/approval")
async def show_approval(at: AtFreshLetter) -> Response:
    """Exactly what readers would see."""
    return _approval_page(at) if at.stage == "proposed" else at.to("changed")


@router.post(LETTER + "/approval")
async def send_approval(at: AtFreshLetter) -> Response:
    """Publish what another editor proposes."""
    which, errors = read_form(WhichCopy, await fields_of(at.request))
    if which is None:
        return _approval_page(at, errors=errors, status=422)
    approved = approve(at.number, at.editor, at.desk, which)
    return await at.act(approved, done=at.to("published"), form=partial(_approval_page, at))


@router.get(LETTER + "/return")
async def show_return(at: AtLetter) -> Response:
    """Say what is missing in a proposal."""
    fields = restored_fields(at.request) or FormFields()
    return _return_page(at, fields) if at.stage == "proposed" else at.to("changed")


@router.post(LETTER + "/return")
async def send_return(at: AtLetter) -> Response:
    """Send a proposal back, or take back one's own."""
    fields = await fields_of(at.request)
    body, errors = read_form(NewReturn, fields)
    if body is None:
        return _return_page(at, fields, errors=errors, status=422)
    returned = send_back(at.number, body, at.editor, at.desk)
    return await at.act(returned, done=at.to("returned"), form=partial(_return_page, at, fields))


@router.get(LETTER + "/rejection")
async def show_rejection(at: AtLetter) -> Response:
    """Say why a draft is not published."""
    fields = restored_fields(at.request) or FormFields()
    is_waiting = at.stage in {"copied", "proposed"}
    return _rejection_page(at, fields) if is_waiting else at.to("changed")


@router.post(LETTER + "/rejection")
async def send_rejection(at: AtLetter) -> Response:
    """Decide that a draft is not published."""
    fields = await fields_of(at.request)
    body, errors = read_form(NewRejection, fields)
    if body is None:
        return _rejection_page(at, fields, errors=errors, status=422)
    rejected = reject(at.number, body, at.editor, at.desk)
    done = RedirectResponse(f"{PLACE}?list=rejected&done=rejected", status_code=303)
    return await at.act(rejected, done=done, form=partial(_rejection_page, at, fields))


@router.post(LETTER + "/restoration")
async def send_restoration(at: AtLetter) -> Response:
    """Take a rejected draft up again."""
    body, _ = read_form(EditionRead, await fields_of(at.request))
    if body is None:
        return at.to("changed")
    restored = restore(at.number, body, at.editor, at.desk)
    return await at.act(restored, done=at.to("restored"), form=lambda **_: at.to("changed"))


def _proposal_page(at: EditorsLetter, **more: Any) -> Response:
    return at.page(
        "draft_proposal.html",
        parts=side_by_side(at.shown),
        doubts=undecided(at.shown),
        rules=DOUBT_RULES,
        **more,
    )


def _approval_page(at: EditorsLetter, **more: Any) -> Response:
    draft = at.state.waiting
    if not isinstance(draft, ProposedDraft):
        return at.to("changed")
    preview = page_of(at.state, draft, publication=at.number, at=at.desk.now())
    return at.page(
        "draft_approval.html",
        entry=public_entry(preview),
        parts=side_by_side(at.shown),
        doubts=undecided(at.shown),
        rules=DOUBT_RULES,
        **more,
    )


def _return_page(at: EditorsLetter, fields: FormFields, **more: Any) -> Response:
    return at.page("draft_return.html", fields=fields, most=MAX_EDITORS_NOTE, **more)


def _rejection_page(at: EditorsLetter, fields: FormFields, **more: Any) -> Response:
    return at.page(
        "draft_rejection.html",
        fields=fields,
        reasons=list(REJECT_REASONS.items()),
        most=MAX_EDITORS_NOTE,
        **more,
    )
