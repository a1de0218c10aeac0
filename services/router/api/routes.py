"""What staff read: lists, and one letter. Every route needs the sign-in of staff."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends

from services.router.api.alike import alike_for, links_for
from services.router.api.asking import TheDesk
from services.router.api.bodies import Line, Page, Triaged, line, waiting
from services.router.api.desk import Desk
from services.router.api.notes import notes_for
from services.router.api.seeing import found_by, letter_for, seen_by
from services.router.api.showing import LetterShown, shown
from services.router.domain import Letter
from services.router.store import followed, in_triage, of_holders
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.vocabulary import State
from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import staff
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import place, written

router = APIRouter(prefix="/v1", tags=["letters"])

Triage = Annotated[Person, Depends(staff("triage", *INSPECTORS))]
Reader = Annotated[Person, Depends(staff("triage", "supervisor", "director", "auditor", "bureau"))]


@router.get("/triage")
async def read_triage(clerk: Triage, desk: TheDesk, after: After = None) -> Triaged:
    """What waits for the triage desk, or the department's inspection; `after`: the last `next`."""
    seen = found_by(clerk, least="all")
    numbers, end = await in_triage(desk.documents, seen, after=place(after) if after else None)
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    alike = await alike_for(clerk, numbers, desk=desk)
    lines = [
        waiting(number, letter, alike=len(alike.get(number, ())))
        for number, letter in letters
        if isinstance(letter, Letter) and seen_by(clerk, letter) == "all"
    ]
    return Triaged(letters=lines, next=written(end) if end else None)


@router.get("/letters")
async def read_list(
    person: Reader,
    desk: TheDesk,
    state: State,
    holder: Holder | None = None,
    after: After = None,
) -> Page:
    """Letters in a state, oldest first; without `holder` those of the person's own bureaus."""
    own: set[Holder] = {slug for slug in BUREAUS if slug in person.bureaus}
    numbers, end = await of_holders(
        desk.documents,
        found_by(person, least="course"),
        holders=own if holder is None else {holder},
        state=state,
        after=place(after) if after else None,
    )
    return Page(letters=await _lines(numbers, person, desk), next=written(end) if end else None)


@router.get("/follow_up")
async def read_follow_up(person: Reader, desk: TheDesk, after: After = None) -> Page:
    """Letters to the province that another answers, whoever holds them, until their end."""
    seen = found_by(person, least="course")
    numbers, end = await followed(desk.documents, seen, after=place(after) if after else None)
    return Page(letters=await _lines(numbers, person, desk), next=written(end) if end else None)


@router.get("/letters/{letter}")
async def read_one(letter: str, person: Reader, desk: TheDesk) -> LetterShown:
    """A letter, as far as this person may see it, its notes, and which others are like it."""
    number, found, sight = await letter_for(person, letter, desk=desk)
    told = shown(number, found, sight=sight)
    if sight == "all":
        told.notes = await notes_for(number, found, desk=desk)
        told.links = await links_for(person, found, desk=desk)
        told.alike = (await alike_for(person, [number], desk=desk)).get(number, [])
    return told


async def _lines(numbers: list[str], person: Person, desk: Desk) -> list[Line]:
    states = await desk.letters.states(numbers)
    return [
        line(number, letter, sight=sight)
        for number, letter in _letters(numbers, states)
        if (sight := seen_by(person, letter)) in ("all", "course")
    ]


def _letters(numbers: Iterable[str], states: Mapping[str, object]) -> Iterable[tuple[str, Letter]]:
    found = ((number, states.get(number)) for number in numbers)
    return ((number, letter) for number, letter in found if isinstance(letter, Letter))
