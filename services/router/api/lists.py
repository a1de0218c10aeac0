"""Lists of letters for staff: triage, letters in a state, follow-up."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends

from services.router.api.dependencies import Reader, RouterDesk, TheDesk, found_by, seen_by
from services.router.api.letters import alike_for
from services.router.api.lists_schemas import Line, Page, Triaged, Waiting, line, waiting
from services.router.domain.letter import Letter
from services.router.store.queries import followed, in_triage, of_holders
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.vocabulary import State
from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import staff
from shared.platform.http.parameters import After
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import Place, place, written

router = APIRouter(prefix="/v1", tags=["letters"])
Triage = Annotated[Person, Depends(staff("triage", *INSPECTORS))]


@router.get("/triage")
async def read_triage(clerk: Triage, desk: TheDesk, after: After = None) -> Triaged:
    """Letters that wait for the triage desk, or the inspection; `after`: the last `next`."""
    lines, end = await triage_page(clerk, desk=desk, after=place(after) if after else None)
    return Triaged(letters=lines, next=written(end) if end else None)


async def triage_page(
    clerk: Person, *, desk: RouterDesk, after: Place | None
) -> tuple[list[Waiting], Place | None]:
    """Return one page of waiting letters that this person may see, oldest first, and its end."""
    seen = found_by(clerk, least="all")
    numbers, end = await in_triage(desk.documents, seen, after=after)
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    alike = await alike_for(clerk, numbers, desk=desk)
    lines = [
        waiting(number, letter, alike=len(alike.get(number, ())))
        for number, letter in letters
        if isinstance(letter, Letter) and seen_by(clerk, letter) == "all"
    ]
    return lines, end


@router.get("/letters")
async def read_list(
    person: Reader,
    desk: TheDesk,
    state: State,
    holder: Holder | None = None,
    after: After = None,
) -> Page:
    """Letters in a state, oldest first; without `holder`, those of the person's own bureaus."""
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
    """Letters addressed to the province that another bureau handles, until they end."""
    seen = found_by(person, least="course")
    numbers, end = await followed(desk.documents, seen, after=place(after) if after else None)
    return Page(letters=await _lines(numbers, person, desk), next=written(end) if end else None)


async def _lines(numbers: list[str], person: Person, desk: RouterDesk) -> list[Line]:
    states = await desk.letters.states(numbers)
    return [
        line(number, letter, sight=sight)
        for number, letter in _letters(numbers, states)
        if (sight := seen_by(person, letter)) in ("all", "course")
    ]


def _letters(numbers: Iterable[str], states: Mapping[str, object]) -> Iterable[tuple[str, Letter]]:
    found = ((number, states.get(number)) for number in numbers)
    return ((number, letter) for number, letter in found if isinstance(letter, Letter))
