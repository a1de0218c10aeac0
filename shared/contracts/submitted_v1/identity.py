"""Events of intake about the writer's identity. Topic: `letters.submitted`.

Owner: services.intake.
"""

from typing import ClassVar

from shared.contracts.event import Event, Readers, read_by
from shared.contracts.fields import Flag, Instant, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import RevealReason, Role, WithheldReason
from shared.contracts.words import Identity, Note, Reason, Words


class IdentitySealed(Event):
    """Intake has sealed the writer's identity for the bureau that holds the letter."""

    type: ClassVar[str] = "gd.mailbox.identity.sealed.v1"
    sealed: ClassVar[Readers] = read_by(envelope=("bureau",))

    bureau: Bureau
    assignment: Ordinal
    kid: OpaqueId
    envelope: Words[Identity] = None


class IdentityWithheld(Event):
    """The writer's identity is withheld from the bureau that holds the letter."""

    type: ClassVar[str] = "gd.mailbox.identity.withheld.v1"

    bureau: Bureau
    assignment: Ordinal
    reason: WithheldReason


class RevealRequested(Event):
    """A handler requests to see who wrote a masked letter; another person must decide."""

    type: ClassVar[str] = "gd.mailbox.reveal.requested.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    reveal: OpaqueId
    bureau: Bureau
    assignment: Ordinal
    staff: OpaqueId
    """The handler who requests it."""
    reason: RevealReason
    requested_at: Instant
    words: Words[Reason] = None


class RevealDecided(Event):
    """A supervisor or custodian has granted or refused a handler's request."""

    type: ClassVar[str] = "gd.mailbox.reveal.decided.v1"

    reveal: OpaqueId
    granted: Flag
    staff: OpaqueId
    """Who decided; never the requester."""
    decided_at: Instant
    until: Instant | None = None
    """When the view ends; None if it was refused."""


class IdentityRevealed(Event):
    """A staff member has viewed the writer's identity, with a reason.

    For a masked letter, `reveal` names the granted request, which has the words.
    """

    type: ClassVar[str] = "gd.mailbox.identity.revealed.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    reveal: OpaqueId
    role: Role
    bureau: Bureau | None = None
    staff: OpaqueId
    reason: RevealReason
    signed_in_at: Instant
    revealed_at: Instant | None = None
    """When it was shown; None in older events."""
    words: Words[Reason] = None


class PhoneCheckRequested(Event):
    """Staff who entered a letter for a caller ask for a code that the caller will read back."""

    type: ClassVar[str] = "gd.mailbox.phone.check_requested.v1"
    sealed: ClassVar[Readers] = read_by(words=("notifier",))

    check: Ordinal
    """1 for the first code of this letter; a later one replaces it."""
    expires_at: Instant
    """Until when the code holds; it is not sent later."""
    words: Words[Note] = None
    """The six digits, for the writer's phone alone."""
