"""Events of the router about who works on a letter. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import ClassVar

from pydantic import Field

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Code, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import LinkKind, PoliceType, RecallReason, ReturnReason
from shared.contracts.words import Note, Words


class LetterAccepted(Fact):
    """The bureau has accepted the letter."""

    type: ClassVar[str] = "gd.mailbox.letter.accepted.v1"


class LetterReturned(Fact):
    """A bureau has returned the letter as not its responsibility."""

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
    """Within the bureau, another unit now works on the letter."""

    type: ClassVar[str] = "gd.mailbox.letter.passed_on.v1"

    unit: Code
    """The bureau's own code of the unit."""
    police_type: PoliceType


class UnitAccepted(Fact):
    """The unit to which the letter was passed has accepted it."""

    type: ClassVar[str] = "gd.mailbox.unit.accepted.v1"

    unit: Code


class NoteAdded(Fact):
    """The bureau has added an internal note."""

    type: ClassVar[str] = "gd.mailbox.note.added.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    note: Ordinal
    """1 for the first note on this letter."""
    words: Words[Note] = None


class ConflictDeclared(Fact):
    """A staff member has a conflict of interest and must not see the letter any more."""

    type: ClassVar[str] = "gd.mailbox.conflict.declared.v1"

    staff: OpaqueId


class LetterLinked(Fact):
    """The letter is a duplicate, or part of a campaign; it still gets its own answer."""

    type: ClassVar[str] = "gd.mailbox.letter.linked.v1"

    kind: LinkKind
    with_: OpaqueId = Field(validation_alias="with", serialization_alias="with")
    """The other letter's number, or the campaign's code."""
