"""Events of intake about letters, their files and copies. Topic: `letters.submitted`.

Owner: services.intake.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts import vocabulary
from shared.contracts.event import Event, Readers, read_by
from shared.contracts.fields import Code, Flag, Instant, OpaqueId, Ordinal, Sha256, Version
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, Attachment, CopySpan, Place, Triage, WriterFacts
from shared.contracts.words import Contact, Identity, LetterText, PublicText, Words

Attachments: TypeAlias = Annotated[tuple[Attachment, ...], Field(max_length=20)]


class LetterSubmitted(Event):
    """A writer has sent a letter, and intake has stored it."""

    type: ClassVar[str] = "gd.mailbox.letter.submitted.v1"
    sealed: ClassVar[Readers] = read_by(
        words=("router", "intake"), contact=("notifier",), identity=("intake",)
    )

    received_at: Instant
    """Its Asia/Shanghai date is the day of receipt, which is day zero of every clock."""
    channel: vocabulary.Channel
    entry: vocabulary.Entry | None = None
    """By the registered client; None: by a client that isn't registered, or an older letter."""
    lang: vocabulary.Language
    category: vocabulary.Category
    """The writer's choice."""
    addressed_to: Bureau | None = None
    place: Place = Place()
    about: About | None = None
    on_behalf: vocabulary.OnBehalf | None = None
    writer: WriterFacts | None = None
    """None in older events."""
    consent_to_publish: Flag = False
    notice_version: Version
    """The version of the privacy notice shown to the writer."""
    attachments: Attachments = ()
    text_sha256: Sha256
    """SHA-256 of salt, subject and text, one line each; without the salt's line in old letters.

    The salt is part of `words`, and is erased with them.
    """
    triage: Triage
    campaign: Code | None = None
    """Group of near-identical letters."""
    from_diversion: OpaqueId | None = None
    words: Words[LetterText] = None
    contact: Words[Contact] = None
    identity: Words[Identity] = None


class AttachmentScanned(Event):
    """A file was scanned for harmful content; a refused one is never handed out."""

    type: ClassVar[str] = "gd.mailbox.attachment.scanned.v1"

    attachment: OpaqueId
    outcome: vocabulary.ScanOutcome
    quarantined: Flag = False
    """Whether it was refused because something harmful was found; otherwise it can't be scanned."""


class AttachmentFetched(Event):
    """The bureau that holds the letter has fetched a file, or its staff opened it on a page."""

    type: ClassVar[str] = "gd.mailbox.attachment.fetched.v1"

    attachment: OpaqueId
    bureau: Bureau
    assignment: Ordinal
    fetched_at: Instant | None = None
    """The first time in this holding; None: an older version of intake didn't say it."""


class PublicationCopied(Event):
    """Intake has made a copy for publication, with marks in place of the writer's own values."""

    type: ClassVar[str] = "gd.mailbox.publication.copied.v1"
    sealed: ClassVar[Readers] = read_by(words=("publisher", "intake"))

    copy_number: Ordinal = Field(validation_alias="copy", serialization_alias="copy")
    """1 for the first copy of this letter."""
    consent_version: Version
    spans: Annotated[tuple[CopySpan, ...], Field(max_length=1000)] = ()
    words: Words[PublicText] = None


class LetterErased(Event):
    """Parts of an ended letter are not kept any longer: each service erases them, also in logs."""

    type: ClassVar[str] = "gd.mailbox.letter.erased.v1"

    what: Annotated[tuple[vocabulary.Erasable, ...], Field(min_length=1, max_length=3)]
    rule: Code
    """The row of the retention table that requires it; `writer.request` or `operator.<code>`, if
    somebody asked for it earlier."""
