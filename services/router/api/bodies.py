"""What the back office takes in and gives out over HTTP."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.router.domain import Letter, masked
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.vocabulary import Category, State


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


def waiting(number: str, letter: Letter) -> Waiting:
    """The line of the triage list for this letter."""
    return Waiting(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        reasons=letter.triage_reasons,
        subject=letter.words.subject if letter.words else None,
    )


def shown(number: str, letter: Letter) -> LetterShown:
    """The letter as staff see it."""
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
