"""The routes of the back office. Every one needs the sign-in of staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.router import metrics
from services.router.api.asking import RequestKey, TheDesk, request_id
from services.router.api.bodies import LetterShown, Target, Triaged, shown, waiting
from services.router.api.seeing import found_by, letter_for, seen_by
from services.router.domain import Command, Letter, RouteLetter
from services.router.store import in_triage
from shared.contracts.values import By
from shared.kernel.errors import NotFound
from shared.platform.identity import staff
from shared.platform.paging import PLACE, place, written
from shared.platform.rules import Told
from shared.platform.tokens import Person

router = APIRouter(prefix="/v1", tags=["letters"])

Triage = Annotated[Person, Depends(staff("triage"))]
Reader = Annotated[Person, Depends(staff("triage", "supervisor", "director", "auditor", "bureau"))]
After = Annotated[str | None, Query(pattern=PLACE)]


@router.get("/triage")
async def read_triage(clerk: Triage, desk: TheDesk, after: After = None) -> Triaged:
    """What waits for the triage desk; `after`: the last page's `next`."""
    seen = found_by(clerk, desk=desk, least="all")
    numbers, end = await in_triage(desk.documents, seen, after=place(after) if after else None)
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    lines = [
        waiting(number, letter)
        for number, letter in letters
        if isinstance(letter, Letter) and seen_by(clerk, letter, desk=desk) == "all"
    ]
    return Triaged(letters=lines, next=written(end) if end else None)


@router.post("/letters/{letter}/route")
async def route(
    letter: str, target: Target, clerk: Triage, key: RequestKey, desk: TheDesk
) -> LetterShown:
    """Hand a letter that waits in triage to a bureau that it may reach."""
    number, _, _ = await letter_for(clerk, letter, desk=desk)
    command = RouteLetter(By(role="triage", staff=clerk.staff_id), desk.now(), target.bureau)
    told: Told[Command] = Told(number, command, request_id(clerk, key), target.bureau)
    state = await desk.commands.tell(told)
    if not isinstance(state, Letter):
        raise NotFound
    metrics.ROUTED_BY_HAND.inc()
    return shown(number, state, sight=seen_by(clerk, state, desk=desk))


@router.get("/letters/{letter}")
async def read_one(letter: str, person: Reader, desk: TheDesk) -> LetterShown:
    """A letter, as far as this person may see it."""
    number, found, sight = await letter_for(person, letter, desk=desk)
    return shown(number, found, sight=sight)
