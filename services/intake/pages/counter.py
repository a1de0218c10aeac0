"""Pages of counters: enter a letter for a visitor or caller, check it, and print the receipt."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.counter import (
    at_counter,
    confirm_caller_phone,
    enter_counter_letter,
    read_counter_receipt,
    send_phone_code,
    writer_of,
)
from services.intake.api.counter_schemas import NewCounterLetter, NewPhoneCode
from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.warnings import Warned
from shared.kernel.errors import BadValue, NotFound, Refused
from shared.kernel.working_days import civil_date
from shared.platform.http.identity import on_page
from shared.platform.http.tokens import Person
from shared.rules.text.written import Written
from shared.web.form_pages import key_in, new_key
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields
from shared.web.vocabulary import choices

HERE: Final = "/counter"
LETTER: Final = HERE + "/letters/{letter}"
router = APIRouter(include_in_schema=False)
Clerk = Annotated[Person, Depends(on_page(at_counter()))]
ENTRIES: Final = (("counter", N_("A visitor at the counter")), ("hotline", N_("A caller")))
REASONS: Final = (
    ("no_internet", N_("Has no access to the internet")),
    ("needs_help", N_("Needs help with writing")),
    ("no_account", N_("Can’t sign in")),
    ("other", N_("Another reason")),
)
YES_NO: Final = (("yes", N_("Yes")), ("no", N_("No")))
DONE: Final = {
    "entered": N_("The letter is accepted."),
    "sent": N_("The code is on its way to the phone. It is valid for ten minutes."),
    "confirmed": N_("The phone is confirmed."),
}
REFUSALS: Final = {
    "wrong_code": N_("The code is not right. Ask the caller to read it again."),
    "too_late": N_("The code has expired. Send a new one."),
    "limit": N_("There were too many tries. Send a new code, at most five in all."),
    "already_done": N_("The phone is confirmed already."),
    "guardian_needed": N_("Under 14 a guardian must agree: fill in name, phone and relation."),
    "notice_not_current": N_("The notice has changed. Read out the current one and begin again."),
    "backlog": N_("Too many letters are waiting at the moment. Try again shortly."),
}
"""What to do instead, by the refusal's code."""
NUMBER: Final = N_("Check the number: it is not valid for this kind of document.")
OTHERWISE: Final = N_("This can’t be done now.")
LABELS: Final = {
    "entry": N_("Who is it?"),
    "reason": N_("Why is it entered here?"),
    "visitor.name": N_("Name"),
    "visitor.document_type": N_("Document"),
    "visitor.document_number": N_("Document number"),
    "visitor.birthdate": N_("Date of birth"),
    "visitor.document_shown": N_("Have you seen the document?"),
    "visitor.phone": N_("Phone"),
    "letter.category": N_("Kind of letter"),
    "letter.place.city": N_("City where it happened"),
    "letter.subject": N_("Subject"),
    "letter.body": N_("What the person says"),
    "letter.on_behalf": N_("For whom"),
    "letter.writer.acting_as": N_("In what capacity"),
    "letter.writer.helped.name": N_("Name of the person helped"),
    "letter.writer.guardian.name": N_("Guardian’s name"),
    "letter.writer.guardian.phone": N_("Guardian’s phone"),
    "letter.writer.guardian.relation": N_("Guardian’s relation"),
    "letter.consent_to_publish": N_("Agrees to publication"),
}
"""The fields of the form, in order, with their names."""
KINDS: Final = {
    "visitor.document_type": "document_type",
    "letter.category": "category",
    "letter.place.city": "city",
    "letter.on_behalf": "on_behalf",
    "letter.writer.acting_as": "acting_as",
    "letter.writer.guardian.relation": "guardian_relation",
}
"""Fields whose values are codes, with the kind of code."""
NEEDED: Final = frozenset({"visitor.document_type", "letter.category"})
ANSWERS: Final = {
    "entry": ENTRIES,
    "reason": REASONS,
    "visitor.document_shown": YES_NO,
    "letter.consent_to_publish": YES_NO,
}
"""Fields that are answered by choosing one."""


@router.get(HERE)
async def show_form(request: Request, _: Clerk, desk: Desk) -> Response:
    """The empty form."""
    return _form(request, desk, restored_fields(request) or FormFields())


