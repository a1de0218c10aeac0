"""Routes by which writers send and read their own letters."""

from fastapi import APIRouter, Response, status

from services.intake.api.dependencies import Desk
from services.intake.api.letter_entry import EntryNotRegistered
from services.intake.api.letter_presentation import letter_line, letter_shown
from services.intake.api.letter_submission import LetterSubmission
from services.intake.api.letters_schemas import LetterList, LetterShown, NewLetter, Submitted
from services.intake.api.limited import SenderLimit, shows_limits
from services.intake.api.receipts import signed_receipt
from services.intake.api.warnings import ELSEWHERE, warned
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.minors import GuardianNeeded
from services.intake.domain.notices import NoticeNotCurrent
from services.intake.store import Backlogged, letters_of
from shared.kernel.errors import NotFound
from shared.platform.http.identity import Citizen
from shared.platform.http.parameters import After, IdempotencyKey
from shared.platform.mongo.paging import place, written
from shared.platform.runtime import data_files

router = APIRouter(prefix="/v1/letters", tags=["letters"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=warned(
        *(*ELSEWHERE, EntryNotRegistered(), NotFound(), Backlogged()),
        *(GuardianNeeded(), NoticeNotCurrent()),
    )
    | shows_limits("letters", on=201),
)
async def submit_letter(
    body: NewLetter,
    person: Citizen,
    key: IdempotencyKey,
    desk: Desk,
    response: Response,
) -> Submitted:
    """Accept a letter. The same key and letter again give the same answer; a key holds 90 days.

    What may be an emergency goes to the duty desk: 422 `emergency`, or 422 `happening_now` with
    the address at which to answer. A report of a crime and a matter of other offices are answered
    with where to turn (422 `crime_report`, `not_police`), and accepted with `send_anyway`. A letter
    nearly the same as an open one of its writer is answered with that one's number (409
    `same_matter`), to which something can be added; it is accepted with `send_anyway`, too.

    Of writers under 14 a guardian must agree: `writer.guardian`, else 422 `guardian_needed`. An
    emergency is never held up by that.

    `notice_version` must be the notice that holds (`/v1/notices/current`), else 422
    `notice_not_current`.

    While too many letters wait for the broker, new ones are refused, and nothing else: repeated
    submissions, emergencies and requests about a letter, which may have a time limit, are accepted.

    404: one of its files is unknown, or belongs to another letter or person.

    Who sends too many gets 429 `too_often`, with `Retry-After`; an emergency is never refused.
    """
    limit = SenderLimit(desk, "letters", desk.owner(person), response)
    number, letter = await LetterSubmission.of(desk, person, body=body, key=key).accept(limit)
    if body.draft:
        await desk.drafts.drop(desk.owner(person), body.draft)
    response.headers["location"] = f"/v1/letters/{number}"
    at = letter.received_at
    return Submitted(
        letter=number,
        received_at=at,
        read_by=desk.hours.read_by(at),
        receipt=signed_receipt(desk, number, letter=letter),
    )


@router.get("")
async def list_letters(person: Citizen, desk: Desk, after: After = None) -> LetterList:
    """The writer's own letters, newest first, a page of twenty; `after`: the last page's `next`."""
    numbers, end = await letters_of(
        desk.documents, desk.owners(person), after=place(after) if after else None
    )
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    wording = data_files.categories()
    lines = [
        letter_line(number, state, wording=wording)
        for number, state in letters
        if isinstance(state, IntakeLetter)
    ]
    return LetterList(letters=lines, next=written(end) if end else None)


@router.get("/{letter}")
async def read_letter(letter: str, person: Citizen, desk: Desk) -> LetterShown:
    """A letter of the writer's own, with all that happened to it."""
    number, found = await desk.own_letter(person, letter)
    return letter_shown(number, found, wording=data_files.categories(), stations=desk.stations)
