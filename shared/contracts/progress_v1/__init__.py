"""Events of the router about a letter. Owner: services.router. Topic: `letters.progress`.

Facts in `COPIED` of the catalogue are also sent to the holder's topic, as copies with words sealed
for that bureau alone and without staff. A field may be added with a default; any other change is
`progress_v2`, published beside this one until no consumer reads v1.
"""

from shared.contracts.progress_v1.answering import (
    LetterClosed,
    LetterDeclined,
    LetterReplied,
    LetterSigned,
    PublicationProposed,
    ReplySentBack,
    ReplySubmitted,
)
from shared.contracts.progress_v1.asking import (
    LetterAddedTo,
    QuestionLapsed,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.progress_v1.dating import DisclosureMarked, DueChanged, PetitionMarked
from shared.contracts.progress_v1.holding import (
    ConflictDeclared,
    LetterAccepted,
    LetterLinked,
    LetterPassedOn,
    LetterRecalled,
    LetterReturned,
    NoteAdded,
    UnitAccepted,
)
from shared.contracts.progress_v1.promising import (
    CommitmentFulfilled,
    CommitmentMade,
    ExtensionDecided,
    ExtensionRequested,
)
from shared.contracts.progress_v1.receiving import (
    LetterReceived,
    LetterReclassified,
    LetterRouted,
    TriageEntered,
)
from shared.contracts.progress_v1.supervising import (
    InstructionAnswered,
    InstructionGiven,
    LetterEscalated,
    LetterRead,
    LetterSupervised,
)
from shared.contracts.progress_v1.wishing import (
    AppealMade,
    LetterRated,
    LetterReopened,
    LetterWithdrawn,
    RequestRefused,
)

__all__ = [
    "AppealMade",
    "CommitmentFulfilled",
    "CommitmentMade",
    "ConflictDeclared",
    "DisclosureMarked",
    "DueChanged",
    "ExtensionDecided",
    "ExtensionRequested",
    "InstructionAnswered",
    "InstructionGiven",
    "LetterAccepted",
    "LetterAddedTo",
    "LetterClosed",
    "LetterDeclined",
    "LetterEscalated",
    "LetterLinked",
    "LetterPassedOn",
    "LetterRated",
    "LetterRead",
    "LetterRecalled",
    "LetterReceived",
    "LetterReclassified",
    "LetterReopened",
    "LetterReplied",
    "LetterReturned",
    "LetterRouted",
    "LetterSigned",
    "LetterSupervised",
    "LetterWithdrawn",
    "NoteAdded",
    "PetitionMarked",
    "PublicationProposed",
    "QuestionLapsed",
    "ReplySentBack",
    "ReplySubmitted",
    "RequestRefused",
    "TriageEntered",
    "UnitAccepted",
    "WriterAnswered",
    "WriterAsked",
]
