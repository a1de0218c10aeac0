"""One draft: the copy beside the text for publication, its marks, and its wording."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.publisher.api.dependencies import Desk, EditorialDesk
from services.publisher.api.drafts_schemas import DraftShown, draft_shown
from services.publisher.api.editing import mark_words, reword
from services.publisher.api.editing_schemas import NewMark, NewWording
from services.publisher.domain.letter import PublisherLetter
from services.publisher.pages.desk_words import (
    DOUBT_RULES,
    KIND_OF_RULE,
    MARK_KINDS,
    MARK_REASONS,
    REASONS_TO_HIDE,
    REASONS_TO_KEEP,
    REJECT_REASONS,
    refusal_text,
)
from services.publisher.pages.editors_desk import PLACE, EditorHere
from services.publisher.pages.tracked_changes import TextDoubt, annotated, changed, doubts_in
from shared.contracts.words import MAX_BODY, MAX_REPLY, MAX_SUBJECT
from shared.kernel.errors import NotFound, OutOfOrder, Refused
from shared.platform.http.tokens import Person
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields

LETTERS: Final = f"{PLACE}/letters"
LETTER: Final = LETTERS + "/{letter}"
router = APIRouter(include_in_schema=False)
PARTS: Final = {"title": N_("Title"), "text": N_("Letter"), "reply": N_("Reply")}
LABELS: Final = {
    **PARTS,
    "what": N_("What it is"),
    "reason": N_("Why"),
    "decision": N_("Decision"),
    "copy": N_("The draft"),
}
SIZES: Final = {"title": MAX_SUBJECT, "text": MAX_BODY, "reply": MAX_REPLY}
Done = Literal[
    "marked", "reworded", "proposed", "returned", "restored", "published", "change_proposed",
    "change_made", "changed",
]  # fmt: skip
DONE: Final = {
    "marked": N_("The mark is set."),
    "reworded": N_("The wording is saved."),
    "proposed": N_("Proposed. Another editor must approve it."),
    "returned": N_("Sent back. It is in work again."),
    "restored": N_("It is in work again."),
    "published": N_("Published."),
    "change_proposed": N_("Proposed. Another editor must approve it."),
    "change_made": N_("The change is made."),
}
CHANGED: Final = N_("The letter has changed in the meantime. Look at it again.")


def _above_the_form(refused: Refused) -> dict[str, str]:
    return {"": refusal_text(refused)}


@dataclass(frozen=True, slots=True)
class EditorsLetter:
    """An editor at the pages of one letter."""

    request: Request
    editor: Person
    desk: EditorialDesk
    number: str
    state: PublisherLetter

    @classmethod
    async def of(
        cls, letter: str, *, request: Request, editor: Person, desk: EditorialDesk
    ) -> EditorsLetter:
        """The letter, if this editor may see it. Raises: NotFound."""
        return cls(request, editor, desk, letter, await desk.letter(letter, editor))

    @property
    def address(self) -> str:
        """Where the letter's page is."""
        return f"{LETTERS}/{self.number}"

    @property
    def shown(self) -> DraftShown:
        """The draft as the API shows it."""
        return draft_shown(self.number, self.state, editor=self.editor)

    @property
    def stage(self) -> str:
        """What editors have done with the copy: `rejected`, or the stage as the API shows it."""
        return "rejected" if self.shown.rejection else self.shown.stage

    def page(self, name: str, *, status: int = 200, **values: Any) -> Response:
        """A page about the letter."""
        known = {
            "number": self.number,
            "here_path": self.address,
            "draft": self.shown,
            "stage": self.stage,
            "public_url": self.desk.public_url,
            "done": None,
            "changed": None,
            "errors": {},
        }
        return page(self.request, name, status=status, **(known | values))

    def to(self, done: str) -> Response:
        """Lead back to the letter's page."""
        return RedirectResponse(f"{self.address}?done={done}", status_code=303)

    async def act(
        self,
        action: Awaitable[object],
        *,
        done: Response,
        form: Callable[..., Response],
        errors_of: Callable[[Refused], dict[str, str]] = _above_the_form,
    ) -> Response:
        """Do what a form asks for. `form` shows it again if what is refused can be mended.

        Raises: NotFound.
        """
        try:
            await action
        except NotFound:
            raise
        except OutOfOrder:
            return self.to("changed")
        except Refused as refused:
            return form(errors=errors_of(refused), status=refused.status)
        return done


