"""What other services and operators have the router do. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld, LetterSubmitted
from shared.contracts.vocabulary import Erasable, ScanOutcome
from shared.rules.classify.sorting import Sorted


@dataclass(frozen=True)
class ReceiveLetter:
    """Register what intake took in, and route it or put it before the triage desk."""

    letter: LetterSubmitted
    at: datetime
    """When the router reads it; the reply's clock counts from the day of receipt all the same."""
    found: Sorted | None = None
    """What the rules make of it, where it was read together with others."""


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
class PassIdentity:
    """Forward the writer's identity, sealed by intake, if that assignment still stands."""

    identity: IdentitySealed


@dataclass(frozen=True)
class WithholdIdentity:
    """Tell the bureau that no identity will come, if that assignment still stands."""

    identity: IdentityWithheld


@dataclass(frozen=True)
class NoteScan:
    """Keep to oneself a file that may do harm."""

    attachment: str
    outcome: ScanOutcome


@dataclass(frozen=True)
class NotePublication:
    """Tell the holder that everyone can read the letter and its reply now."""

    publication: str
    path: str
    at: datetime


@dataclass(frozen=True)
class EraseLetter:
    """Keep no longer what a rule's time is over for."""

    what: tuple[Erasable, ...]


@dataclass(frozen=True)
class ConfirmClock:
    """Confirm what the notifier proposes, or drop it as stale."""

    fired: ClockFired
    at: datetime


@dataclass(frozen=True)
class RecountDues:
    """Count every date anew by the calendar of now; the operator asks."""

    at: datetime


ServingCommand: TypeAlias = (
    PassIdentity | WithholdIdentity | NoteScan | NotePublication | EraseLetter
)
RepeatingCommand: TypeAlias = ResendToHolder | ShowToHolder
ClockCommand: TypeAlias = ConfirmClock | RecountDues
