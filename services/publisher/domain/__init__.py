"""The law of publishing: what two editors make public together, and what never is. Pure."""

from services.publisher.domain.commands import (
    ApproveDraft,
    CategoryNoted,
    Command,
    CopyTaken,
    DraftProposed,
    Happening,
    HearProgress,
    NoteCategory,
    ProgressHeard,
    ProposeDraft,
    TakeCopy,
)
from services.publisher.domain.decisions import decide
from services.publisher.domain.folding import evolve
from services.publisher.domain.letter import Copied, Letter, Page, Proposed, Published

__all__ = [
    "ApproveDraft",
    "CategoryNoted",
    "Command",
    "Copied",
    "CopyTaken",
    "DraftProposed",
    "Happening",
    "HearProgress",
    "Letter",
    "NoteCategory",
    "Page",
    "ProgressHeard",
    "ProposeDraft",
    "Proposed",
    "Published",
    "TakeCopy",
    "decide",
    "evolve",
]
