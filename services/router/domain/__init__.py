"""The law of a letter's life: who holds it, what may happen next, and by when. Pure."""

from services.router.domain.commands import (
    AcceptLetter,
    Command,
    ConfirmClock,
    PassIdentity,
    RateLetter,
    ReceiveLetter,
    ReplyToLetter,
    ResendToHolder,
    RouteLetter,
    ShowToHolder,
    WithdrawLetter,
    WithholdIdentity,
)
from services.router.domain.copies import for_bureau, masked
from services.router.domain.decisions import decide
from services.router.domain.dues import Book
from services.router.domain.folding import evolve
from services.router.domain.letter import Letter, Nothing, RouterState, RunningClock
from services.router.domain.repeating import SaidAgain
from services.router.domain.standing import standing

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
    "ResendToHolder",
    "RouteLetter",
    "RouterState",
    "RunningClock",
    "SaidAgain",
    "ShowToHolder",
    "WithdrawLetter",
    "WithholdIdentity",
    "decide",
    "evolve",
    "for_bureau",
    "masked",
    "standing",
]
