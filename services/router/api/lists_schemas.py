"""What the lists of letters show, and their lines."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.router.domain.letter import Letter
from services.router.domain.masking import masked, place_detail
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
    """How sure the rules were of the bureau, from 0 to 1; None: unknown."""
    subject: str | None = Field(repr=False)
    alike: int
    """Number of letters with the same or nearly the same text; 20 means 20 or more."""


class Triaged(BaseModel):
    """One page of waiting letters, oldest first."""

    letters: list[Waiting]
    next: str | None
    """The value of `after` for the next page."""


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
    """None for a person who may see only the letter's course."""


class Page(BaseModel):
    """One page of letters, oldest first."""

    letters: list[Line]
    next: str | None
    """The value of `after` for the next page."""


def waiting(number: str, letter: Letter, *, alike: int) -> Waiting:
    """Return the line of the triage list for this letter."""
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
    """Return the letter's subject for a list; None once its words were erased."""
    if letter.words is None:
        return None
    return (masked(letter.words) if is_masked else letter.words).subject


def line(number: str, letter: Letter, *, sight: Sight) -> Line:
    """Return the line of any other list."""
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
