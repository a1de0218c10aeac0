"""Pages of identities: ask to see who wrote a letter, decide about it, and see it for a while.

The same rules decide as over the API. An identity is shown once, in the answer to a form, after a
fresh sign-in; every request, decision and view is recorded for writer and auditors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.reveals import (
    DECIDERS,
    decide_reveal,
    list_reveals_of_letter,
    list_waiting_reveals,
    request_reveal,
    reveal_identity,
    view_identity,
)
from services.intake.api.reveals_schemas import (
    MAX_REASON,
    IdentityShown,
    NewDecision,
    NewReveal,
    RevealListed,
)
from services.intake.domain.identity_reveals import VIEW
from services.intake.domain.identity_sealing import is_masked
from shared.kernel.errors import NotFound, Refused
from shared.platform.http.identity import fresh, on_page, staff
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.web.form_pages import key_in, new_key
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields
from shared.web.vocabulary import choices

LETTER: Final = "/reveals/letters/{letter}"
WAITING: Final = "/reveals/waiting"
router = APIRouter(include_in_schema=False)
Asker = Annotated[Person, Depends(on_page(staff("bureau", "supervisor")))]
FreshAsker = Annotated[Person, Depends(fresh(on_page(staff("bureau", "supervisor"))))]
Decider = Annotated[Person, Depends(on_page(staff(*DECIDERS)))]
FreshDecider = Annotated[Person, Depends(fresh(on_page(staff(*DECIDERS))))]
DONE: Final = {
    "asked": N_("Your request waits for a supervisor or custodian."),
    "granted": N_("The view is granted."),
    "refused": N_("The request is refused."),
}
REFUSALS: Final = {
    "needs_grant": N_("For this letter somebody else must grant it: ask first."),
    "not_allowed": N_("Another person must decide about this request."),
    "too_late": N_("The time for viewing it has passed. Ask again if you still need it."),
    "limit": N_("The limit of requests for this letter is reached."),
    "out_of_order": N_("This can’t be done now. The letter or the request has changed."),
    "already_done": N_("This request has already been decided."),
}
"""What to do instead, by the refusal's code."""


@dataclass(frozen=True, slots=True)
class IdentityPage:
    """Somebody at the page of one letter's identity."""

    request: Request
    person: Person
    desk: FrontDesk
    number: str
    own: list[RevealListed]
    is_masked: bool

    @classmethod
    async def of(
        cls, letter: str, *, request: Request, person: Person, desk: FrontDesk
    ) -> IdentityPage:
        """The page, for somebody who may ask. Raises: NotFound."""
        found = await list_reveals_of_letter(letter, person, desk)
        number, state = await desk.letter(letter)
        own = [one for one in found.reveals if one.staff == person.staff_id]
        return cls(request, person, desk, number, own, is_masked(state))

    @property
    def address(self) -> str:
        """Where it is."""
        return LETTER.format(letter=self.number)

    def show(self, fields: FormFields, *, status: int = 200, **more: Any) -> Response:
        """The form, and this person's requests so far."""
        shown: dict[str, Any] = {
            "number": self.number,
            "address": self.address,
            "own": self.own,
            "is_masked": self.is_masked,
            "fields": fields,
            "reasons": choices("reveal_reason"),
            "key": new_key(),
            "most": MAX_REASON,
            "errors": {},
            "done": None,
            "now": self.desk.now(),
        }
        return page(self.request, "reveal_ask.html", status=status, **(shown | more))

    def identity(self, identity: IdentityShown) -> Response:
        """Who wrote the letter; the page leaves by itself when the view ends."""
        shown = page(
            self.request,
            "reveal_identity.html",
            number=self.number,
            address=self.address,
            identity=identity,
            minutes=int(VIEW.total_seconds() // 60),
        )
        shown.headers["refresh"] = f"{int(VIEW.total_seconds())};url={self.address}"
        return shown

    def refused(self, refused: Refused, fields: FormFields) -> Response:
        """The form with what can be done instead. Raises: the refusal, if the letter is hidden."""
        if isinstance(refused, NotFound):
            raise refused
        text = REFUSALS.get(refused.code, REFUSALS["out_of_order"])
        return self.show(fields, status=refused.status, errors={"": text})


@router.get(LETTER)
async def show_ask(
    request: Request, person: Asker, desk: Desk, letter: str, done: str | None = None
) -> Response:
    """The form to ask, and what became of this person's requests."""
    at = await IdentityPage.of(letter, request=request, person=person, desk=desk)
    return at.show(restored_fields(request) or FormFields(), done=DONE.get(done or ""))


@router.post(LETTER + "/ask")
async def ask(request: Request, person: Asker, desk: Desk, letter: str) -> Response:
    """Ask, as a handler, to see who wrote a masked letter."""
    at = await IdentityPage.of(letter, request=request, person=person, desk=desk)
    fields = await fields_of(request)
    body, errors = read_form(NewReveal, fields)
    if body is None:
        return at.show(fields, status=422, errors=errors)
    try:
        await request_reveal(at.number, body, person, key_in(fields), desk)
    except Refused as refused:
        return at.refused(refused, fields)
    return RedirectResponse(f"{at.address}?done=asked", status_code=303)


@router.post(LETTER + "/show")
async def show_identity(request: Request, person: FreshAsker, desk: Desk, letter: str) -> Response:
    """See who wrote a letter that needs no grant, after a fresh sign-in."""
    at = await IdentityPage.of(letter, request=request, person=person, desk=desk)
    fields = await fields_of(request)
    body, errors = read_form(NewReveal, fields)
    if body is None:
        return at.show(fields, status=422, errors=errors)
    try:
        return at.identity(await reveal_identity(at.number, body, person, key_in(fields), desk))
    except Refused as refused:
        return at.refused(refused, fields)


@router.post(LETTER + "/{name}/identity")
async def show_granted(
    request: Request, person: FreshAsker, desk: Desk, letter: str, name: str
) -> Response:
    """See what was granted, until the grant ends."""
    at = await IdentityPage.of(letter, request=request, person=person, desk=desk)
    fields = await fields_of(request)
    try:
        return at.identity(await view_identity(at.number, name, person, desk))
    except Refused as refused:
        return at.refused(refused, fields)


@router.get(WAITING)
async def show_waiting(
    request: Request, person: Decider, desk: Desk, after: After = None, done: str | None = None
) -> Response:
    """Requests that wait for a decision, oldest first."""
    found = await list_waiting_reveals(person, desk, after)
    return page(
        request,
        "reveal_waiting.html",
        letters=found.letters,
        staff=person.staff_id,
        key=new_key(),
        done=DONE.get(done or ""),
        next=f"{WAITING}?after={found.next}" if found.next else None,
    )


@router.post(WAITING)
async def decide(request: Request, person: FreshDecider, desk: Desk) -> Response:
    """Grant or refuse a request, as another person, after a fresh sign-in."""
    fields = await fields_of(request)
    granted = fields.get("granted") == "yes"
    try:
        await decide_reveal(
            fields.get("letter"),
            fields.get("reveal"),
            NewDecision(granted=granted),
            person,
            key_in(fields),
            desk,
        )
    except Refused as refused:
        if isinstance(refused, NotFound):
            raise
        text = REFUSALS.get(refused.code, REFUSALS["out_of_order"])
        return page(request, "reveal_refused.html", status=refused.status, reason=text)
    done = "granted" if granted else "refused"
    return RedirectResponse(f"{WAITING}?done={done}", status_code=303)
