"""What the publisher can be told to do with a letter, and what comes of it. Pure; in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.contracts.event import Fact
from shared.contracts.published_v1 import LetterPublished
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.vocabulary import Category
from shared.contracts.words import PublicText


@dataclass(frozen=True)
class NoteCategory:
    """Remember what the writer says that the letter is."""

    category: Category


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


Command: TypeAlias = NoteCategory | HearProgress | TakeCopy | ProposeDraft | ApproveDraft


@dataclass(frozen=True)
class CategoryNoted:
    """The writer has said what the letter is. Goes on no topic, like the next three."""

    category: Category


@dataclass(frozen=True)
class ProgressHeard:
    """The router has said something of the letter."""

    fact: Fact


@dataclass(frozen=True)
class CopyTaken:
    """There is something that an editor can propose."""

    words: PublicText
    copy: int
    at: datetime


@dataclass(frozen=True)
class DraftProposed:
    """An editor has proposed to publish the copy."""

    editor: str
    at: datetime


Happening: TypeAlias = (
    CategoryNoted | ProgressHeard | CopyTaken | DraftProposed | LetterPublished | ReleasePublished
)
