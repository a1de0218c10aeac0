"""The law of the front desk: what is taken in, what a writer may ask, what leaves intake. Pure."""

from services.intake.domain.commands import (
    AskRating,
    AskWithdrawal,
    Command,
    NoteProgress,
    SealIdentity,
    SubmitLetter,
)
from services.intake.domain.decisions import decide
from services.intake.domain.folding import evolve
from services.intake.domain.identities import BureauKey, without_key
from services.intake.domain.letter import Answer, IntakeState, Letter, Nothing, Request, Step

__all__ = [
    "Answer",
    "AskRating",
    "AskWithdrawal",
    "BureauKey",
    "Command",
    "IntakeState",
    "Letter",
    "NoteProgress",
    "Nothing",
    "Request",
    "SealIdentity",
    "Step",
    "SubmitLetter",
    "decide",
    "evolve",
    "without_key",
]
