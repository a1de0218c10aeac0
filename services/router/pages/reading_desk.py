"""What signing folder and reading list share: a person, a letter, and short texts about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from fastapi import Request
from starlette.responses import Response

from services.router.api.dependencies import RouterDesk, StaffAction, letter_for, request_id
from services.router.domain.actors import Command
from services.router.domain.letter import Letter
from services.router.pages.desk_tools import DeskTools
from services.router.pages.frame import refusal_text
from shared.kernel.errors import NotFound, Refused
from shared.platform.http.parameters import RequestBody
from shared.platform.http.tokens import Person
from shared.web.form_pages import key_in, new_key
from shared.web.forms import FormFields, read_form
from shared.web.language import N_, Message
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields

CHANGED: Final = N_("The letter has changed since you opened it. Read it again.")


@dataclass(frozen=True, slots=True)
class ReadingDesk:
    """A person who reads letters, and the parts that this takes."""

    request: Request
    person: Person
    desk: RouterDesk
    tools: DeskTools

    @property
    def staff(self) -> str:
        """The person's id."""
        return self.person.staff_id

    async def letter(self, number: str) -> tuple[str, Letter]:
        """Return a letter that this person may see completely. Raises: NotFound."""
        normal, letter, sight = await letter_for(self.person, number, desk=self.desk)
        if sight != "all":
            raise NotFound
        return normal, letter

    def action(self, number: str, letter: Letter, *, key: str = "") -> StaffAction:
        """Return what this person does with a letter."""
        return StaffAction(number, letter, "all", self.person, key or new_key(), self.desk)


async def was_done(action: StaffAction) -> bool:
    """Whether this very request has been carried out: the form was sent twice."""
    name = f"asked.{request_id(action.person, action.key)}"
    found = await action.desk.documents.one({"_id": action.number}, fields={name: 1})
    return bool(found and found.get("asked"))


class ShortText(NamedTuple):
    """An action that needs a text: how its page is worded, its body and its command."""

    title: Message
    explains: Message
    label: Message
    button: Message
    most: int
    body: type[RequestBody]
    command: Callable[[StaffAction, Any], Command]


SEND_BACK_TEXTS: Final = (
    N_("Send the draft back"),
    N_("The draft goes back to its author with this text. The writer doesn’t see it."),
    N_("What is missing"),
    N_("Send back"),
)
INSTRUCT_TEXTS: Final = (
    N_("Give an instruction"),
    N_("Whoever handles the letter must answer it in time. The writer doesn’t see it."),
    N_("What is to be done"),
    N_("Give the instruction"),
)


async def show_text_form(
    at: ReadingDesk, found: tuple[str, Letter], *, asked: ShortText, back: str
) -> Response:
    """Show the form of an action that needs a text."""
    fields = restored_fields(at.request) or FormFields()
    return _rendered(at, found, asked, fields, back=back)


async def take_text(
    at: ReadingDesk, found: tuple[str, Letter], *, fields: FormFields, asked: ShortText, back: str
) -> Response | None:
    """Check a posted text, or act on it; None: it is done."""
    number, letter = found
    if fields.get("step") == "change":
        return _rendered(at, found, asked, fields, back=back)
    action = at.action(number, letter, key=key_in(fields))
    if fields.get("version") != str(letter.facts):
        if await was_done(action):
            return None
        return _rendered(at, found, asked, fields, back=back, status=409, notice=CHANGED)
    body, errors = read_form(asked.body, fields)
    if body is None:
        return _rendered(at, found, asked, fields, back=back, status=422, errors=errors)
    if fields.get("step") != "send":
        return _rendered(at, found, asked, fields, back=back, is_check=True)
    try:
        await action.execute(asked.command(action, body), body)
    except Refused as refusal:
        return _rendered(
            at,
            found,
            asked,
            fields,
            back=back,
            status=refusal.status,
            notice=refusal_text(refusal),
        )
    return None


def _rendered(
    at: ReadingDesk,
    found: tuple[str, Letter],
    asked: ShortText,
    fields: FormFields,
    *,
    back: str,
    status: int = 200,
    **more: Any,
) -> Response:
    number, letter = found
    return page(
        at.request,
        "desk_text.html",
        status=status,
        number=number,
        version=letter.facts,
        asked=asked,
        fields=fields,
        key=key_in(fields),
        back=back,
        action=at.request.url.path,
        **{"errors": {}, "notice": None, "is_check": False, **more},
    )
