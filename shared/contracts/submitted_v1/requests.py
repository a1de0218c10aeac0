"""Events of intake about writers' requests. Topic: `letters.submitted`.

Owner: services.intake.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts.event import Event, Readers, read_by
from shared.contracts.fields import Flag, OpaqueId
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import WithdrawalReason
from shared.contracts.words import Comment, Contact, Identity, Words, WriterText

Attachments: TypeAlias = Annotated[tuple[Attachment, ...], Field(max_length=20)]


class AnswerSubmitted(Event):
    """A writer answers a question of the bureau."""

    type: ClassVar[str] = "gd.mailbox.answer.submitted.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    request_id: OpaqueId
    question: Annotated[int, Field(strict=True, ge=1, le=2)]
    attachments: Attachments = ()
    words: Words[WriterText] = None


class AdditionSubmitted(Event):
    """A writer sends an addition, unasked or late."""

    type: ClassVar[str] = "gd.mailbox.addition.submitted.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    request_id: OpaqueId
    attachments: Attachments = ()
    words: Words[WriterText] = None


class RatingSubmitted(Event):
    """A writer rates a reply."""

    type: ClassVar[str] = "gd.mailbox.rating.submitted.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    request_id: OpaqueId
    solved: Flag
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    words: Words[Comment] = None


class ReopeningRequested(Event):
    """A writer requests to reopen an answered letter."""

    type: ClassVar[str] = "gd.mailbox.reopening.requested.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    request_id: OpaqueId
    words: Words[WriterText] = None


class AppealRequested(Event):
    """A writer appeals against a refusal."""

    type: ClassVar[str] = "gd.mailbox.appeal.requested.v1"
    sealed: ClassVar[Readers] = read_by(words=("router", "intake"))

    request_id: OpaqueId
    words: Words[WriterText] = None


class WithdrawalRequested(Event):
    """A writer requests to withdraw a letter."""

    type: ClassVar[str] = "gd.mailbox.withdrawal.requested.v1"

    request_id: OpaqueId
    reason: WithdrawalReason


class ConsentChanged(Event):
    """A writer consents to publication, or revokes the consent, which withdraws publications."""

    type: ClassVar[str] = "gd.mailbox.consent.changed.v1"

    to_publish: Flag


class ContactChanged(Event):
    """A writer's contact data has changed."""

    type: ClassVar[str] = "gd.mailbox.contact.changed.v1"
    sealed: ClassVar[Readers] = read_by(contact=("notifier",), identity=("intake",))

    contact: Words[Contact] = None
    identity: Words[Identity] = None
