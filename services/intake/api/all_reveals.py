"""The lists over all letters: requests that wait for a decision, and every reveal for auditors."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from services.intake.api.asker import TheDesk
from services.intake.api.dependencies import Desk
from services.intake.api.reveals import DECIDERS, WATCHERS
from services.intake.api.reveals_schemas import RevealPage, Reveals, listed
from services.intake.domain.letter import IntakeLetter, Reveal
from services.intake.domain.reveals import waits
from services.intake.store import Revealed, reveals
from shared.platform.identity import staff
from shared.platform.paging import place, written
from shared.platform.parameters import After, Moment
from shared.platform.seen import findable, onlooker
from shared.platform.tokens import Person

router = APIRouter(prefix="/v1/reveals", tags=["reveals"])

Decider = Annotated[Person, Depends(staff(*DECIDERS))]
Watcher = Annotated[Person, Depends(staff(*WATCHERS))]


@router.get("")
async def read_all(
    person: Watcher, desk: TheDesk, since: Moment | None = None, after: After = None
) -> RevealPage:
    """Every request, decision and view, by letter; those whose last step is oldest come first.

    `since`: only letters with a step since then. A letter with a new step moves to the end, so
    that whoever reads page by page misses none.
    """
    which = Revealed("any", since)
    return await _page(person, desk, which=which, after=after, shows=lambda _one, _letter: True)


@router.get("/waiting")
async def read_waiting(person: Decider, desk: TheDesk, after: After = None) -> RevealPage:
    """What waits for a supervisor or custodian to decide, oldest first."""
    return await _page(person, desk, which=Revealed("waiting"), after=after, shows=waits)


async def _page(
    person: Person,
    desk: Desk,
    *,
    which: Revealed,
    after: str | None,
    shows: Callable[[Reveal, IntakeLetter], bool],
) -> RevealPage:
    """One page of what this person may find."""
    seen = findable(onlooker(person))
    begins = place(after) if after else None
    numbers, end = await reveals(desk.documents, which, seen=seen, after=begins)
    states = await desk.letters.states(numbers)
    letters = [
        Reveals(letter=number, reveals=[listed(one) for one in state.reveals if shows(one, state)])
        for number, state in states.items()
        if isinstance(state, IntakeLetter)
    ]
    return RevealPage(letters=letters, next=written(end) if end else None)
