"""What intake can be told. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.event import Fact
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.vocabulary import WithdrawalReason
from shared.contracts.words import Comment


@dataclass(frozen=True)
class SubmitLetter:
    """Take in a letter under a number drawn for it; `owner` is the keyed hash of the sign-in."""

    owner: str
    letter: LetterSubmitted
    """With words, contact and identity in the clear, in memory."""


@dataclass(frozen=True)
class AskRating:
    """Ask to have the reply rated."""

    owner: str
    request_id: str
    solved: bool
    score: int
    """1 to 5, 5 is best."""
    words: Comment | None


@dataclass(frozen=True)
class AskWithdrawal:
    """Ask to take the letter back."""

    owner: str
    request_id: str
    reason: WithdrawalReason


@dataclass(frozen=True)
class NoteProgress:
    """Note what the router said, and do what follows from it at the front desk."""

    fact: Fact
    at: datetime
    """When the router said it."""


@dataclass(frozen=True)
class SealIdentity:
    """Seal the identity again for the holder: it had no valid key, or that key was retired."""

    kid: str
    """As `identity_kid` of the letter was when this was asked for."""


Command = SubmitLetter | AskRating | AskWithdrawal | NoteProgress | SealIdentity
