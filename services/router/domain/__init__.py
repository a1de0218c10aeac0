"""The law of a letter's life: who holds it, what may happen next, and by when. Pure."""

from services.router.domain.commands import (
    AcceptLetter,
    Command,
    ConfirmClock,
    PassIdentity,
    RateLetter,
    ReceiveLetter,
    ReplyToLetter,
    RouteLetter,
    WithdrawLetter,
    WithholdIdentity,
)
from services.router.domain.copies import for_bureau, masked
from services.router.domain.decisions import decide
from services.router.domain.dues import Book
from services.router.domain.folding import evolve
from services.router.domain.letter import Letter, Nothing, RouterState, RunningClock

__all__ = [
    "AcceptLetter",
    "Book",
    "Command",
    "ConfirmClock",
    "Letter",
    "Nothing",
    "PassIdentity",
    "RateLetter",
    "ReceiveLetter",
    "ReplyToLetter",
    "RouteLetter",
    "RouterState",
    "RunningClock",
    "WithdrawLetter",
    "WithholdIdentity",
    "decide",
    "evolve",
    "for_bureau",
    "masked",
]
