"""Routes by which staff of a counter enter letters for visitors and callers.

The letter belongs to the writer, by the document: the same person follows it after signing in. The
staff member sees the receipt of what they entered, and nothing of the letter's course.
"""

from dataclasses import replace
from secrets import randbelow
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response, status

from services.intake.api.counter_schemas import (
    CounterReceipt,
    NewCounterLetter,
    NewPhoneCode,
    NewVisitor,
)
from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.letter_submission import LetterSubmission
from services.intake.api.warnings import ELSEWHERE, warned
from services.intake.domain.counter import (
    MOST_TRIES,
    ConfirmPhone,
    RequestPhoneCheck,
    check_entered,
)
from services.intake.domain.letter import EnteredBy, IntakeLetter, PhoneCheck
from services.intake.domain.minors import GuardianNeeded
from services.intake.domain.notices import NoticeNotCurrent
from services.intake.store import Backlogged
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.words import Note
from shared.kernel.documents import is_valid, normal_number
from shared.kernel.errors import BadValue, NotFound, Refused
from shared.kernel.viewers import counter
from shared.platform.http.identity import Guard
from shared.platform.http.openapi import refuses
from shared.platform.http.parameters import IdempotencyKey
from shared.platform.http.tokens import Person

COUNTER: Final = "counter"
ROLES: Final[dict[str, Bureau]] = {
    COUNTER: "province",
    **{counter(slug): slug for slug in BUREAUS},
}
"""The roles of counters, and whose counter each is."""
router = APIRouter(prefix="/v1/counter", tags=["counter"])


class WrongCode(Refused):
    """The digits are not those of the newest code; five wrong tries end it."""

    status = 422
    code = "wrong_code"


def at_counter() -> Guard:
    """Staff of a counter: role `counter`, or `bureau:<slug>:counter`."""
    who = f"staff with role `{COUNTER}` or `bureau:<slug>:{COUNTER}`"
    return Guard(lambda person: bool(ROLES.keys() & person.roles), who, is_staff=True)


Clerk = Annotated[Person, Depends(at_counter())]


@router.post(
    "/letters",
    status_code=status.HTTP_201_CREATED,
    responses=warned(*ELSEWHERE, Backlogged(), GuardianNeeded(), NoticeNotCurrent()),
)
async def enter_counter_letter(
    body: NewCounterLetter, person: Clerk, key: IdempotencyKey, desk: Desk, response: Response
) -> CounterReceipt:
    """Enter a letter for a visitor (`counter`) or caller (`hotline`). Recorded.

    The same rules hold as for letters that writers send: emergencies go to the duty desk (422 with
    the numbers to call), and crime reports and other offices' matters are explained first.
    """
    submission = _submission(body, person, key, desk)
    number, letter = await submission.accept()
    response.headers["location"] = f"/v1/counter/letters/{number}"
    return receipt(desk, number, letter=letter, person=person)


@router.get("/letters/{letter}")
async def read_counter_receipt(letter: str, person: Clerk, desk: Desk) -> CounterReceipt:
    """The receipt of a letter that this person has entered."""
    number, found = await desk.letter(letter)
    return receipt(desk, number, letter=found, person=person)


@router.post("/letters/{letter}/phone-code")
async def send_phone_code(
    letter: str, person: Clerk, key: IdempotencyKey, desk: Desk
) -> CounterReceipt:
    """Send six digits to the writer's phone; they hold for ten minutes. At most five codes."""
    number, _ = await desk.letter(letter)
    code = f"{randbelow(1_000_000):06}"
    command = RequestPhoneCheck(
        person.staff_id, Note(text=code), _hash(desk, number, code), desk.now()
    )
    name = f"c-{desk.blind.of('phone-code', person.sub, number, key.strip(chr(34)))}"
    return _told(desk, number, await desk.tell(number, command, request=(name, "")), person)


@router.post("/letters/{letter}/phone", responses=refuses(WrongCode()))
async def confirm_caller_phone(
    letter: str, body: NewPhoneCode, person: Clerk, key: IdempotencyKey, desk: Desk
) -> CounterReceipt:
    """Confirm the phone by the digits that the caller reads back; five tries for each code."""
    number, _ = await desk.letter(letter)
    digest = _hash(desk, number, body.digits)
    command = ConfirmPhone(person.staff_id, digest, desk.now())
    name = f"c-{desk.blind.of('phone', person.sub, number, key.strip(chr(34)))}"
    shown = _told(desk, number, await desk.tell(number, command, request=(name, digest)), person)
    if shown.phone_confirmed_at is None:
        raise WrongCode
    return shown


def receipt(
    desk: FrontDesk, number: str, *, letter: IntakeLetter, person: Person
) -> CounterReceipt:
    """The receipt. Raises: NotFound, for somebody who didn't enter the letter."""
    entered = check_entered(letter, person.staff_id)
    check = letter.phone_check or PhoneCheck()
    return CounterReceipt(
        letter=number,
        received_at=letter.received_at,
        entry=entered.entry,
        document_shown=entered.was_shown,
        phone_confirmed_at=check.confirmed_at,
        code_expires_at=check.expires_at,
        tries_left=MOST_TRIES - check.tries if check.expires_at else 0,
        read_by=desk.hours.read_by(letter.received_at),
    )


def writer_of(visitor: NewVisitor) -> Person:
    """The writer as a sign-in would name them. Raises: BadValue, for a number that can't be."""
    number = normal_number(visitor.document_number)
    if not is_valid(visitor.document_type, number):
        raise BadValue("visitor.document_number")
    return Person(
        sub="",
        name=visitor.name,
        id_number=number,
        phone=visitor.phone,
        document_type=visitor.document_type,
        birthdate=visitor.birthdate,
    )


def _submission(
    body: NewCounterLetter, person: Person, key: str, desk: FrontDesk
) -> LetterSubmission:
    bureau = next(ROLES[role] for role in ROLES if role in person.roles)
    entered = EnteredBy(
        entry=body.entry,
        bureau=bureau,
        staff=person.staff_id,
        reason=body.reason,
        was_shown=body.visitor.document_shown == "yes",
    )
    writer = replace(writer_of(body.visitor), sub=f"{COUNTER}\n{person.sub}")
    submission = LetterSubmission.of(desk, writer, body=body.letter, key=key)
    content = body.model_dump_json(exclude={"letter": {"send_anyway"}})
    return replace(submission, entered=entered, digest=desk.blind.of("letter", content))


def _told(desk: FrontDesk, number: str, state: object, person: Person) -> CounterReceipt:
    if not isinstance(state, IntakeLetter):
        raise NotFound
    return receipt(desk, number, letter=state, person=person)


def _hash(desk: FrontDesk, number: str, code: str) -> str:
    return desk.blind.of("code", number, code)
