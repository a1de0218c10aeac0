"""The signing folder: drafts that wait for a person, read and signed or sent back one by one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from services.router.api.decisions import signer_of
from services.router.api.decisions_schemas import Instruction, Missing, Signature
from services.router.api.dependencies import TheDesk, found_by, require_role, seen_by
from services.router.api.handling_schemas import MAX_REASON
from services.router.api.letters_schemas import LetterShown, shown
from services.router.api.lists_schemas import subject
from services.router.domain.letter import Letter
from services.router.domain.overview import last_day
from services.router.domain.signing import (
    SendBack,
    SignAnswer,
    SigningSeat,
    signing_seats,
    waits_for,
)
from services.router.domain.supervision import Instruct
from services.router.pages.desk_tools import Tools
from services.router.pages.frame import LETTERS, PLACE, refusal_text
from services.router.pages.reading_desk import (
    INSTRUCT_TEXTS,
    SEND_BACK_TEXTS,
    ReadingDesk,
    ShortText,
    show_text_form,
    take_text,
    was_done,
)
from services.router.store.queries import drafts_at
from shared.contracts.words import MAX_NOTE, Note, Reason
from shared.kernel.errors import Refused, TooLate
from shared.kernel.working_days import civil_date
from shared.platform.http.identity import fresh, on_page, staff
from shared.platform.http.tokens import Person
from shared.web.form_pages import key_in, new_key
from shared.web.forms import fields_of
from shared.web.language import N_
from shared.web.rendering import page

HERE: Final = f"{PLACE}/signing"
TOGETHER: Final = 50
"""Drafts opened at once; as many are listed."""
router = APIRouter(include_in_schema=False)
SIGNERS: Final = staff("bureau", "supervisor", "director", "triage")
"""Anyone who may be named as a signer; the offices decide who is."""
Signer = Annotated[Person, Depends(on_page(SIGNERS))]
FreshSigner = Annotated[Person, Depends(fresh(on_page(SIGNERS)))]
Done = Literal["signed", "sent_back", "instructed", "gone", "changed"]
NOTICES: Final = {
    "signed": N_("Signed."),
    "sent_back": N_("Sent back."),
    "instructed": N_("The instruction is given."),
    "gone": N_("That draft does not wait for you any more."),
    "changed": N_("Another draft lies there by now. Read it before you sign."),
}
TOO_LATE: Final = N_("A promise in it was due before today. Send it back for another date.")
SEND_BACK: Final = ShortText(
    *SEND_BACK_TEXTS,
    most=MAX_REASON,
    body=Missing,
    command=lambda action, body: SendBack(signer_of(action), action.now, Reason(text=body.text)),
)
INSTRUCT: Final = ShortText(
    *INSTRUCT_TEXTS,
    most=MAX_NOTE,
    body=Instruction,
    command=lambda action, body: Instruct(
        require_role(action.as_chief(), action.as_director()), action.now, Note(text=body.text)
    ),
)
TEXTS: Final = {"send_back": (SEND_BACK, "sent_back"), "instruct": (INSTRUCT, "instructed")}
Text = Literal["send_back", "instruct"]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the folder."""

    number: str
    letter: LetterShown
    subject: str | None
    due_on: date | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class SigningDesk(ReadingDesk):
    """A person who may be named as a signer."""

    def seats(self) -> list[SigningSeat]:
        """Return what this person signs."""
        today = civil_date(self.desk.now())
        return list(signing_seats(self.staff, on=today, rulebook=self.desk.rulebook))

    def waits(self, letter: Letter) -> bool:
        """Whether the letter's draft waits for this person, who may see it."""
        today, rulebook = civil_date(self.desk.now()), self.desk.rulebook
        is_seen = seen_by(self.person, letter) == "all"
        return is_seen and waits_for(self.staff, letter, on=today, rulebook=rulebook)

    async def drafts(self, seats: list[SigningSeat]) -> tuple[list[DraftLine], int]:
        """Return the first drafts that wait, the first due first, and how many more may."""
        seen = found_by(self.person, least="all")
        numbers = await drafts_at(self.desk.documents, seen, seats=seats) if seats else []
        lines: list[DraftLine] = []
        looked = 0
        while looked < len(numbers) and len(lines) < TOGETHER:
            some = numbers[looked : looked + TOGETHER]
            letters = await self.desk.letters.states(some)
            looked += len(some)
            lines += [
                self.line(number, letter)
                for number, letter in letters.items()
                if isinstance(letter, Letter) and self.waits(letter)
            ]
        return lines, len(numbers) - looked

    def line(self, number: str, letter: Letter) -> DraftLine:
        """Return the line of a draft."""
        now, due = self.desk.now(), letter.due_at
        return DraftLine(
            number=number,
            letter=shown(number, letter, sight="all"),
            subject=subject(letter, is_masked=letter.masked),
            due_on=last_day(due),
            is_late=due is not None and due <= now,
        )


async def _desk_of(request: Request, person: Signer, desk: TheDesk, tools: Tools) -> SigningDesk:
    return SigningDesk(request, person, desk, tools)


async def _fresh_desk_of(
    request: Request, person: FreshSigner, desk: TheDesk, tools: Tools
) -> SigningDesk:
    return SigningDesk(request, person, desk, tools)


