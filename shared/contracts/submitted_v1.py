"""What intake says about a letter. Owner: services.intake. Topic: `letters.submitted`.

A field may be added with a default; any other change is `submitted_v2`, published beside this
one until no consumer reads v1. `IdentityWithheld` goes to the bureau's topic too, by the router.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Event, Readers, read_by
from shared.contracts.fields import (
    Code,
    Flag,
    Instant,
    OpaqueId,
    Ordinal,
    Sha256,
    Version,
)
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, Attachment, CopySpan, Place, Triage
from shared.contracts.vocabulary import (
    Category,
    Channel,
    Language,
    OnBehalf,
    WithdrawalReason,
    WithheldReason,
)
from shared.contracts.words import Comment, Contact, Identity, LetterText, PublicText, Words


class LetterSubmitted(Event):
    """A writer has sent a letter, and intake keeps it."""

    type: ClassVar[str] = "gd.mailbox.letter.submitted.v1"
    sealed: ClassVar[Readers] = read_by(
        words=("router", "intake"), contact=("notifier",), identity=("intake",)
    )

    received_at: Instant
    """Its Asia/Shanghai date is the day of receipt, which is day zero of every clock."""
    channel: Channel
    lang: Language
    category: Category
    """What the writer chose."""
    addressed_to: Bureau | None = None
    place: Place = Place()
    about: About | None = None
    on_behalf: OnBehalf | None = None
    consent_to_publish: Flag = False
    notice_version: Version
    """The privacy notice that the writer was shown."""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    text_sha256: Sha256
    triage: Triage
    campaign: Code | None = None
    """Group of near-identical letters."""
    from_diversion: OpaqueId | None = None
    words: Words[LetterText] = None
    contact: Words[Contact] = None
    identity: Words[Identity] = None


class RatingSubmitted(Event):
    """A writer asks to have a reply rated."""

    type: ClassVar[str] = "gd.mailbox.rating.submitted.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    request_id: OpaqueId
    solved: Flag
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    words: Words[Comment] = None


class WithdrawalRequested(Event):
    """A writer asks to take a letter back."""

    type: ClassVar[str] = "gd.mailbox.withdrawal.requested.v1"

    request_id: OpaqueId
    reason: WithdrawalReason


class IdentitySealed(Event):
    """Intake has sealed the writer's identity for the bureau that holds the letter."""

    type: ClassVar[str] = "gd.mailbox.identity.sealed.v1"
    sealed: ClassVar[Readers] = read_by(envelope=("bureau",))

    bureau: Bureau
    assignment: Ordinal
    kid: OpaqueId
    envelope: Words[Identity] = None


class IdentityWithheld(Event):
    """The bureau that holds the letter doesn't learn who wrote it."""

    type: ClassVar[str] = "gd.mailbox.identity.withheld.v1"

    bureau: Bureau
    assignment: Ordinal
    reason: WithheldReason


class PublicationCopied(Event):
    """Intake has made a copy for publication, the writer's own values being marks in it."""

    type: ClassVar[str] = "gd.mailbox.publication.copied.v1"
    sealed: ClassVar[Readers] = read_by(words=("publisher", "intake"))

    copy_number: Ordinal = Field(validation_alias="copy", serialization_alias="copy")
    """1 for the first copy of this letter."""
    consent_version: Version
    spans: Annotated[tuple[CopySpan, ...], Field(max_length=1000)] = ()
    words: Words[PublicText] = None
