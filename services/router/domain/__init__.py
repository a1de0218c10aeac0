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
from services.router.domain.keys import (
    ConfirmKey,
    KeyCommand,
    KeysOf,
    NoteToldAnew,
    Proposal,
    ProposeKey,
    ProposeRetirement,
)
from services.router.domain.letter import Letter, Nothing, RouterState, RunningClock
from services.router.domain.office import OfficeCommand, OfficeState, decide_any, evolve_any
from services.router.domain.repeating import SaidAgain
from services.router.domain.standing import standing

__all__ = [
    "AcceptLetter",
    "Book",
    "Command",
    "ConfirmClock",
    "ConfirmKey",
    "KeyCommand",
    "KeysOf",
    "Letter",
    "NoteToldAnew",
    "Nothing",
    "OfficeCommand",
    "OfficeState",
    "PassIdentity",
    "Proposal",
    "ProposeKey",
    "ProposeRetirement",
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
    "decide_any",
    "evolve",
    "evolve_any",
    "for_bureau",
    "masked",
    "standing",
]
