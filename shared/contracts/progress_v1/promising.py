"""Events of the router about extensions and commitments. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Count, Day, Flag, Ordinal
from shared.contracts.values import Receipt
from shared.contracts.vocabulary import ClockName, ExtensionReason, Kept
from shared.contracts.words import Note, Reason, Words

Days: TypeAlias = Annotated[Count, Field(le=400)]
"""Working or natural days, as the clock counts."""


class ExtensionRequested(Fact):
    """The bureau requests more time; nothing changes until somebody else grants it."""

    type: ClassVar[str] = "gd.mailbox.extension.requested.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    clock: ClockName
    days: Days
    reason: ExtensionReason
    words: Words[Reason] = None


class ExtensionDecided(Fact):
    """Somebody other than the requester has granted or refused more time."""

    type: ClassVar[str] = "gd.mailbox.extension.decided.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    clock: ClockName
    granted: Flag
    days: Days = 0
    """The number of days granted."""
    new_due: Day | None = None
    """None if the due date is unchanged, or the clock is paused at the moment."""
    receipt: Receipt | None = None
    """How the new due date is counted; None if it is unchanged."""
    words: Words[Reason] = None


class CommitmentMade(Fact):
    """The reply makes a commitment with a date, which outlives the letter."""

    type: ClassVar[str] = "gd.mailbox.commitment.made.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    commitment: Ordinal
    """1 for the first commitment about this letter."""
    due_on: Day
    words: Words[Note] = None


class CommitmentFulfilled(Fact):
    """A commitment has been fulfilled; the words give the evidence."""

    type: ClassVar[str] = "gd.mailbox.commitment.fulfilled.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    commitment: Ordinal
    kept: Kept
    words: Words[Note] = None
