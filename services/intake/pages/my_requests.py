"""The pages on which a writer answers, adds, rates, appeals, withdraws or changes something."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.emergency_guard import refused_emergency
from services.intake.api.limited import SenderLimit
from services.intake.api.request_text import RequestText
from services.intake.api.requests import RequestSender
from services.intake.api.warnings import EmergencyShown, Warned
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.offered_requests import offered
from services.intake.pages.my_letters import MINE, Writer
from services.intake.pages.request_forms import FORMS, FormName, WriterForm
from shared.kernel.errors import NotFound, Refused
from shared.kernel.working_days import civil_date
from shared.platform.http.tokens import Person
from shared.web.form_pages import key_in
from shared.web.forms import FormFields, fields_of
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields

router = APIRouter()
Name = Annotated[FormName, Path()]
REFUSALS: Final[Mapping[str, str]] = {
    "bad_value": N_("Something in the form is not valid. Check it."),
    "id_reused": N_("This form has been sent before with other content. Open it again."),
    "limit": N_("You have reached the limit for this letter. Wait for the reply."),
    "too_often": N_("You have sent too many of these. Try again later. In danger call 110 now."),
}
NOT_NOW: Final = N_("This can’t be done now. Go back to the letter to see what is possible.")


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A writer at a form about one letter."""

    request: Request
    desk: FrontDesk
    name: FormName
    number: str
    letter: IntakeLetter
    fields: FormFields = field(default_factory=FormFields)
    person: Person | None = None
    """Who has sent the fields; None while nothing is sent."""

    @property
    def form(self) -> WriterForm:
        """What is asked."""
        return FORMS[self.name]

    @property
    def address(self) -> str:
        """The letter's page."""
        return f"{MINE}/{self.number}"

    async def show(self, errors: Mapping[str, str] | None = None, *, status: int = 200) -> Response:
        """The form, with what was typed; and what to do now, if that looks like an emergency."""
        values = {
            asked.name: self.fields.get(asked.name, asked.value(self.letter) if asked.value else "")
            for asked in self.form.fields
        }
        return self._page(
            "my_request.html",
            status,
            errors=errors or {},
            values=values,
            key=self.key,
            emergency=await self.emergency(),
        )

    async def emergency(self) -> EmergencyShown | None:
        """An emergency in what was typed; if it was sent, the duty desk has it by then."""
        kinds = {"text", "area"}
        words = [self.fields.get(asked.name) for asked in self.form.fields if asked.kind in kinds]
        text = RequestText(body="\n".join(words), city=self.letter.place.city)
        found = refused_emergency(self.desk, text, letter=self.number)
        if found is None or not (self.form.has_words or found.threshold == "stop"):
            return None
        return await found.shown(self.person)

    def refuse(self) -> Response:
        """The form can't be used now."""
        return self._page("my_request_refused.html", 409, reason=NOT_NOW)

    def warn(self, emergency: Mapping[str, Any], *, is_sent: bool, status: int) -> Response:
        """What to do now, because the words look like an emergency."""
        return self._page("my_emergency.html", status, emergency=emergency, is_sent=is_sent)

    @property
    def key(self) -> str:
        """The form's idempotency key; a double submit acts once."""
        return key_in(self.fields)

    def _page(self, template: str, status: int, **more: Any) -> Response:
        shown = {
            "number": self.number,
            "address": self.address,
            "here": f"{self.address}/{self.name}",
            "form": self.form,
            "question": next((it for it in self.letter.questions if it.standing == "open"), None),
            "letter": self.letter,
            "kind": self.name,
        }
        return page(self.request, template, status=status, **(shown | more))


@router.get(MINE + "/{letter}/{name}")
async def show_request(
    request: Request, person: Writer, desk: Desk, letter: str, name: Name
) -> Response:
    """The form."""
    number, state = await desk.own_letter(person, letter)
    fields = restored_fields(request) or FormFields()
    opened = RequestPage(request, desk, name, number, state, fields)
    kinds = offered(state, today=civil_date(desk.now()))
    return await opened.show() if name in (*kinds, "consent", "contact") else opened.refuse()


@router.post(MINE + "/{letter}/{name}")
async def send_request(
    request: Request, person: Writer, desk: Desk, letter: str, name: Name
) -> Response:
    """Send it. The same form again changes nothing, so it isn't refused as out of order."""
    fields = await fields_of(request)
    number, state = await desk.own_letter(person, letter)
    opened = RequestPage(request, desk, name, number, state, fields, person)
    body, errors = opened.form.read(fields)
    if body is None:
        return await opened.show(errors, status=422)
    limit = SenderLimit(desk, "requests", desk.owner(person), Response())
    sender = RequestSender(desk, person, opened.key, limit)
    try:
        answer = await opened.form.run(number, body, sender)
    except NotFound:
        raise
    except Warned as warned:
        return opened.warn(warned.members, is_sent=False, status=warned.status)
    except Refused as refused:
        errors = opened.form.error(refused, REFUSALS.get(refused.code, NOT_NOW))
        return await opened.show(errors, status=refused.status)
    emergency: EmergencyShown | None = getattr(answer, "emergency", None)
    if not opened.form.has_words:
        emergency = await opened.emergency()
    if emergency is not None:
        return opened.warn(emergency.model_dump(), is_sent=True, status=200)
    return RedirectResponse(f"{opened.address}?done={name}", status_code=303)
