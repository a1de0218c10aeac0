"""The routes of the citizen's mailbox. Every one needs the writer's own sign-in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status

from services.intake import metrics
from services.intake.api.bodies import (
    Asked,
    LetterList,
    LetterShown,
    NewLetter,
    NewRating,
    NewWithdrawal,
    Submitted,
    line,
    shown,
)
from services.intake.api.desk import Desk, submission
from services.intake.domain import AskRating, AskWithdrawal, Letter
from services.intake.store import Backlogged, letters_of
from shared.contracts.words import Comment
from shared.kernel.errors import NotFound
from shared.platform import datafiles
from shared.platform.identity import Citizen
from shared.platform.paging import PLACE, place, written
from shared.platform.tokens import Person

router = APIRouter(prefix="/v1/letters", tags=["letters"])

IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", pattern=r'^"?[A-Za-z0-9_.:\-]{8,200}"?$')
]
"""A name that the sender gives the request, so that sending it again does nothing twice."""


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]
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


@router.post("/{letter}/rating", status_code=status.HTTP_202_ACCEPTED)
async def rate(
    letter: str, body: NewRating, person: Citizen, key: IdempotencyKey, desk: TheDesk
) -> Asked:
    """Ask to have the reply rated; `requests` of the letter shows whether it was."""
    number, _ = await desk.own_letter(person, letter)
    request_id, digest = _request(desk, person, (number, "rating", key), body.model_dump_json())
    words = Comment(text=body.comment) if body.comment else None
    command = AskRating(desk.owner(person), request_id, body.solved, body.score, words)
    await desk.tell(number, command, request=(request_id, digest))
    metrics.REQUESTS.labels("rating").inc()
    return Asked(request_id=request_id)


@router.post("/{letter}/withdrawal", status_code=status.HTTP_202_ACCEPTED)
async def withdraw(
    letter: str, body: NewWithdrawal, person: Citizen, key: IdempotencyKey, desk: TheDesk
) -> Asked:
    """Ask to take the letter back; `requests` of the letter shows whether it was."""
    number, _ = await desk.own_letter(person, letter)
    request_id, digest = _request(desk, person, (number, "withdrawal", key), body.model_dump_json())
    command = AskWithdrawal(desk.owner(person), request_id, body.reason)
    await desk.tell(number, command, request=(request_id, digest))
    metrics.REQUESTS.labels("withdrawal").inc()
    return Asked(request_id=request_id)


def _request(
    desk: Desk, person: Person, name: tuple[str, str, str], content: str
) -> tuple[str, str]:
    """The id of a request, the same for the same key, and the digest of what is asked."""
    number, kind, key = name
    request_id = desk.blind.of("request", person.sub, number, kind, key.strip('"'))
    return f"r-{request_id}", desk.blind.of("content", content)


def _count(letter: Letter, *, is_new: bool) -> None:
    if is_new:
        metrics.SUBMITTED.labels(letter.channel, letter.category).inc()
    else:
        metrics.REPEATED.inc()
