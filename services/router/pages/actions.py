"""The pages of actions: a form, a check of the answers, and then the letter again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from services.router.api.dependencies import StaffAction, TheDesk, letter_for, request_id
from services.router.pages.action_forms import ActionForm
from services.router.pages.decision_forms import EVERY_FORM
from services.router.pages.frame import INBOX, LETTERS, AtDesk, action_on, refusal_text
from services.router.pages.history_text import HistoryItem, history_items
from shared.kernel.errors import NotFound, Refused
from shared.platform.http.parameters import RequestBody
from shared.web.form_pages import AskedField, key_in
from shared.web.forms import FormFields, fields_of
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields

router = APIRouter()
Name = Annotated[str, Path(pattern=f"^({'|'.join(EVERY_FORM)})$")]
NOT_NOW: Final = N_(
    "This can’t be done now: the letter is in another state, or somebody else has done it."
)
FIELD_OF: Final = {"words": "text", "clock": "clock"}
"""The form's field for a field that a rule names."""


@dataclass(frozen=True, slots=True)
class ActionPage:
    """A form that somebody works on."""

    request: Request
    action: StaffAction
    name: str
    fields: FormFields = field(default_factory=FormFields)

    @property
    def form(self) -> ActionForm:
        """What is asked."""
        return EVERY_FORM[self.name]

    @property
    def is_allowed(self) -> bool:
        """Whether the action would have an effect now."""
        needs = self.form.needs
        return self.action.sight == "all" and (needs is None or needs in self.action.allowed)

    def show(
        self,
        *,
        errors: Mapping[str, str] | None = None,
        changes: Sequence[HistoryItem] = (),
        status: int = 200,
    ) -> Response:
        """The form, with what was typed."""
        return self._page("action.html", status, errors=errors or {}, changes=changes)

    def check(self) -> Response:
        """The answers, before anything is done."""
        return self._page("action_check.html", 200)

    def refuse(self) -> Response:
        """The form can't be used any more."""
        return self._page("action_refused.html", 409, reason=NOT_NOW)

    def _page(self, template: str, status: int, **more: Any) -> Response:
        action = self.action
        values = {asked.name: self._value(asked) for asked in self.form.fields}
        shown: dict[str, Any] = {
            "number": action.number,
            "action": self.name,
            "form": self.form,
            "choices": {
                asked.name: asked.choices(action) if asked.choices else ()
                for asked in self.form.fields
            },
            "values": values,
            "key": action.key,
            "version": action.letter.facts,
            "back": f"{LETTERS}/{action.number}",
        }
        return page(self.request, template, status=status, **(shown | more))

    def _value(self, asked: AskedField[StaffAction]) -> str:
        first = asked.value(self.action) if asked.value else ""
        if asked.kind == "fixed":
            return first
        return self.fields.get(asked.name, first)


@router.get(LETTERS + "/{letter}/{name}")
async def show_action(
    request: Request, person: AtDesk, desk: TheDesk, letter: str, name: Name
) -> Response:
    """The form of an action."""
    action = await action_on(letter, person, desk=desk)
    shown = ActionPage(request, action, name, restored_fields(request) or FormFields())
    return shown.show() if shown.is_allowed else shown.refuse()


@router.post(LETTERS + "/{letter}/{name}")
async def take_action(
    request: Request, person: AtDesk, desk: TheDesk, letter: str, name: Name
) -> Response:
    """Check the form's answers, or do what it asks."""
    fields = await fields_of(request)
    try:
        action = await action_on(letter, person, desk=desk, key=key_in(fields))
    except NotFound:
        if name == "conflict":
            return RedirectResponse(f"{INBOX}?done={name}", status_code=303)
        raise
    shown = ActionPage(request, action, name, fields)
    history = await desk.stores.history.of(action.number)
    if any(one.cause == request_id(person, action.key) for one in history):
        return await _done(shown)
    if not shown.is_allowed:
        return shown.refuse()
    body, errors = shown.form.read(fields)
    if errors:
        return shown.show(errors=errors, status=422)
    if fields.get("version") != str(action.letter.facts):
        known = int(fields.get("version")) if fields.get("version").isdecimal() else 0
        changes = history_items(one for one in history if one.number > known)
        return shown.show(changes=changes, status=409)
    if fields.get("step") == "send":
        return await _send(shown, body)
    return shown.check() if fields.get("step") == "check" else shown.show()


async def _send(shown: ActionPage, body: RequestBody | None) -> Response:
    """Do it."""
    try:
        await shown.form.run(*(() if body is None else (body,)), shown.action)
    except NotFound:
        raise
    except Refused as refused:
        errors = shown.form.error(refused, refusal_text(refused), field_of=FIELD_OF)
        return shown.show(errors=errors, status=refused.status)
    return await _done(shown)


async def _done(shown: ActionPage) -> Response:
    """Back to the letter, or to the inbox if the letter isn't this person's any more."""
    action = shown.action
    try:
        _, _, sight = await letter_for(action.person, action.number, desk=action.desk)
    except NotFound:
        sight = "nothing"
    to = f"{LETTERS}/{action.number}" if sight == "all" else INBOX
    return RedirectResponse(f"{to}?done={shown.name}", status_code=303)
