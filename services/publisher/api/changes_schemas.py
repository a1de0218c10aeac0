"""Bodies of the routes for changes of publications."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.publisher.api.drafts_schemas import ProblemShown
from shared.contracts.fields import OpaqueId, Ordinal
from shared.contracts.text import Text
from shared.contracts.vocabulary import CorrectionNote, ProblemOutcome
from shared.contracts.words import MAX_BODY, MAX_REPLY, MAX_SUBJECT
from shared.platform.http.parameters import RequestBody


class NewWords(RequestBody):
    """The corrected words."""

    title: Annotated[str, Text(1, MAX_SUBJECT)] = Field(repr=False)
    text: Annotated[str, Text(1, MAX_BODY)] = Field(repr=False)
    reply: Annotated[str, Text(1, MAX_REPLY)] = Field(repr=False)


class NewChange(RequestBody):
    """A proposal: `corrected` needs words and a note, `unfounded` needs a problem."""

    outcome: ProblemOutcome
    problem: OpaqueId | None = None
    note: CorrectionNote | None = None
    words: NewWords | None = Field(default=None, repr=False)


class WhichChange(RequestBody):
    """The proposal that the editor has read."""

    number: Ordinal


class ProblemsListed(BaseModel):
    """A publication with open problems."""

    letter: str
    publication: str
    problems: tuple[ProblemShown, ...]
    is_decision_proposed: bool


class ProblemPages(BaseModel):
    """One page of publications with open problems, the most urgent first."""

    publications: tuple[ProblemsListed, ...]
    next: str | None
    """Pass this as `after` to get the next page."""
