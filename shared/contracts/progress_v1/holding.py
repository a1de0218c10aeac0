"""What the router says of who works on a letter. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import ClassVar

from pydantic import Field

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Code, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    LinkKind,
    PoliceType,
    RecallReason,
    ReturnReason,
)
from shared.contracts.words import Note, Words


class LetterAccepted(Fact):
    """The bureau has taken the letter up."""

    type: ClassVar[str] = "gd.mailbox.letter.accepted.v1"


class LetterReturned(Fact):
    """A bureau has handed the letter back: it is not theirs."""

    type: ClassVar[str] = "gd.mailbox.letter.returned.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    from_bureau: Bureau
    reason: ReturnReason
    suggestion: Bureau | None = None
    """Whose the bureau thinks it is."""
    words: Words[Note] = None


class LetterRecalled(Fact):
    """The province has taken the letter back from a bureau."""

    type: ClassVar[str] = "gd.mailbox.letter.recalled.v1"

    from_bureau: Bureau
    reason: RecallReason


class LetterPassedOn(Fact):
    """Within the bureau, another unit works on the letter now."""

    type: ClassVar[str] = "gd.mailbox.letter.passed_on.v1"

    unit: Code
    """As the bureau calls it."""
    police_type: PoliceType


class UnitAccepted(Fact):
    """The unit to which the letter was passed has taken it up."""

    type: ClassVar[str] = "gd.mailbox.unit.accepted.v1"

    unit: Code


class NoteAdded(Fact):
    """The bureau has noted something for itself."""

    type: ClassVar[str] = "gd.mailbox.note.added.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    note: Ordinal
    """1 for the first note on this letter."""
    words: Words[Note] = None


class LetterLinked(Fact):
    """The letter is the same as another, or one of a campaign; it still gets its own answer."""

    type: ClassVar[str] = "gd.mailbox.letter.linked.v1"

    kind: LinkKind
    with_: OpaqueId = Field(validation_alias="with", serialization_alias="with")
    """The other letter's number, or the campaign's code."""
