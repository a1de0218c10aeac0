"""The routes of the back office. Every one needs the sign-in of staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.router import metrics
from services.router.api.asking import RequestKey, TheDesk, request_id, staff_id
from services.router.api.bodies import LetterShown, Target, Triaged, shown, waiting
from services.router.domain import Command, Letter, RouteLetter
from services.router.store import in_triage
from shared.contracts.values import By
from shared.kernel.errors import NotFound
from shared.kernel.letter_number import is_letter_number, normalise
from shared.platform.identity import staff
from shared.platform.paging import PLACE, place, written
from shared.platform.rules import Told
from shared.platform.tokens import Person

router = APIRouter(prefix="/v1", tags=["letters"])

Triage = Annotated[Person, Depends(staff("triage"))]
Reader = Annotated[Person, Depends(staff("triage", "supervisor", "bureau"))]
After = Annotated[str | None, Query(pattern=PLACE)]


@router.get("/triage")
async def read_triage(_: Triage, desk: TheDesk, after: After = None) -> Triaged:
    """What waits for the triage desk; `after`: the last page's `next`."""
    numbers, end = await in_triage(desk.documents, after=place(after) if after else None)
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    lines = [waiting(number, letter) for number, letter in letters if isinstance(letter, Letter)]
    return Triaged(letters=lines, next=written(end) if end else None)


@router.post("/letters/{letter}/route")
async def route(
    letter: str, target: Target, clerk: Triage, key: RequestKey, desk: TheDesk
) -> LetterShown:
    """Hand a letter that waits in triage to a bureau."""
    number = _number(letter)
    command = RouteLetter(target.bureau, By(role="triage", staff=staff_id(clerk)), desk.now())
    told: Told[Command] = Told(number, command, request_id(clerk, key), target.bureau)
    state = await desk.commands.tell(told)
    if not isinstance(state, Letter):
        raise NotFound
    metrics.ROUTED_BY_HAND.inc()
    return shown(number, state)


@router.get("/letters/{letter}")
async def read_one(letter: str, person: Reader, desk: TheDesk) -> LetterShown:
    """A letter, for triage and supervisors, and for the bureau that holds it."""
    number = _number(letter)
    state = await desk.letters.state(number)
    if not isinstance(state, Letter) or not _may_see(person, state):
        raise NotFound
    return shown(number, state)


def _may_see(person: Person, letter: Letter) -> bool:
    """Triage and supervisors see every letter, a bureau those that it holds."""
    return person.has_role("triage", "supervisor") or letter.holder in person.bureaus


def _number(letter: str) -> str:
    number = normalise(letter)
    if not is_letter_number(number):
        raise NotFound
    return number