async def _letter(letter: str, request: Request, editor: EditorHere, desk: Desk) -> EditorsLetter:
    return await EditorsLetter.of(letter, request=request, editor=editor, desk=desk)


AtLetter = Annotated[EditorsLetter, Depends(_letter)]


@router.get(LETTER)
async def show_letter(at: AtLetter, done: Done | None = None) -> Response:
    """A draft, or a publication, and what can be done about it."""
    return draft_page(at, done=done)


@router.post(LETTER + "/marks")
async def mark(at: AtLetter) -> Response:
    """Hide words, or leave them in sight."""
    fields = await fields_of(at.request)
    body, errors = read_form(NewMark, fields)
    if body is None:
        return draft_page(at, fields=fields, errors=errors, status=422)
    marked = mark_words(at.number, body, at.editor, at.desk)
    return await at.act(marked, done=at.to("marked"), form=partial(draft_page, at, fields=fields))


@router.get(LETTER + "/wording")
async def show_wording(at: AtLetter) -> Response:
    """The text, to be shortened or reworded."""
    draft = at.shown
    if at.stage != "copied" or draft.wording is None:
        return at.to("changed")
    words = FormFields.of(**draft.wording.model_dump())
    return _wording_page(at, restored_fields(at.request) or words)


@router.post(LETTER + "/wording")
async def save_wording(at: AtLetter) -> Response:
    """Save the wording; its changes are shown on the letter's page."""
    fields = await fields_of(at.request)
    body, errors = read_form(NewWording, fields)
    if body is None:
        return _wording_page(at, fields, errors=errors, status=422)
    try:
        await reword(at.number, body, at.editor, at.desk)
    except Refused as refused:
        part = str(refused).removeprefix("words.")
        errors = {part if part in PARTS else "": refusal_text(refused)}
        return _wording_page(at, fields, errors=errors, status=refused.status)
    return at.to("reworded")


def _wording_page(at: EditorsLetter, fields: FormFields, **more: Any) -> Response:
    return at.page("draft_wording.html", fields=fields, labels=PARTS, sizes=SIZES, **more)


def draft_page(
    at: EditorsLetter,
    *,
    done: str | None = None,
    fields: FormFields | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page of a draft or of a publication."""
    draft = at.shown
    name = "editors_publication.html" if at.stage == "published" else "draft.html"
    return at.page(
        name,
        status=status,
        done=DONE.get(done or ""),
        changed=CHANGED if done == "changed" else None,
        parts=side_by_side(draft),
        doubts=undecided(draft),
        kind_of=KIND_OF_RULE,
        rules=DOUBT_RULES,
        kinds=MARK_KINDS,
        reasons=MARK_REASONS,
        to_hide=REASONS_TO_HIDE,
        to_keep=REASONS_TO_KEEP,
        rejected_for=REJECT_REASONS,
        fields=fields or FormFields(),
        errors=errors or {},
        labels=LABELS,
    )


def undecided(draft: DraftShown) -> list[TextDoubt]:
    """The doubtful words in the text for publication that no editor has left in sight."""
    found, kept = doubts_in(draft.title, draft.text, draft.reply), _kept(draft)
    return [doubt for doubt in found if doubt.words not in kept]


def side_by_side(draft: DraftShown) -> list[dict[str, Any]]:
    """Each part of the copy beside the text for publication."""
    if draft.copied is None:
        return []
    kept = _kept(draft)
    texts = {name: (getattr(draft.copied, name), getattr(draft, name)) for name in PARTS}
    return [
        {
            "name": name,
            "title": PARTS[name],
            "is_changed": before != after,
            "before": annotated(before),
            "after": changed(before, after, kept=kept),
            "sample": after,
        }
        for name, (before, after) in texts.items()
    ]


def _kept(draft: DraftShown) -> set[str]:
    return {mark.text for mark in draft.marks if mark.decision == "kept"}
