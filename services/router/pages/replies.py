"""The reply editor: a draft that is kept, templates, promises, a preview, and the sending."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.router.api import handling
from services.router.api.dependencies import StaffAction, TheDesk, request_id
from services.router.api.handling_schemas import NewReply
from services.router.api.letters_schemas import LetterShown, shown
from services.router.pages.frame import LETTERS, AtDesk, action_on, refusal_text
from services.router.pages.history_text import history_items
from services.router.pages.letter_view import handles, texts
from services.router.store.history import PastFact
from services.router.store.reply_drafts import SavedDraft
from shared.contracts.words import MAX_NOTE, MAX_REPLY
from shared.kernel.errors import AlreadyDone, BadValue, NotFound, Refused
from shared.kernel.reply_templates import ReplyTemplate, is_hardly_edited, unfilled
from shared.platform.runtime.data_files import reply_templates
from shared.web.form_pages import key_in
from shared.web.formats import lang_of
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_, Message
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields
from shared.web.vocabulary import choices

router = APIRouter()
REPLY: Final = LETTERS + "/{letter}/reply"
EDITING: Final = timedelta(minutes=30)
"""After the last save, somebody still counts as writing for so long."""
MOST_PROMISES: Final = 10
PROMISES: Final = tuple(
    (f"commitments.{row}.due_on", f"commitments.{row}.text") for row in range(MOST_PROMISES)
)
KEPT: Final = (
    "outcome",
    "finding",
    "referred_to",
    "text",
    "publication_proposed",
    "based_on",
    *(name for pair in PROMISES for name in pair),
)
"""The fields of a draft."""
FIELD_OF: Final = {
    "words": "text",
    "finding": "finding",
    "referred_to": "referred_to",
    "commitments": PROMISES[0][0],
}
"""The form's field for a field that a rule names."""
MESSAGES: Final = {
    "finding": N_("Say what was found: this outcome needs it"),
    "referred_to": N_("Say where the matter was referred to: this outcome needs it"),
    "commitments": N_("A promise needs a text, and a day from today to five years from now"),
}
HARDLY_EDITED: Final = N_(
    "The text is nearly the template’s. Does it answer what this writer asked, with what was found?"
)


@dataclass(frozen=True, slots=True)
class ReplyEditor:
    """Somebody who writes a reply."""

    request: Request
    action: StaffAction
    fields: FormFields
    saved: SavedDraft | None
    version: int
    """The draft that was changed."""

    @property
    def is_others(self) -> bool:
        """Whether somebody else has just been writing."""
        saved = self.saved
        return (
            saved is not None
            and saved.staff != self.action.person.staff_id
            and self.action.now - saved.saved_at < EDITING
        )

    @property
    def template(self) -> ReplyTemplate | None:
        """The template that the text is based on."""
        key = self.fields.get("based_on")
        return next((one for one in reply_templates() if one.key == key), None)

    @property
    def templates(self) -> list[ReplyTemplate]:
        """Those for letters of this category."""
        category = self.action.letter.category
        return [one for one in reply_templates() if category in one.categories]

    def template_text(self, template: ReplyTemplate) -> str:
        """The template in the letter's language."""
        words = self.action.letter.words
        return template.en if words and lang_of(words.body) == "en" else template.zh

    def rows(self) -> int:
        """How many promises the form asks for: those given, and one more if it was asked for."""
        used = [row for row, pair in enumerate(PROMISES) if any(map(self.fields.get, pair))]
        more = self.fields.get("step") == "add"
        return min(max(used, default=-1) + 1 + more, MOST_PROMISES) or 1

    async def save(self) -> "ReplyEditor":
        """Store the draft. Raises: AlreadyDone, if somebody else has changed it."""
        action = self.action
        version = await action.desk.stores.drafts.save(
            action.number,
            {name: list(self.fields.all(name)) for name in KEPT if self.fields.get(name).strip()},
            staff=action.person.staff_id,
            assignment=action.letter.assignment,
            version=self.version,
            now=action.now,
        )
        return replace(self, version=version)

    def show(self, template: str = "reply.html", *, status: int = 200, **more: Any) -> Response:
        """The editor, or another page with what was written."""
        letter = self.action.letter
        told: LetterShown = shown(self.action.number, letter, sight=self.action.sight)
        values: dict[str, Any] = {
            "number": self.action.number,
            "told": told,
            "marked": texts(told, letter),
            "fields": self.fields,
            "kept": [(name, value) for name in KEPT for value in self.fields.all(name)],
            "promises": PROMISES[: self.rows()],
            "can_add": self.rows() < MOST_PROMISES,
            "templates": self.templates,
            "outcomes": choices("outcome"),
            "findings": choices("finding"),
            "places": choices("where_to_turn"),
            "key": self.action.key,
            "facts": letter.facts,
            "version": self.version,
            "saved": self.saved,
            "is_mine": self.saved is not None and self.saved.staff == self.action.person.staff_id,
            "most": MAX_REPLY,
            "most_note": MAX_NOTE,
            "changes": (),
            "others": None,
            "done": None,
        }
        return page(self.request, template, status=status, **(values | more))


