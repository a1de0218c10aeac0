"""What the back office takes in and gives out over HTTP."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.router.domain import Letter, masked
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.vocabulary import Category, State
from shared.kernel.seeing import Sight


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
    """A letter as staff see it; the text is masked where the bureau may not know the writer.

    A former holder gets no field that may have changed since, and a masked text.
    """

    letter: str
    sight: Sight
    received_at: datetime
    state: State | None = None
    holder: Holder | None = None
    assignment: int | None = None
    category: Category | None = None
    masked: bool
    clocks: list[ClockShown] = []
    subject: str | None = Field(default=None, repr=False)
    body: str | None = Field(default=None, repr=False)


def waiting(number: str, letter: Letter) -> Waiting:
    """The line of the triage list for this letter."""
    return Waiting(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        reasons=letter.triage_reasons,
        subject=letter.words.subject if letter.words else None,
    )


def shown(number: str, letter: Letter, *, sight: Sight) -> LetterShown:
    """The letter as somebody with this sight of it sees it."""
    is_masked = letter.masked or sight == "past"
    return LetterShown(
        letter=number,
        sight=sight,
        received_at=letter.received_at,
        masked=is_masked,
        **(_text(letter, is_masked=is_masked) if sight in ("all", "past") else {}),
        **(_course(letter) if sight in ("all", "course") else {}),
    )


def _text(letter: Letter, *, is_masked: bool) -> dict[str, Any]:
    words = masked(letter.words) if is_masked and letter.words else letter.words
    return {"subject": words.subject, "body": words.body} if words else {}


def _course(letter: Letter) -> dict[str, Any]:
    return {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
        "category": letter.category,
        "clocks": [
            ClockShown(clock=one.clock, due_on=one.due_on.isoformat(), provisional=one.provisional)
            for one in letter.clocks
        ],
    }
