"""What supervisors ask of the clocks, and of messages that were never taken."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from services.notifier import store
from services.notifier.domain import Delivery, Message, RunningClock
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import ClockName, LevelName
from shared.kernel.viewers import INSPECTORS
from shared.platform.http.identity import staff
from shared.platform.http.parameters import After, Moment
from shared.platform.http.tokens import Person
from shared.platform.http.visibility import viewer_of, visibility_filter
from shared.platform.mongo.database import Collection
from shared.platform.mongo.paging import place, written

router = APIRouter()

Supervisor = Annotated[Person, Depends(staff("supervisor", *INSPECTORS))]
"""Also the department's inspection, for the complaints that it alone sees."""


@dataclass(frozen=True, slots=True)
class Board:
    """The notifier's parts, as its routes need them."""

    documents: Collection


def _board(request: Request) -> Board:
    board: Board = request.app.state.board
    return board


TheBoard = Annotated[Board, Depends(_board)]


class ClockShown(BaseModel):
    """A clock as a supervisor sees it."""

    clock: ClockName
    round: int
    due_on: date
    """Civil date of Asia/Shanghai."""
    passes_at: datetime
    is_paused: bool
    proposed: tuple[LevelName, ...]
    """Levels of this round that were proposed to the router."""


class LetterShown(BaseModel):
    """A letter and its clocks."""

    letter: str
    passes_at: datetime
    """When the first of its clocks passes."""
    clocks: tuple[ClockShown, ...]


class ClocksShown(BaseModel):
    """One page, the most urgent letter first."""

    letters: tuple[LetterShown, ...]
    next: str | None
    """What to ask for `after` to have the next page."""


class DeskShown(BaseModel):
    """Which of the staff was to be told."""

    office: str
    """As the levels of the policies call it, or `editors`."""
    bureau: Bureau
    unit: str | None


class GivenUpShown(BaseModel):
    """A message that the gateway took in none of the attempts of three days; it is tried no more.

    Neither its text nor any address.
    """

    message: Message
    to: DeskShown | None
    """None: the letter's writer, who reads the same in the mailbox."""
    due_at: datetime
    """When it was first to be sent."""
    given_up_at: datetime
    code: str
    """What the last attempt met: the gateway's HTTP status, or `unreachable`."""


class LetterNotTold(BaseModel):
    """A letter and its messages that were given up."""

    letter: str
    messages: tuple[GivenUpShown, ...]


class GivenUpPage(BaseModel):
    """One page, the letter of the latest first."""

    letters: tuple[LetterNotTold, ...]
    next: str | None
    """What to ask for `after` to have the next page."""


@router.get("/v1/messages/given-up")
async def show_given_up(
    supervisor: Supervisor, board: TheBoard, after: After = None
) -> GivenUpPage:
    """Letters of which a message to writer or staff was given up, as far as they may see them."""
    found, end = await store.given_up(
        board.documents,
        seen=visibility_filter(viewer_of(supervisor), least="all"),
        after=place(after) if after else None,
    )
    letters = tuple(
        LetterNotTold(letter=one.letter, messages=tuple(map(_not_told, one.messages)))
        for one in found
    )
    return GivenUpPage(letters=letters, next=written(end) if end else None)


def _not_told(message: Delivery) -> GivenUpShown:
    desk = message.to
    return GivenUpShown(
        message=message.message,
        to=DeskShown(office=desk.name, bureau=desk.bureau, unit=desk.unit) if desk else None,
        due_at=message.due_at or message.queued_at,
        given_up_at=message.given_up_at or message.expires_at,
        code=message.code or "",
    )


@router.get("/v1/clocks")
async def show_clocks(
    supervisor: Supervisor,
    board: TheBoard,
    due_before: Moment,
    after: After = None,
) -> ClocksShown:
    """Letters with a running clock that passes before that instant, as far as they may see them."""
    who = viewer_of(supervisor)
    found, end = await store.passing_before(
        board.documents,
        due_before,
        seen=visibility_filter(who, least="all"),
        after=place(after) if after else None,
    )
    letters = tuple(
        LetterShown(
            letter=one.letter,
            passes_at=one.passes_at,
            clocks=tuple(_shown(clock) for clock in one.clocks),
        )
        for one in found
    )
    return ClocksShown(letters=letters, next=written(end) if end else None)


def _shown(clock: RunningClock) -> ClockShown:
    return ClockShown(
        clock=clock.clock,
        round=clock.round,
        due_on=clock.due_on,
        passes_at=clock.passes_at,
        is_paused=clock.is_paused,
        proposed=tuple(level for level, _ in clock.fired),
    )
