"""What the router can be told to do with a letter. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime

from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld, LetterSubmitted
from shared.contracts.values import By, Promise
from shared.contracts.vocabulary import Finding, Outcome, WhereToTurn, WithdrawalReason
from shared.contracts.words import Comment, ReplyText


@dataclass(frozen=True)
class ReceiveLetter:
    """Register what intake took in, and route it or put it before the triage desk."""

    letter: LetterSubmitted
    at: datetime
    """When the router reads it; the reply's clock counts from the day of receipt all the same."""


@dataclass(frozen=True)
class RouteLetter:
    """Hand a letter that waits in triage to a bureau."""

    bureau: Bureau
    by: By
    at: datetime


@dataclass(frozen=True)
class AcceptLetter:
    """Take a letter up."""

    bureau: Bureau
    assignment: int
    by: By


@dataclass(frozen=True)
class ReplyToLetter:
    """Answer a letter."""

    bureau: Bureau
    assignment: int
    by: By
    at: datetime
    outcome: Outcome
    words: ReplyText | None
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    commitments: tuple[Promise, ...] = ()
    publication_proposed: bool = False


@dataclass(frozen=True)
class ResendToHolder:
    """Tell a bureau again what it misses of a letter."""

    bureau: Bureau
    assignment: int
    from_sequence: int | None
    """From which number on its topic; none: all, unless it wants how the letter stands."""
    wants_snapshot: bool


@dataclass(frozen=True)
class ShowToHolder:
    """Tell a bureau how a letter stands, if it holds it; the operator asks."""

    bureau: Bureau


@dataclass(frozen=True)
class RateLetter:
    """Record what the writer thinks of the reply."""

    request_id: str
    solved: bool
    score: int
    """1 to 5, 5 is best."""
    words: Comment | None = None


@dataclass(frozen=True)
class WithdrawLetter:
    """Take the letter back, as its writer asks."""

    request_id: str
    reason: WithdrawalReason


@dataclass(frozen=True)
class PassIdentity:
    """Forward the writer's identity, sealed by intake, if that assignment still stands."""

    identity: IdentitySealed


@dataclass(frozen=True)
class WithholdIdentity:
    """Tell the bureau that no identity will come, if that assignment still stands."""

    identity: IdentityWithheld


@dataclass(frozen=True)
class ConfirmClock:
    """Confirm what the notifier proposes, or drop it as stale."""

    fired: ClockFired


Command = (
    ReceiveLetter
    | RouteLetter
    | AcceptLetter
    | ReplyToLetter
    | ResendToHolder
    | ShowToHolder
    | RateLetter
    | WithdrawLetter
    | PassIdentity
    | WithholdIdentity
    | ConfirmClock
)