@router.post(HERE)
async def check(request: Request, person: Clerk, desk: Desk) -> Response:
    """Check the form, show it for a last look, and accept the letter."""
    fields = await fields_of(request)
    body, errors = read_form(NewCounterLetter, fields)
    if body is not None:
        errors = _number_errors(body)
    if body is None or errors or fields.get("step") == "change":
        return _form(request, desk, fields, errors=errors, status=422 if errors else 200)
    if fields.get("step") != "send":
        urgent = _is_urgent(desk, fields)
        return page(request, "counter_check.html", is_urgent=urgent, **_checked(fields))
    try:
        accepted = await enter_counter_letter(body, person, key_in(fields), desk, Response())
    except Warned as warned:
        return page(
            request,
            "counter_warned.html",
            status=warned.status,
            warned=warned.members,
            hidden=_given(fields),
            key=key_in(fields),
            send_anyway=warned.members.get("send_anyway"),
        )
    except Refused as refused:
        text = REFUSALS.get(refused.code, OTHERWISE)
        return _form(request, desk, fields, errors={"": text}, status=refused.status)
    return RedirectResponse(f"{_address(accepted.letter)}?done=entered", status_code=303)


@router.get(LETTER)
async def show_receipt(
    request: Request, person: Clerk, desk: Desk, letter: str, done: str | None = None
) -> Response:
    """The receipt to print, and the check of the phone."""
    return await _receipt(request, person, desk, letter, done=DONE.get(done or ""))


@router.post(LETTER + "/phone-code")
async def post_code(request: Request, person: Clerk, desk: Desk, letter: str) -> Response:
    """Send a code to the phone."""
    fields = await fields_of(request)
    try:
        await send_phone_code(letter, person, key_in(fields), desk)
    except Refused as refused:
        return await _refused(request, person, desk, letter, refused)
    return RedirectResponse(f"{_address(letter)}?done=sent", status_code=303)


@router.post(LETTER + "/phone")
async def post_confirmation(request: Request, person: Clerk, desk: Desk, letter: str) -> Response:
    """Confirm the phone by the code that was read back."""
    fields = await fields_of(request)
    body, errors = read_form(NewPhoneCode, fields)
    if body is None:
        return await _receipt(request, person, desk, letter, errors=errors, status=422)
    try:
        await confirm_caller_phone(letter, body, person, key_in(fields), desk)
    except Refused as refused:
        return await _refused(request, person, desk, letter, refused)
    return RedirectResponse(f"{_address(letter)}?done=confirmed", status_code=303)


def _form(
    request: Request,
    desk: FrontDesk,
    fields: FormFields,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        request,
        "counter_form.html",
        status=status,
        fields=fields,
        errors=errors or {},
        is_urgent=_is_urgent(desk, fields),
        labels=LABELS,
        answers=ANSWERS,
        codes={name: [*_first(name), *choices(kind)] for name, kind in KINDS.items()},
        notice=desk.notices.on(civil_date(desk.now())),
        key=new_key(),
    )


def _is_urgent(desk: FrontDesk, fields: FormFields) -> bool:
    """Whether what the person says looks like an emergency, before it is sent."""
    written = Written(fields.get("letter.subject"), fields.get("letter.body"))
    return desk.triage(written).threshold is not None


def _first(name: str) -> list[tuple[str, str]]:
    """The first choice of a field: nothing is chosen beforehand."""
    return [("", N_("Choose") if name in NEEDED else N_("Not given"))]


def _checked(fields: FormFields) -> dict[str, Any]:
    """What the page for the last look shows."""
    rows = [
        (LABELS[name], fields.get(name), KINDS.get(name), dict(ANSWERS.get(name, ())))
        for name in LABELS
        if fields.get(name).strip()
    ]
    return {"rows": rows, "hidden": _given(fields), "key": key_in(fields)}


def _given(fields: FormFields) -> dict[str, str]:
    """What the form holds, to be sent again."""
    names = (*LABELS, "letter.notice_version", "letter.lang")
    return {name: fields.get(name) for name in names if fields.get(name)}


def _number_errors(body: NewCounterLetter) -> dict[str, str]:
    try:
        writer_of(body.visitor)
    except BadValue:
        return {"visitor.document_number": NUMBER}
    return {}


async def _receipt(
    request: Request,
    person: Person,
    desk: FrontDesk,
    letter: str,
    *,
    status: int = 200,
    **more: Any,
) -> Response:
    shown = await read_counter_receipt(letter, person, desk)
    values = {"done": None, "errors": {}} | more
    return page(
        request,
        "counter_receipt.html",
        status=status,
        receipt=shown,
        address=_address(shown.letter),
        now=desk.now(),
        key=new_key(),
        **values,
    )


async def _refused(
    request: Request, person: Person, desk: FrontDesk, letter: str, refused: Refused
) -> Response:
    """The receipt with what to do instead. Raises: the refusal, if it isn't theirs."""
    if isinstance(refused, NotFound):
        raise refused
    text = REFUSALS.get(refused.code, OTHERWISE)
    return await _receipt(
        request, person, desk, letter, errors={"digits": text}, status=refused.status
    )


def _address(letter: str) -> str:
    return LETTER.format(letter=letter)
