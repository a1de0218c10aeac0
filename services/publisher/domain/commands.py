"""What the publisher can be told to do with a letter. Pure; in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.contracts.event import Fact
from shared.contracts.vocabulary import Category, CorrectionNote, ProblemKind, ProblemOutcome
from shared.contracts.words import PublicText


@dataclass(frozen=True)
class NoteCategory:
    """Remember what the writer says that the letter is."""

    category: Category


@dataclass(frozen=True)
class NoteConsent:
    """Take down what was published, unless the writer allows it."""

    to_publish: bool


@dataclass(frozen=True)
class ForgetWords:
    """Take down what was published: a rule's time is over."""


@dataclass(frozen=True)
class HearProgress:
    """Keep what the router says of the letter."""

    fact: Fact


@dataclass(frozen=True)
class TakeCopy:
    """Keep the copy that intake made for publication."""

    words: PublicText | None
    """None once it was erased."""
    copy: int
    at: datetime


@dataclass(frozen=True)
class ProposeDraft:
    """Propose that copy for publication."""

    copy: int
    editor: str
    at: datetime


@dataclass(frozen=True)
class ApproveDraft:
    """Publish that copy under `publication`, which the caller has drawn by lot."""

    copy: int
    editor: str
    publication: str
    at: datetime


@dataclass(frozen=True)
class ReportProblem:
    """Say that the publication shows too much, is wrong, or is out of date."""

    publication: str
    kind: ProblemKind
    at: datetime


@dataclass(frozen=True)
class ProposeChange:
    """Propose what is to be done with the publication, mostly because of a problem."""

    outcome: ProblemOutcome
    problem: str | None
    note: CorrectionNote | None
    words: PublicText | None
    editor: str
    at: datetime


@dataclass(frozen=True)
class ApproveChange:
    """Have done what another editor has proposed under that number."""

    number: int
    editor: str
    at: datetime


Command: TypeAlias = (
    NoteCategory
    | NoteConsent
    | ForgetWords
    | HearProgress
    | TakeCopy
    | ProposeDraft
    | ApproveDraft
    | ReportProblem
    | ProposeChange
    | ApproveChange
)
