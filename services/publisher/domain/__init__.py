"""The law of publishing: what two editors make public together, and what never is. Pure."""

from services.publisher.domain.book import Book
from services.publisher.domain.commands import (
    ApproveChange,
    ApproveDraft,
    Command,
    ForgetWords,
    HearProgress,
    NoteCategory,
    NoteConsent,
    ProposeChange,
    ProposeDraft,
    ReportProblem,
    TakeCopy,
)
from services.publisher.domain.decide import decide
from services.publisher.domain.evolve import evolve
from services.publisher.domain.happenings import (
    CategoryNoted,
    ChangeMade,
    ChangeProposed,
    CopyTaken,
    DraftDropped,
    DraftProposed,
    Happening,
    ProgressHeard,
)
from services.publisher.domain.letter import Copied, Letter, Promise, Proposed, Published
from services.publisher.domain.pages import Change, Page, Problem

__all__ = [
    "ApproveChange",
    "ApproveDraft",
    "Book",
    "CategoryNoted",
    "Change",
    "ChangeMade",
    "ChangeProposed",
    "Command",
    "Copied",
    "CopyTaken",
    "DraftDropped",
    "DraftProposed",
    "ForgetWords",
    "Happening",
    "HearProgress",
    "Letter",
    "NoteCategory",
    "NoteConsent",
    "Page",
    "Problem",
    "ProgressHeard",
    "Promise",
    "ProposeChange",
    "ProposeDraft",
    "Proposed",
    "Published",
    "ReportProblem",
    "TakeCopy",
    "decide",
    "evolve",
]
