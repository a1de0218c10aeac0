"""What bureaus ask for while they work on a letter. Topic: `bureau.<slug>.actions`.

Owner: that bureau.
"""

from typing import ClassVar

from pydantic import Field

from shared.contracts.event import Action, Readers, read_by
from shared.contracts.fields import Code, Flag, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    LinkKind,
    PoliceType,
    ReturnReason,
)
from shared.contracts.words import Note as NoteText
from shared.contracts.words import Words


class Accept(Action):
    """The bureau takes the letter up."""

    type: ClassVar[str] = "gd.mailbox.action.accept.v1"


class Return(Action):
    """The bureau hands the letter back: it is not theirs."""

    type: ClassVar[str] = "gd.mailbox.action.return.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    reason: ReturnReason
    suggestion: Bureau | None = None
    """Whose it is, as far as the bureau knows."""
    words: Words[NoteText] = None


class PassOn(Action):
    """The bureau gives the letter to one of its units."""

    type: ClassVar[str] = "gd.mailbox.action.pass_on.v1"

    unit: Code
    """As the bureau calls it."""
    police_type: PoliceType


class UnitAccept(Action):
    """The unit takes the letter up."""

    type: ClassVar[str] = "gd.mailbox.action.unit_accept.v1"

    unit: Code


class Note(Action):
    """The bureau notes something for itself; the writer never sees it."""

    type: ClassVar[str] = "gd.mailbox.action.note.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    words: Words[NoteText] = None


class Link(Action):
    """The bureau sees that the letter is the same as another, or one of a campaign."""

    type: ClassVar[str] = "gd.mailbox.action.link.v1"

    with_: OpaqueId = Field(validation_alias="with", serialization_alias="with")
    """The other letter's number, or the campaign's code."""
    kind: LinkKind


class RequestResend(Action):
    """The bureau misses what it was told of a letter that it holds.

    Everything from `from_sequence` on is sent again as it was; a snapshot stands for all before it,
    where retention has removed what is missing. Without either, all is sent again.
    """

    type: ClassVar[str] = "gd.mailbox.action.request_resend.v1"

    from_sequence: Ordinal | None = None
    """Lowest `sequence` on the bureau's own topic that is missing for this letter."""
    snapshot: Flag = False
