"""Which facts of the router belong together? Unions, so that each fold is complete by type. Pure.

They are those of the modules of `shared/contracts/progress_v1`; `RequestRefused` changes nothing.
"""

from typing import TypeAlias

from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRated,
    LetterRead,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReopened,
    LetterReplied,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
    LetterWithdrawn,
    NoteAdded,
    PetitionMarked,
    PublicationProposed,
    QuestionLapsed,
    ReplySentBack,
    ReplySubmitted,
    TriageEntered,
    UnitAccepted,
    WriterAnswered,
    WriterAsked,
)

Receiving: TypeAlias = LetterReceived | LetterReclassified | TriageEntered | LetterRouted
Holding: TypeAlias = (
    LetterAccepted
    | LetterReturned
    | LetterRecalled
    | LetterPassedOn
    | UnitAccepted
    | NoteAdded
    | LetterLinked
)
Asking: TypeAlias = WriterAsked | WriterAnswered | QuestionLapsed | LetterAddedTo
Wishing: TypeAlias = LetterRated | LetterReopened | AppealMade | LetterWithdrawn
Answering: TypeAlias = (
    ReplySubmitted
    | LetterSigned
    | ReplySentBack
    | LetterReplied
    | LetterDeclined
    | LetterClosed
    | PublicationProposed
)
Promising: TypeAlias = ExtensionRequested | ExtensionDecided | CommitmentMade | CommitmentFulfilled
Supervising: TypeAlias = (
    LetterEscalated
    | LetterSupervised
    | LetterRead
    | InstructionGiven
    | InstructionAnswered
    | DueChanged
    | PetitionMarked
    | DisclosureMarked
)
