"""The law of the front desk: what is taken in, what a writer may ask, what leaves intake. Pure."""

from services.intake.domain.commands import (
    AddToLetter,
    AnswerQuestion,
    AskAppeal,
    AskRating,
    AskReopening,
    AskWithdrawal,
    ChangeConsent,
    ChangeContact,
    Command,
    DecideReveal,
    EraseLetter,
    NoteProgress,
    NotePublication,
    RequestReveal,
    RevealIdentity,
    SealIdentity,
    SubmitLetter,
    ViewIdentity,
)
from services.intake.domain.conversation import Answer, Request, RequestKind, Reveal
from services.intake.domain.decide import decide
from services.intake.domain.diversion import Caught, Diversion
from services.intake.domain.duties import (
    Divert,
    NoteLetterMade,
    ResolveDiversion,
    SayHappening,
    SeeDiversion,
)
from services.intake.domain.duty_desk import (
    DutyRow,
    DutyShown,
    WhoWrote,
    row_on_duty,
    shown_on_duty,
)
from services.intake.domain.evolve import evolve
from services.intake.domain.identity_sealing import BureauKey, without_key
from services.intake.domain.letter import IntakeState, Letter, Nothing, Step
from services.intake.domain.receipts import receipt_of
from services.intake.domain.reveals import (
    NeedsGrant,
    identity_shown,
    reveal_of,
    standing,
    waits,
)

__all__ = [
    "AddToLetter",
    "Answer",
    "AnswerQuestion",
    "AskAppeal",
    "AskRating",
    "AskReopening",
    "AskWithdrawal",
    "BureauKey",
    "Caught",
    "ChangeConsent",
    "ChangeContact",
    "Command",
    "DecideReveal",
    "Diversion",
    "Divert",
    "DutyRow",
    "DutyShown",
    "EraseLetter",
    "IntakeState",
    "Letter",
    "NeedsGrant",
    "NoteLetterMade",
    "NoteProgress",
    "NotePublication",
    "Nothing",
    "Request",
    "RequestKind",
    "RequestReveal",
    "ResolveDiversion",
    "Reveal",
    "RevealIdentity",
    "SayHappening",
    "SealIdentity",
    "SeeDiversion",
    "Step",
    "SubmitLetter",
    "ViewIdentity",
    "WhoWrote",
    "decide",
    "evolve",
    "identity_shown",
    "receipt_of",
    "reveal_of",
    "row_on_duty",
    "shown_on_duty",
    "standing",
    "waits",
    "without_key",
]
