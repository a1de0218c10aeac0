"""What comes of commands, besides what is said on topics. Pure; in UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.publisher.domain.pages import Change
from shared.contracts.event import Fact
from shared.contracts.published_v1 import (
    LetterPublished,
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.releases_v1 import ReleaseCorrected, ReleasePublished, ReleaseWithdrawn
from shared.contracts.vocabulary import Category, CorrectionNote
from shared.contracts.words import PublicText


@dataclass(frozen=True)
class CategoryNoted:
    """The writer has said what the letter is. Goes on no topic, like all of these."""

    category: Category


@dataclass(frozen=True)
class DraftDropped:
    """What waited for an editor is gone: the writer doesn't allow it, or its time is over."""


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


@dataclass(frozen=True)
class ChangeProposed:
    """An editor has proposed what is to be done with the publication."""

    change: Change


@dataclass(frozen=True)
class ChangeMade:
    """Another editor has approved; what is corrected says this from now on."""

    words: PublicText | None
    note: CorrectionNote | None
    at: datetime


Happening: TypeAlias = (
    CategoryNoted
    | DraftDropped
    | ProgressHeard
    | CopyTaken
    | DraftProposed
    | ChangeProposed
    | ChangeMade
    | LetterPublished
    | ReleasePublished
    | PublicationCorrected
    | ReleaseCorrected
    | PublicationWithdrawn
    | ReleaseWithdrawn
    | PublicationProblemReported
    | PublicationProblemDecided
)
