"""Actions of bureaus while they work on a letter. Topic: `bureau.<slug>.actions`.

Owner: that bureau.
"""

from typing import ClassVar

from pydantic import Field

from shared.contracts.event import Action, Readers, read_by
from shared.contracts.fields import Code, Flag, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import LinkKind, PoliceType, ReturnReason
from shared.contracts.words import Note as NoteText
from shared.contracts.words import Words


class Accept(Action):
    """The bureau accepts the letter."""

    type: ClassVar[str] = "gd.mailbox.action.accept.v1"


class Return(Action):
    """The bureau returns a letter that is not its responsibility."""

    type: ClassVar[str] = "gd.mailbox.action.return.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    reason: ReturnReason
    suggestion: Bureau | None = None
    """The bureau that the letter belongs to, as far as this bureau knows."""
    words: Words[NoteText] = None


class PassOn(Action):
    """The bureau passes the letter on to one of its units."""

    type: ClassVar[str] = "gd.mailbox.action.pass_on.v1"

    unit: Code
    """The bureau's own code of the unit."""
    police_type: PoliceType


class UnitAccept(Action):
    """The unit accepts the letter."""

    type: ClassVar[str] = "gd.mailbox.action.unit_accept.v1"

    unit: Code


class Note(Action):
    """The bureau adds an internal note; the writer never sees it."""

    type: ClassVar[str] = "gd.mailbox.action.note.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    words: Words[NoteText] = None


class Link(Action):
    """The bureau links the letter to a duplicate, or to a campaign."""

    type: ClassVar[str] = "gd.mailbox.action.link.v1"

    with_: OpaqueId = Field(validation_alias="with", serialization_alias="with")
    """The other letter's number, or the campaign's code."""
    kind: LinkKind


class RequestResend(Action):
    """The bureau requests events of a letter that it holds and has missed.

    Everything from `from_sequence` on is sent again unchanged; a snapshot replaces all earlier
    events, where retention has removed them. With neither, everything is sent again.
    """

    type: ClassVar[str] = "gd.mailbox.action.request_resend.v1"

    from_sequence: Ordinal | None = None
    """Lowest missing `sequence` of this letter on the bureau's own topic."""
    snapshot: Flag = False
