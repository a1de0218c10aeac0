"""Events of intake about a letter. Owner: services.intake. Topic: `letters.submitted`.

A field may be added with a default; any other change is `submitted_v2`, published beside this one
until no consumer reads v1. The router forwards `IdentityWithheld` to the bureau's topic, too.
"""

from shared.contracts.submitted_v1.identity import IdentityRevealed as IdentityRevealed
from shared.contracts.submitted_v1.identity import IdentitySealed as IdentitySealed
from shared.contracts.submitted_v1.identity import IdentityWithheld as IdentityWithheld
from shared.contracts.submitted_v1.identity import PhoneCheckRequested as PhoneCheckRequested
from shared.contracts.submitted_v1.identity import RevealDecided as RevealDecided
from shared.contracts.submitted_v1.identity import RevealRequested as RevealRequested
from shared.contracts.submitted_v1.letters import AttachmentFetched as AttachmentFetched
from shared.contracts.submitted_v1.letters import AttachmentScanned as AttachmentScanned
from shared.contracts.submitted_v1.letters import LetterErased as LetterErased
from shared.contracts.submitted_v1.letters import LetterSubmitted as LetterSubmitted
from shared.contracts.submitted_v1.letters import PublicationCopied as PublicationCopied
from shared.contracts.submitted_v1.requests import AdditionSubmitted as AdditionSubmitted
from shared.contracts.submitted_v1.requests import AnswerSubmitted as AnswerSubmitted
from shared.contracts.submitted_v1.requests import AppealRequested as AppealRequested
from shared.contracts.submitted_v1.requests import ConsentChanged as ConsentChanged
from shared.contracts.submitted_v1.requests import ContactChanged as ContactChanged
from shared.contracts.submitted_v1.requests import RatingSubmitted as RatingSubmitted
from shared.contracts.submitted_v1.requests import ReopeningRequested as ReopeningRequested
from shared.contracts.submitted_v1.requests import WithdrawalRequested as WithdrawalRequested
