"""The law of a letter's life: who holds it, what may happen next, and by when. Pure."""

from services.router.domain.checks import is_hidden
from services.router.domain.commands import Command
from services.router.domain.commands.answering import (
    AnswerInstruction,
    AskWriter,
    DeclineLetter,
    FulfilCommitment,
    ProposePublication,
    ReplyToLetter,
    RequestMoreTime,
)
from services.router.domain.commands.deciding import (
    ConsentReturn,
    DecideExtension,
    Instruct,
    MarkDisclosure,
    MarkPetition,
    ReadLetter,
    RecallLetter,
    ReclassifyLetter,
    RouteLetter,
    SendBack,
    SignAnswer,
    SuperviseLetter,
)
from services.router.domain.commands.holding import (
    AcceptInUnit,
    AcceptLetter,
    AddNote,
    LinkLetter,
    PassOnLetter,
    ReturnLetter,
)
from services.router.domain.commands.serving import (
    ConfirmClock,
    EraseLetter,
    NotePublication,
    NoteScan,
    PassIdentity,
    ReceiveLetter,
    RecountDues,
    ResendToHolder,
    ShowToHolder,
    WithholdIdentity,
)
from services.router.domain.commands.writing import (
    AddToLetter,
    AnswerQuestion,
    AppealRefusal,
    RateLetter,
    ReopenLetter,
    WithdrawLetter,
)
from services.router.domain.copies import for_bureau, told
from services.router.domain.decisions import decide
from services.router.domain.dues import Book
from services.router.domain.earlier import turns_of
from services.router.domain.folding import evolve
from services.router.domain.hiding import masked, masked_note
from services.router.domain.keys import (
    ConfirmKey,
    KeyCommand,
    KeysOf,
    NoteToldAnew,
    Proposal,
    ProposeKey,
    ProposeRetirement,
)
from services.router.domain.letter import Letter, Nothing, RouterState, salt_of
from services.router.domain.office import OfficeCommand, OfficeState, decide_any, evolve_any
from services.router.domain.parts import Draft, Pledge, RunningClock
from services.router.domain.receiving import sorted_all
from services.router.domain.repeating import SaidAgain
from services.router.domain.standing import standing

__all__ = [
    "AcceptInUnit",
    "AcceptLetter",
    "AddNote",
    "AddToLetter",
    "AnswerInstruction",
    "AnswerQuestion",
    "AppealRefusal",
    "AskWriter",
    "Book",
    "Command",
    "ConfirmClock",
    "ConfirmKey",
    "ConsentReturn",
    "DecideExtension",
    "DeclineLetter",
    "Draft",
    "EraseLetter",
    "FulfilCommitment",
    "Instruct",
    "KeyCommand",
    "KeysOf",
    "Letter",
    "LinkLetter",
    "MarkDisclosure",
    "MarkPetition",
    "NotePublication",
    "NoteScan",
    "NoteToldAnew",
    "Nothing",
    "OfficeCommand",
    "OfficeState",
    "PassIdentity",
    "PassOnLetter",
    "Pledge",
    "Proposal",
    "ProposeKey",
    "ProposePublication",
    "ProposeRetirement",
    "RateLetter",
    "ReadLetter",
    "RecallLetter",
    "ReceiveLetter",
    "ReclassifyLetter",
    "RecountDues",
    "ReopenLetter",
    "ReplyToLetter",
    "RequestMoreTime",
    "ResendToHolder",
    "ReturnLetter",
    "RouteLetter",
    "RouterState",
    "RunningClock",
    "SaidAgain",
    "SendBack",
    "ShowToHolder",
    "SignAnswer",
    "SuperviseLetter",
    "WithdrawLetter",
    "WithholdIdentity",
    "decide",
    "decide_any",
    "evolve",
    "evolve_any",
    "for_bureau",
    "is_hidden",
    "masked",
    "masked_note",
    "salt_of",
    "sorted_all",
    "standing",
    "told",
    "turns_of",
]
