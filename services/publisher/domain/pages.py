"""What everyone can read, what is said against it, and what editors propose to do. Pure; in UTC."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    Category,
    CorrectionNote,
    PoliceType,
    ProblemKind,
    ProblemOutcome,
)
from shared.contracts.words import PublicText

MOST = 200
"""Characters of a title as others are told it. Source: `Release.title`."""


@dataclass(frozen=True)
class Page:
    """A publication as everyone reads it. Its words are public and no longer sealed."""

    publication: str
    """Drawn by lot: nothing of the letter can be computed from it."""
    title: str = field(repr=False)
    text: str = field(repr=False)
    reply: str = field(repr=False)
    published_at: datetime
    month: str
    """Month of publication, `YYYY-MM`, Asia/Shanghai."""
    bureau: Bureau | None = None
    """Who answered."""
    city: Bureau | None = None
    topic: PoliceType | None = None
    category: Category | None = None
    corrected_at: datetime | None = None
    """When it was last made to say something else; None: it says what it said first."""
    note: CorrectionNote | None = None
    """What was corrected last."""
    since: Literal["reopened", "answered_again"] | None = None
    """What has become of the letter since the reply that stands here."""

    @property
    def path(self) -> str:
        """Where it can be read."""
        return f"/publications/{self.publication}"

    @property
    def headline(self) -> str:
        """The title as others are told it: marks can make it longer than they take."""
        return self.title if len(self.title) <= MOST else f"{self.title[: MOST - 1]}…"


@dataclass(frozen=True)
class Problem:
    """Something that a reader has reported, and no more than which kind it is."""

    problem: str
    """`<publication>:<number>`."""
    kind: ProblemKind
    round: int
    """Of its clock `publication_problem`: each problem of a letter has one of its own."""
    due_on: date | None
    """The editors decide by 24:00 of this day, Asia/Shanghai."""


@dataclass(frozen=True)
class Change:
    """What one editor proposes to do with a publication; another must approve."""

    number: int
    """1 for the first proposal about this publication."""
    outcome: ProblemOutcome
    """`unfounded` leaves it as it is."""
    problem: str | None
    """The problem that this decides; None: the editors act on their own."""
    note: CorrectionNote | None
    words: PublicText | None
    """What it is to say, if it is corrected."""
    editor: str
    """Opaque id of the editor who proposes."""
    proposed_at: datetime
