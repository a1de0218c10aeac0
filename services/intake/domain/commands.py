"""What intake can be told. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.duties import DiversionCommand
from shared.contracts.event import Event, Fact
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.vocabulary import Erasable, RevealReason, Role, WithdrawalReason
from shared.contracts.words import Comment, Contact, Identity, Reason, WriterText


@dataclass(frozen=True)
class SubmitLetter:
    """Take in a letter under a number drawn for it; `owner` is the keyed hash of the sign-in."""

    owner: str
    letter: LetterSubmitted
    """With words, contact and identity in the clear, in memory."""


@dataclass(frozen=True)
class AnswerQuestion:
    """Answer what the bureau has asked."""

    owner: str
    request_id: str
    question: int
    words: WriterText


@dataclass(frozen=True)
class AddToLetter:
    """Send something more, unasked or late."""

    owner: str
    request_id: str
    words: WriterText


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
class AskReopening:
    """Ask to have the letter answered once more; the words say why."""

    owner: str
    request_id: str
    words: WriterText


@dataclass(frozen=True)
class AskAppeal:
    """Appeal against a refusal; the words say why."""

    owner: str
    request_id: str
    words: WriterText


@dataclass(frozen=True)
class AskWithdrawal:
    """Ask to take the letter back."""

    owner: str
    request_id: str
    reason: WithdrawalReason


@dataclass(frozen=True)
class ChangeConsent:
    """Allow publication, or take that back."""

    owner: str
    to_publish: bool


@dataclass(frozen=True)
class ChangeContact:
    """Reach the writer in another way from now on."""

    owner: str
    contact: Contact
    identity: Identity
    """As the sign-in has it now; without address: the one that is known stays."""


@dataclass(frozen=True)
class RevealIdentity:
    """Show somebody of the staff who wrote the letter, and record it."""

    reveal: str
    role: Role
    bureau: Bureau | None
    """Of a handler: theirs, which must hold the letter."""
    staff: str
    reason: RevealReason
    signed_in_at: datetime
    words: Reason | None
    at: datetime


@dataclass(frozen=True)
class RequestReveal:
    """Ask, as a handler of the holder, to be shown who wrote a masked letter."""

    reveal: str
    bureau: Bureau
    staff: str
    reason: RevealReason
    words: Reason | None
    at: datetime


@dataclass(frozen=True)
class DecideReveal:
    """Grant or refuse what a handler has asked."""

    reveal: str
    staff: str
    granted: bool
    at: datetime


@dataclass(frozen=True)
class ViewIdentity:
    """Show the handler what was granted to them."""

    reveal: str
    staff: str
    signed_in_at: datetime
    at: datetime


@dataclass(frozen=True)
class NoteProgress:
    """Note what the router said, and do what follows from it at the front desk."""

    fact: Fact
    at: datetime
    """As of when it counts."""


@dataclass(frozen=True)
class SealIdentity:
    """Seal the identity again for the holder: it had no valid key, or that key was retired."""

    kid: str
    """As `identity_kid` of the letter was when this was asked for."""


@dataclass(frozen=True)
class NotePublication:
    """Note what the publisher said."""

    event: Event


@dataclass(frozen=True)
class EraseLetter:
    """Keep no longer what may not be kept any more: here, and in every service that hears it."""

    what: tuple[Erasable, ...]
    rule: str
    """Which row of the table of retention asks for it."""


Ask = AnswerQuestion | AddToLetter | AskRating | AskReopening | AskAppeal | AskWithdrawal
"""A request of the writer's, which the router decides."""
RevealCommand = RevealIdentity | RequestReveal | DecideReveal | ViewIdentity
"""What staff do to learn who wrote a letter."""
Change = ChangeConsent | ChangeContact
"""What the writer decides alone."""
Command = (
    SubmitLetter
    | Ask
    | Change
    | RevealCommand
    | NoteProgress
    | NotePublication
    | SealIdentity
    | EraseLetter
    | DiversionCommand
)
