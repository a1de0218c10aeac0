"""Events from the router to one bureau. Owner: services.router. Topic: `bureau.<slug>.letters`.

Copies of facts are sent there too, see `progress_v1`; `IdentityWithheld` is in `submitted_v1`. A
field may be added with a default; any other change is `bureau_v2`, published beside this one until
no bureau reads v1.
"""

from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field

from shared.contracts.event import Event, Fact, Readers, read_by
from shared.contracts.fields import Code, Count, EventType, Flag, Instant, OpaqueId, PublicPath
from shared.contracts.values import Attachment, Due, Place, WriterFacts
from shared.contracts.vocabulary import ActionRefusal, Category, PoliceType, State, WhyEnded
from shared.contracts.words import Conversation, Identity, LetterText, Words


class LetterShown(Fact):
    """The letter as its holder may see it; a base class, never sent itself."""

    sealed: ClassVar[Readers] = read_by(words=("bureau",), earlier=("bureau",))

    received_at: Instant
    category: Category
    police_type: PoliceType | None = None
    place: Place = Place()
    evidence: Annotated[tuple[Code, ...], Field(max_length=64)] = ()
    masked: Flag
    """Whether the writer's own values are cut from the text, and the identity is withheld."""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    dues: Annotated[tuple[Due, ...], Field(max_length=18)] = ()
    """Running clocks, those of instructions and commitments last; paused ones are left out."""
    follow_up: Flag = False
    supervised: Flag = False
    reopened: Annotated[int, Field(strict=True, ge=0, le=2)] = 0
    writer: WriterFacts | None = None
    """For masked letters only the age group and the guardian's consent."""
    words: Words[LetterText] = None
    earlier: Words[Conversation] = None
    """The conversation before the bureau took over the letter."""


class LetterAssigned(LetterShown):
    """The bureau has to answer a letter; its open instructions and commitments follow."""

    type: ClassVar[str] = "gd.mailbox.letter.assigned.v1"


class LetterSnapshot(LetterShown):
    """The current state of a letter, for a bureau that has missed earlier events.

    It replaces everything up to `last_sequence`: missing events before it are no longer a gap. Open
    instructions and commitments follow, as after an assignment.
    """

    type: ClassVar[str] = "gd.mailbox.letter.snapshot.v1"

    last_sequence: Count = 0
    """Highest `sequence` before this one, for this letter on this topic."""

    def numbered(self, sequence: int) -> Self:
        """Set `last_sequence` to all events before it."""
        return self.model_copy(update={"last_sequence": sequence - 1})


class LetterIdentity(Fact):
    """The writer's identity, as sealed by intake for this bureau and `assignment`."""

    type: ClassVar[str] = "gd.mailbox.letter.identity.v1"
    sealed: ClassVar[Readers] = read_by(envelope=("bureau",))

    kid: OpaqueId
    envelope: Words[Identity] = None


class AssignmentEnded(Fact):
    """The bureau no longer holds the letter, and nothing more is sent for that `assignment`."""

    type: ClassVar[str] = "gd.mailbox.assignment.ended.v1"

    why: WhyEnded


class PublicationNoted(Fact):
    """The letter and its reply have been published."""

    type: ClassVar[str] = "gd.mailbox.publication.noted.v1"

    publication: OpaqueId
    path: PublicPath


class ActionApplied(Fact):
    """The bureau's action has been applied."""

    type: ClassVar[str] = "gd.mailbox.action.applied.v1"

    action_id: UUID
    resulting: EventType
    """Type of the event that it caused."""


class ActionRefused(Event):
    """The bureau's action is refused.

    Reveals nothing of the letter unless the bureau holds it; only then it is numbered. The same
    holds for unreadable actions.
    """

    type: ClassVar[str] = "gd.mailbox.action.refused.v1"

    action_id: UUID | None = None
    """None if the id could not be read; `cause` then names partition and offset."""
    code: ActionRefusal
    detail: Code | None = None
    """The exact fault, where the code leaves that open: the part of an envelope, a text's fault, or
    why a record can't be read."""
    state: State | None = None
    assignment: Count | None = None
