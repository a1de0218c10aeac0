"""The routes of the citizen's mailbox. Every one needs the writer's own sign-in."""

from fastapi import APIRouter, Response, status

from services.intake.api.asker import IdempotencyKey, TheDesk
from services.intake.api.bodies import NewLetter
from services.intake.api.letter_presentation import line, shown
from services.intake.api.letter_submission import Sending
from services.intake.api.letters_schemas import LetterList, LetterShown, Submitted
from services.intake.api.warnings import ELSEWHERE, warned
from services.intake.domain.letter import IntakeLetter
from services.intake.store import Backlogged, letters_of
from shared.platform import datafiles
from shared.platform.identity import Citizen
from shared.platform.paging import place, written
from shared.platform.parameters import After

router = APIRouter(prefix="/v1/letters", tags=["letters"])


@router.post("", status_code=status.HTTP_201_CREATED, responses=warned(*ELSEWHERE, Backlogged()))
async def submit(
    body: NewLetter, person: Citizen, key: IdempotencyKey, desk: TheDesk, response: Response
) -> Submitted:
    """Take in a letter. The same key and letter again give the same answer; a key holds 90 days.

    What may be an emergency goes to the duty desk: 422 `emergency`, or 422 `happening_now` with
    the address at which to answer. A report of a crime and a matter of others are answered by
    where to turn (422 `crime_report`, `not_police`), and taken in with `send_anyway`.

    While too much waits for the broker, new letters are refused, and nothing else: what was taken
    in is answered again, emergencies come to the desk, and requests about a letter may have a time
    limit that would pass.
    """
    number, letter = await Sending.of(desk, person, body=body, key=key).take_in()
    response.headers["location"] = f"/v1/letters/{number}"
    at = letter.received_at
    return Submitted(letter=number, received_at=at, read_by=desk.hours.read_by(at))


@router.get("")
async def read_list(person: Citizen, desk: TheDesk, after: After = None) -> LetterList:
    """The writer's own letters, newest first, a page of twenty; `after`: the last page's `next`."""
    numbers, end = await letters_of(
        desk.documents, desk.owner(person), after=place(after) if after else None
    )
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    wording = datafiles.categories()
    lines = [
        line(number, state, wording=wording)
        for number, state in letters
        if isinstance(state, IntakeLetter)
    ]
    return LetterList(letters=lines, next=written(end) if end else None)


@router.get("/{letter}")
async def read_one(letter: str, person: Citizen, desk: TheDesk) -> LetterShown:
    """A letter of the writer's own, desk by desk."""
    number, found = await desk.own_letter(person, letter)
    return shown(number, found, wording=datafiles.categories(), stations=desk.stations)
