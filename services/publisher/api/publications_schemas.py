"""Bodies of the routes for everyone."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category, CorrectionNote, PoliceType, ProblemKind
from shared.platform.http.parameters import RequestBody


class PublicationListed(BaseModel):
    """A publication in the list, without its words."""

    model_config = ConfigDict(from_attributes=True)

    publication: str
    path: str
    title: str = Field(repr=False)
    published_at: datetime
    category: Category | None
    topic: PoliceType | None
    city: Bureau | None
    bureau: Bureau | None
    """Who answered."""
    corrected_at: datetime | None
    note: CorrectionNote | None
    """What was corrected last."""
    since: Literal["reopened", "answered_again"] | None
    """What has happened to the letter since this reply."""


class PublicationShown(PublicationListed):
    """A publication in full."""

    title: str = Field(repr=False)
    text: str = Field(repr=False)
    reply: str = Field(repr=False)


class PublicationsListed(BaseModel):
    """One page of publications, newest first."""

    publications: tuple[PublicationListed, ...]
    next: str | None
    """Pass this as `after` to get the next page."""


class NewProblem(RequestBody):
    """What a reader finds wrong with a publication: a kind, without words."""

    kind: ProblemKind


class Reported(BaseModel):
    """The editors have the problem."""

    problem: str


class FiguresShown(BaseModel):
    """Yesterday's figures about all letters. No number stands for one to four letters.

    Small cells are merged into `other`, and more until that has five letters.
    """

    counted_at: datetime
    letters: int | None
    """None: fewer than five."""
    read: int | None
    """Letters that a chief has read in person; None: fewer than five are, or aren't."""
    share_read: float | None
    by_bureau: dict[str, dict[str, int]]
    """By state, and by who holds or held them last; `triage` where no bureau has held it yet."""
    by_category: dict[str, int]
    promises: dict[str, int]
    """Commitments by standing: `open`, `broken`, `in_time`, `late`."""
