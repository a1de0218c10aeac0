"""Events of the router about a letter. Owner: services.router. Topic: `letters.progress`.

Facts in `COPIED` of the catalogue are also sent to the holder's topic, as copies with words sealed
for that bureau alone and without staff. A field may be added with a default; any other change is
`progress_v2`, published beside this one until no consumer reads v1.
"""

from shared.contracts.progress_v1.answering import LetterClosed as LetterClosed
from shared.contracts.progress_v1.answering import LetterDeclined as LetterDeclined
from shared.contracts.progress_v1.answering import LetterReplied as LetterReplied
from shared.contracts.progress_v1.answering import LetterSigned as LetterSigned
from shared.contracts.progress_v1.answering import PublicationProposed as PublicationProposed
from shared.contracts.progress_v1.answering import ReplySentBack as ReplySentBack
from shared.contracts.progress_v1.answering import ReplySubmitted as ReplySubmitted
from shared.contracts.progress_v1.asking import LetterAddedTo as LetterAddedTo
from shared.contracts.progress_v1.asking import QuestionLapsed as QuestionLapsed
from shared.contracts.progress_v1.asking import WriterAnswered as WriterAnswered
from shared.contracts.progress_v1.asking import WriterAsked as WriterAsked
from shared.contracts.progress_v1.dating import DisclosureMarked as DisclosureMarked
from shared.contracts.progress_v1.dating import DueChanged as DueChanged
from shared.contracts.progress_v1.dating import PetitionMarked as PetitionMarked
from shared.contracts.progress_v1.holding import ConflictDeclared as ConflictDeclared
from shared.contracts.progress_v1.holding import LetterAccepted as LetterAccepted
from shared.contracts.progress_v1.holding import LetterLinked as LetterLinked
from shared.contracts.progress_v1.holding import LetterPassedOn as LetterPassedOn
from shared.contracts.progress_v1.holding import LetterRecalled as LetterRecalled
from shared.contracts.progress_v1.holding import LetterReturned as LetterReturned
from shared.contracts.progress_v1.holding import NoteAdded as NoteAdded
from shared.contracts.progress_v1.holding import UnitAccepted as UnitAccepted
from shared.contracts.progress_v1.promising import CommitmentFulfilled as CommitmentFulfilled
from shared.contracts.progress_v1.promising import CommitmentMade as CommitmentMade
from shared.contracts.progress_v1.promising import ExtensionDecided as ExtensionDecided
from shared.contracts.progress_v1.promising import ExtensionRequested as ExtensionRequested
from shared.contracts.progress_v1.receiving import LetterReceived as LetterReceived
from shared.contracts.progress_v1.receiving import LetterReclassified as LetterReclassified
from shared.contracts.progress_v1.receiving import LetterRouted as LetterRouted
from shared.contracts.progress_v1.receiving import TriageEntered as TriageEntered
from shared.contracts.progress_v1.supervising import InstructionAnswered as InstructionAnswered
from shared.contracts.progress_v1.supervising import InstructionGiven as InstructionGiven
from shared.contracts.progress_v1.supervising import LetterEscalated as LetterEscalated
from shared.contracts.progress_v1.supervising import LetterRead as LetterRead
from shared.contracts.progress_v1.supervising import LetterSupervised as LetterSupervised
from shared.contracts.progress_v1.wishing import AppealMade as AppealMade
from shared.contracts.progress_v1.wishing import LetterRated as LetterRated
from shared.contracts.progress_v1.wishing import LetterReopened as LetterReopened
from shared.contracts.progress_v1.wishing import LetterWithdrawn as LetterWithdrawn
from shared.contracts.progress_v1.wishing import RequestRefused as RequestRefused
