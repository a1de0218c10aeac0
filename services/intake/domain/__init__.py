"""The law of the front desk: what is taken in, what a writer may ask, what leaves intake. Pure."""

from services.intake.domain.commands import (
    AskRating,
    AskWithdrawal,
    Command,
    NoteProgress,
    SubmitLetter,
)
from services.intake.domain.decisions import decide
from services.intake.domain.folding import evolve
from services.intake.domain.letter import Answer, IntakeState, Letter, Nothing, Request, Step

__all__ = [
    "Answer",
    "AskRating",
    "AskWithdrawal",
    "Command",
    "IntakeState",
    "Letter",
    "NoteProgress",
    "Nothing",
    "Request",
    "Step",
    "SubmitLetter",
    "decide",
    "evolve",
]