@router.get(REPLY)
async def show_editor(
    request: Request, person: AtDesk, desk: TheDesk, letter: str, done: str | None = None
) -> Response:
    """The draft as it was saved, or what was typed before the session ended."""
    editor = await _editor(request, await action_on(letter, person, desk=desk), None)
    if "reply" not in editor.action.allowed:
        return editor.show("reply_refused.html", status=409)
    if editor.is_others:
        return editor.show("reply_taken.html")
    return editor.show(done=N_("The draft has been saved.") if done == "saved" else None)


@router.post(REPLY)
async def write_reply(request: Request, person: AtDesk, desk: TheDesk, letter: str) -> Response:
    """Save, take a template, add a promise, check, or send."""
    fields = await fields_of(request)
    action = await action_on(letter, person, desk=desk, key=key_in(fields))
    history = await desk.stores.history.of(action.number)
    if any(one.cause == request_id(person, action.key) for one in history):
        return _sent(action)
    editor = await _editor(request, action, fields)
    if "reply" not in action.allowed:
        return editor.show("reply_refused.html", status=409)
    step = fields.get("step")
    if step == "take_over" and editor.saved:
        await replace(editor, fields=_typed(editor.saved), version=editor.saved.version).save()
        return _again(action)
    try:
        editor = await editor.save()
    except AlreadyDone:
        return _conflict(editor, step)
    return await _go_on(editor, step, history=history)


async def _go_on(editor: ReplyEditor, step: str, *, history: Sequence[PastFact]) -> Response:
    """What follows after the draft was saved."""
    match step:
        case "autosave":
            return JSONResponse({"draft": editor.version})
        case "template":
            return _with_template(editor)
        case "check" | "send":
            return await _check(editor, history=history, is_sent=step == "send")
        case "add" | "change":
            return editor.show()
        case _:
            return _again(editor.action, "?done=saved")


async def _editor(request: Request, action: StaffAction, fields: FormFields | None) -> ReplyEditor:
    """The editor with what the form says, what was kept, or what was saved. Raises: NotFound."""
    if action.sight != "all" or not handles(action):
        raise NotFound
    saved = await action.desk.stores.drafts.read(action.number, assignment=action.letter.assignment)
    if fields is not None:
        given = fields.get("draft")
        return ReplyEditor(request, action, fields, saved, int(given) if given.isdecimal() else 0)
    version = saved.version if saved else 0
    restored = restored_fields(request)
    return ReplyEditor(
        request, action, restored or (_typed(saved) if saved else FormFields()), saved, version
    )


def _typed(saved: SavedDraft) -> FormFields:
    return FormFields({name: tuple(values) for name, values in saved.fields.items()})


def _conflict(editor: ReplyEditor, step: str) -> Response:
    """Both texts, if somebody else has saved one meanwhile; saving again keeps this one."""
    saved = editor.saved
    if step == "autosave":
        return JSONResponse({"draft": 0}, status_code=409)
    latest = replace(editor, version=saved.version if saved else 0)
    return latest.show(status=409, others=saved)


def _with_template(editor: ReplyEditor) -> Response:
    """The text of the chosen template, after what is written already."""
    template = editor.template
    if template is None:
        return editor.show(errors={"based_on": N_("Choose a template")}, status=422)
    written = editor.fields.get("text").strip()
    text = editor.template_text(template)
    parts = [part for part in (written, text) if part]
    values = {name: editor.fields.all(name) for name in editor.fields}
    outcome = editor.fields.get("outcome") or template.outcome
    filled = FormFields(values | {"text": ("\n\n".join(parts),), "outcome": (outcome,)})
    return replace(editor, fields=filled).show()


async def _check(editor: ReplyEditor, *, history: Sequence[PastFact], is_sent: bool) -> Response:
    """The preview; or the reply goes to its signers, or to the writer."""
    body, errors = read_form(NewReply, editor.fields)
    place = unfilled(editor.fields.get("text"))
    if place and "text" not in errors:
        errors["text"] = Message(N_("Replace %(place)s by what was found"), place=place)
    if body is None or errors:
        return editor.show(errors=errors, status=422)
    letter, given = editor.action.letter, editor.fields.get("facts")
    if given != str(letter.facts):
        known = int(given) if given.isdecimal() else 0
        changes = history_items(one for one in history if one.number > known)
        return editor.show(changes=changes, status=409)
    if is_sent:
        return await _send(editor, body)
    template = editor.template
    is_copied = template is not None and is_hardly_edited(body.text, editor.template_text(template))
    warning = HARDLY_EDITED if is_copied else None
    return editor.show("reply_check.html", body=body, warning=warning)


async def _send(editor: ReplyEditor, body: NewReply) -> Response:
    try:
        after = await handling.reply(body, editor.action)
    except NotFound:
        raise
    except Refused as refused:
        named = str(refused) if isinstance(refused, BadValue) else ""
        message = MESSAGES.get(named, refusal_text(refused))
        return editor.show(errors={FIELD_OF.get(named, ""): message}, status=refused.status)
    if after.state != "signing":
        await editor.action.desk.stores.drafts.drop([editor.action.number])
    return _sent(editor.action)


def _sent(action: StaffAction) -> Response:
    return RedirectResponse(f"{LETTERS}/{action.number}?done=reply", status_code=303)


def _again(action: StaffAction, query: str = "") -> Response:
    return RedirectResponse(f"{LETTERS}/{action.number}/reply{query}", status_code=303)
