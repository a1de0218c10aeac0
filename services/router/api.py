"""The back office over HTTP: what waits in triage, sending it to a bureau, looking at a letter."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from services.router import metrics
from services.router.domain import Command, Letter, RouteLetter, RouterState, masked
from services.router.store import in_triage
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import By
from shared.contracts.vocabulary import Category, State
from shared.kernel.errors import NotFound
from shared.kernel.letter_number import is_letter_number, normalise
from shared.platform.clock import Now
from shared.platform.commands import Commands
from shared.platform.database import Collection
from shared.platform.identity import staff
from shared.platform.letters import Letters
from shared.platform.paging import PLACE, place, written
from shared.platform.rules import Told
from shared.platform.tokens import Person

router = APIRouter(prefix="/v1", tags=["letters"])

Triage = Annotated[Person, Depends(staff("triage"))]
Reader = Annotated[Person, Depends(staff("triage", "supervisor", "bureau"))]
QUOTE = '"'
OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
"""What may stand in events as an id of staff."""
RequestKey = Annotated[
    str, Header(alias="Idempotency-Key", pattern=r'^"?[A-Za-z0-9_.:\-]{8,200}"?$')
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The router's parts, as its routes need them."""

    commands: Commands[Command, RouterState]
    letters: Letters[Command, RouterState]
    documents: Collection
    now: Now


async def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]
After = Annotated[str | None, Query(pattern=PLACE)]


class Waiting(BaseModel):
    """A letter that waits for a person to choose its bureau."""

    letter: str
    received_at: datetime
    category: Category
    reasons: tuple[str, ...]
    subject: str | None = Field(repr=False)


class Triaged(BaseModel):
    """One page of what waits, oldest first."""

    letters: list[Waiting]
    next: str | None
    """What to ask for `after` to have the next page."""


class Target(BaseModel):
    """Where a letter is to go."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    bureau: Bureau


class ClockShown(BaseModel):
    """A clock that runs until 24:00 of `due_on`, Asia/Shanghai."""

    clock: str
    due_on: str
    provisional: bool


class LetterShown(BaseModel):
    """A letter as staff see it; the text is masked where the bureau may not know the writer."""

    letter: str
    received_at: datetime
    state: State
    holder: Holder
    assignment: int
    category: Category
    masked: bool
    clocks: list[ClockShown]
    subject: str | None = Field(repr=False)
    body: str | None = Field(repr=False)


@router.get("/triage")
async def read_triage(_: Triage, desk: TheDesk, after: After = None) -> Triaged:
    """What waits for the triage desk; `after`: the last page's `next`."""
    numbers, end = await in_triage(desk.documents, after=place(after) if after else None)
    states = await desk.letters.states(numbers)
    letters = [(number, states.get(number)) for number in numbers]
    lines = [_waiting(number, letter) for number, letter in letters if isinstance(letter, Letter)]
    return Triaged(letters=lines, next=written(end) if end else None)


@router.post("/letters/{letter}/route")
async def route(
    letter: str, target: Target, clerk: Triage, key: RequestKey, desk: TheDesk
) -> LetterShown:
    """Hand a letter that waits in triage to a bureau."""
    number = _number(letter)
    command = RouteLetter(target.bureau, By(role="triage", staff=_staff(clerk)), desk.now())
    told: Told[Command] = Told(number, command, _request(clerk, key), target.bureau)
    state = await desk.commands.tell(told)
    if not isinstance(state, Letter):
        raise NotFound
    metrics.ROUTED_BY_HAND.inc()
    return _shown(number, state)


@router.get("/letters/{letter}")
async def read_one(letter: str, person: Reader, desk: TheDesk) -> LetterShown:
    """A letter, for triage and supervisors, and for the bureau that holds it."""
    number = _number(letter)
    state = await desk.letters.state(number)
    if not isinstance(state, Letter) or not _may_see(person, state):
        raise NotFound
    return _shown(number, state)


def _staff(person: Person) -> str:
    """An id that says nothing of the person: the identity provider's own, where that is opaque."""
    if OPAQUE.fullmatch(person.sub):
        return person.sub
    return sha256(person.sub.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _request(person: Person, key: str) -> str:
    """The id of a desk command, the same for the same person and key; fit to be a key."""
    return "desk-" + sha256(f"{_staff(person)}\n{key.strip(QUOTE)}".encode()).hexdigest()


def _may_see(person: Person, letter: Letter) -> bool:
    """Triage and supervisors see every letter, a bureau those that it holds."""
    return person.has_role("triage", "supervisor") or letter.holder in person.bureaus


def _number(letter: str) -> str:
    number = normalise(letter)
    if not is_letter_number(number):
        raise NotFound
    return number


def _waiting(number: str, letter: Letter) -> Waiting:
    return Waiting(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        reasons=letter.triage_reasons,
        subject=letter.words.subject if letter.words else None,
    )


def _shown(number: str, letter: Letter) -> LetterShown:
    words = masked(letter.words) if letter.masked and letter.words else letter.words
    return LetterShown(
        letter=number,
        received_at=letter.received_at,
        state=letter.state,
        holder=letter.holder,
        assignment=letter.assignment,
        category=letter.category,
        masked=letter.masked,
        clocks=[
            ClockShown(clock=one.clock, due_on=one.due_on.isoformat(), provisional=one.provisional)
            for one in letter.clocks
        ],
        subject=words.subject if words else None,
        body=words.body if words else None,
    )
