"""The law of publishing: what two editors make public together, and what never is. Pure."""

from services.publisher.domain.commands import (
    ApproveDraft,
    Command,
    CopyTaken,
    DraftProposed,
    Happening,
    HearProgress,
    LetterNoted,
    NoteCategory,
    ProposeDraft,
    TakeCopy,
)
from services.publisher.domain.decisions import decide
from services.publisher.domain.folding import evolve
from services.publisher.domain.letter import Copied, Letter, Page, Proposed, Published

__all__ = [
    "ApproveDraft",
    "Command",
    "Copied",
    "CopyTaken",
    "DraftProposed",
    "Happening",
    "HearProgress",
    "Letter",
    "LetterNoted",
    "NoteCategory",
    "Page",
    "ProposeDraft",
    "Proposed",
    "Published",
    "TakeCopy",
    "decide",
    "evolve",
]