At = Annotated[SigningDesk, Depends(_desk_of)]
AtFresh = Annotated[SigningDesk, Depends(_fresh_desk_of)]


@router.get(HERE)
async def show_folder(at: At, done: Done | None = None) -> Response:
    """All drafts that wait for this person, the first due first."""
    seats = at.seats()
    lines, more = await at.drafts(seats)
    return page(
        at.request,
        "signing_folder.html",
        lines=lines,
        more=more,
        is_signer=bool(seats),
        notice=NOTICES.get(done or ""),
    )


@router.get(f"{HERE}/next")
async def show_following(
    at: At, after: Annotated[str | None, Query(max_length=40)] = None, done: Done | None = None
) -> Response:
    """Go to the next draft; the one that was just read comes last."""
    lines, _ = await at.drafts(at.seats())
    numbers = [line.number for line in lines]
    if after in numbers:
        place = numbers.index(after) + 1
        numbers = numbers[place:] + numbers[: place - 1]
    query = f"?done={done}" if done else ""
    where = f"{HERE}/{numbers[0]}" if numbers else HERE
    return RedirectResponse(where + query, status_code=303)


@router.get(HERE + "/{letter}")
async def show_draft(letter: str, at: At, done: Done | None = None) -> Response:
    """A draft to be read: the letter, the conversation, the reply, its promises."""
    number, found = await at.letter(letter)
    if not at.waits(found):
        return _to_folder("gone")
    lines, more = await at.drafts(at.seats())
    return page(
        at.request,
        "signing_draft.html",
        number=number,
        letter=shown(number, found, sight="all"),
        line=at.line(number, found),
        left=len(lines) + more,
        is_exact=more == 0,
        may_instruct="instruct" in at.action(number, found).allowed,
        notice=NOTICES.get(done or ""),
    )


@router.get(LETTERS + "/{letter}/sign")
async def go_to_draft(letter: str, at: At) -> Response:
    """Go from a letter's page to its draft."""
    number, _ = await at.letter(letter)
    return RedirectResponse(f"{HERE}/{number}", status_code=303)


@router.get(HERE + "/{letter}/sign")
async def show_sign(letter: str, at: AtFresh) -> Response:
    """Check what is signed."""
    number, found = await at.letter(letter)
    if not at.waits(found):
        return _to_folder("gone")
    read = at.request.query_params.get("draft", "")
    if read != str(found.drafts):
        return _to_draft(number, "changed")
    return _sign_page(at, number, found, key=new_key())


@router.post(HERE + "/{letter}/sign")
async def sign(letter: str, at: AtFresh) -> Response:
    """Sign the draft that was read, and go to the next one."""
    fields = await fields_of(at.request)
    number, found = await at.letter(letter)
    action = at.action(number, found, key=key_in(fields))
    if not at.waits(found):
        done = await was_done(action)
        return _to_next(number, "signed") if done else _to_folder("gone")
    if fields.get("draft") != str(found.drafts):
        return _to_draft(number, "changed")
    body = Signature(draft=found.drafts)
    try:
        await action.execute(SignAnswer(signer_of(action), action.now, found.drafts), body)
    except Refused as refusal:
        message = TOO_LATE if isinstance(refusal, TooLate) else refusal_text(refusal)
        return _sign_page(at, number, found, key=action.key, status=refusal.status, notice=message)
    return _to_next(number, "signed")


@router.get(HERE + "/{letter}/{what}")
async def show_form(letter: str, what: Text, at: AtFresh) -> Response:
    """Say what is missing, or what is to be done."""
    found = await at.letter(letter)
    if not at.waits(found[1]):
        return _to_folder("gone")
    return await show_text_form(at, found, asked=TEXTS[what][0], back=f"{HERE}/{found[0]}")


@router.post(HERE + "/{letter}/{what}")
async def act(letter: str, what: Text, at: AtFresh) -> Response:
    """Send the draft back, or instruct; after an instruction the draft still waits."""
    fields = await fields_of(at.request)
    found = await at.letter(letter)
    number = found[0]
    if not at.waits(found[1]) and not await was_done(at.action(*found, key=key_in(fields))):
        return _to_folder("gone")
    asked, done = TEXTS[what]
    answer = await take_text(at, found, fields=fields, asked=asked, back=f"{HERE}/{number}")
    if answer is not None:
        return answer
    if what == "instruct":
        return RedirectResponse(f"{HERE}/{number}?done={done}", status_code=303)
    return _to_next(number, done)


def _sign_page(at: SigningDesk, number: str, letter: Letter, **more: Any) -> Response:
    return page(
        at.request,
        "signing_sign.html",
        number=number,
        letter=shown(number, letter, sight="all"),
        **{"notice": None, **more},
    )


def _to_folder(done: str) -> Response:
    return RedirectResponse(f"{HERE}?done={done}", status_code=303)


def _to_draft(number: str, done: str) -> Response:
    return RedirectResponse(f"{HERE}/{number}?done={done}", status_code=303)


def _to_next(number: str, done: str) -> Response:
    return RedirectResponse(f"{HERE}/next?after={number}&done={done}", status_code=303)
