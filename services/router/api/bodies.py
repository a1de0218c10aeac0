"""What the lists of the back office give out, and where a letter is to go."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.router.domain import Letter, masked, place_detail
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import Place
from shared.contracts.vocabulary import Category, State
from shared.kernel.access_policy import Sight


class Waiting(BaseModel):
    """A letter that waits for a person to choose its bureau."""

    letter: str
    received_at: datetime
    category: Category
    reasons: tuple[str, ...]
    place: Place
    place_detail: str | None = Field(repr=False)
    """Where it happened, in the writer's words."""
    addressed_to: Bureau | None
    suggestion: Bureau | None
    evidence: tuple[str, ...]
    """Codes of what the rules found in the text."""
    confidence: float | None
    """How sure the rules were of the bureau, from 0 to 1; None: not known any more."""
    subject: str | None = Field(repr=False)
    alike: int
    """How many others say the same, or nearly; twenty stand for more."""


class Triaged(BaseModel):
    """One page of what waits, oldest first."""

    letters: list[Waiting]
    next: str | None
    """What to ask for `after` to have the next page."""


class Line(BaseModel):
    """A letter in a list."""

    letter: str
    received_at: datetime
    state: State
    holder: Holder
    category: Category
    supervised: bool
    due_at: datetime | None
    """When the first of its clocks passes."""
    subject: str | None = Field(repr=False)
    """None to whoever sees no more than its course."""


class Page(BaseModel):
    """One page of letters, oldest first."""

    letters: list[Line]
    next: str | None
    """What to ask for `after` to have the next page."""


class Body(BaseModel):
    """Something that a person sends; its values are never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__


class Target(Body):
    """Where a letter is to go."""

    bureau: Bureau


def waiting(number: str, letter: Letter, *, alike: int) -> Waiting:
    """The line of the triage list for this letter."""
    return Waiting(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        reasons=letter.triage_reasons,
        place=letter.place,
        place_detail=place_detail(letter),
        addressed_to=letter.addressed_to,
        suggestion=letter.suggestion,
        evidence=letter.evidence,
        confidence=letter.confidence,
        subject=subject(letter, is_masked=letter.masked),
        alike=alike,
    )


def subject(letter: Letter, *, is_masked: bool) -> str | None:
    """What the letter is called in a list; None, once its words were erased."""
    if letter.words is None:
        return None
    return (masked(letter.words) if is_masked else letter.words).subject


def line(number: str, letter: Letter, *, sight: Sight) -> Line:
    """The line of any other list."""
    return Line(
        letter=number,
        received_at=letter.received_at,
        state=letter.state,
        holder=letter.holder,
        category=letter.category,
        supervised=letter.is_supervised,
        due_at=letter.due_at,
        subject=subject(letter, is_masked=letter.masked) if sight == "all" else None,
    )
