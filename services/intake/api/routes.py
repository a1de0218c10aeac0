"""The routes of the citizen's mailbox. Every one needs the writer's own sign-in."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from services.intake import metrics
from services.intake.api.asker import IdempotencyKey, TheDesk
from services.intake.api.bodies import NewLetter
from services.intake.api.desk import submission
from services.intake.api.showing import line, shown
from services.intake.api.views import LetterList, LetterShown, Submitted
from services.intake.domain import Letter
from services.intake.store import Backlogged, letters_of
from shared.kernel.errors import NotFound
from shared.platform import datafiles
from shared.platform.identity import Citizen
from shared.platform.paging import PLACE, place, written

router = APIRouter(prefix="/v1/letters", tags=["letters"])

After = Annotated[str | None, Query(pattern=PLACE)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def submit(
    body: NewLetter, person: Citizen, key: IdempotencyKey, desk: TheDesk, response: Response
) -> Submitted:
    """Take in a letter. The same key and letter again give the same number; a key holds 90 days.

    While too much waits for the broker, new letters are refused, and nothing else: what was taken
    in is answered again, and requests about a letter may have a time limit that would pass.
    """
    command = submission(person, body, owner=desk.owner(person), received_at=desk.now())
    record = desk.blind.of("submission", person.sub, key.strip('"'))
    digest = desk.blind.of("letter", body.model_dump_json())
    if desk.backlog.is_full and not await desk.numbers.has_drawn(record):
        metrics.TURNED_AWAY.inc()
        raise Backlogged
    with desk.backlog.one_more():
        number = await desk.numbers.number(record, request=digest)
        letter = await desk.tell(number, command, request=(record, digest))
    if not isinstance(letter, Letter):
        raise NotFound
    _count(letter, is_new=letter.received_at == command.letter.received_at)
    response.headers["location"] = f"/v1/letters/{number}"
    return Submitted(letter=number, received_at=letter.received_at)


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
        line(number, one, wording=wording) for number, one in letters if isinstance(one, Letter)
    ]
    return LetterList(letters=lines, next=written(end) if end else None)


@router.get("/{letter}")
async def read_one(letter: str, person: Citizen, desk: TheDesk) -> LetterShown:
    """A letter of the writer's own, desk by desk."""
    number, found = await desk.own_letter(person, letter)
    return shown(number, found, wording=datafiles.categories())


def _count(letter: Letter, *, is_new: bool) -> None:
    if is_new:
        metrics.SUBMITTED.labels(letter.channel, letter.category).inc()
    else:
        metrics.REPEATED.inc()
