"""Events of intake about a letter. Owner: services.intake. Topic: `letters.submitted`.

A field may be added with a default; any other change is `submitted_v2`, published beside this one
until no consumer reads v1. The router forwards `IdentityWithheld` to the bureau's topic, too.
"""

from shared.contracts.submitted_v1.identity import (
    IdentityRevealed,
    IdentitySealed,
    IdentityWithheld,
    PhoneCheckRequested,
    RevealDecided,
    RevealRequested,
)
from shared.contracts.submitted_v1.letters import (
    AttachmentFetched,
    AttachmentScanned,
    LetterErased,
    LetterSubmitted,
    PublicationCopied,
)
from shared.contracts.submitted_v1.requests import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    ConsentChanged,
    ContactChanged,
    RatingSubmitted,
    ReopeningRequested,
    WithdrawalRequested,
)

__all__ = [
    "AdditionSubmitted",
    "AnswerSubmitted",
    "AppealRequested",
    "AttachmentFetched",
    "AttachmentScanned",
    "ConsentChanged",
    "ContactChanged",
    "IdentityRevealed",
    "IdentitySealed",
    "IdentityWithheld",
    "LetterErased",
    "LetterSubmitted",
    "PhoneCheckRequested",
    "PublicationCopied",
    "RatingSubmitted",
    "ReopeningRequested",
    "RevealDecided",
    "RevealRequested",
    "WithdrawalRequested",
]
