"""What the router says to one bureau alone. Owner: services.router. Topic: `bureau.<slug>.letters`.

Copies of facts come there too, see `progress_v1`; `IdentityWithheld` is in `submitted_v1`.
A field may be added with a default; any other change is `bureau_v2`, published beside this one
until no bureau reads v1.
"""

from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field

from shared.contracts.event import Event, Fact, Readers, read_by
from shared.contracts.fields import Code, Count, EventType, Flag, Instant, OpaqueId, PublicPath
from shared.contracts.values import Attachment, Due, Place
from shared.contracts.vocabulary import ActionRefusal, Category, PoliceType, State, WhyEnded
from shared.contracts.words import Conversation, Identity, LetterText, Words


class LetterShown(Fact):
    """The letter, as far as the bureau that holds it may see it; never sent as such."""

    sealed: ClassVar[Readers] = read_by(words=("bureau",), earlier=("bureau",))

    received_at: Instant
    category: Category
    police_type: PoliceType | None = None
    place: Place = Place()
    evidence: Annotated[tuple[Code, ...], Field(max_length=64)] = ()
    masked: Flag
    """Whether the writer's own values are cut from the text, and no identity comes."""
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=20)] = ()
    dues: Annotated[tuple[Due, ...], Field(max_length=18)] = ()
    """Clocks that run, those of instructions and promises last; one that waits is left out."""
    follow_up: Flag = False
    supervised: Flag = False
    reopened: Annotated[int, Field(strict=True, ge=0, le=2)] = 0
    words: Words[LetterText] = None
    earlier: Words[Conversation] = None
    """What was said before the bureau took the letter over."""


class LetterAssigned(LetterShown):
    """The bureau has a letter to answer; instructions and promises that are still open follow."""

    type: ClassVar[str] = "gd.mailbox.letter.assigned.v1"


class LetterSnapshot(LetterShown):
    """How a letter stands now, for a bureau that misses what it was told before.

    It stands for everything up to `last_sequence`: what is missing of that is no gap any more.
    Instructions and promises that are still open follow, as after an assignment.
    """

    type: ClassVar[str] = "gd.mailbox.letter.snapshot.v1"

    last_sequence: Count = 0
    """Highest `sequence` before this one, for this letter on this topic."""

    def numbered(self, sequence: int) -> Self:
        """It stands for all before it."""
        return self.model_copy(update={"last_sequence": sequence - 1})


class LetterIdentity(Fact):
    """Who wrote the letter, as intake sealed it for this bureau and `assignment`."""

    type: ClassVar[str] = "gd.mailbox.letter.identity.v1"
    sealed: ClassVar[Readers] = read_by(envelope=("bureau",))

    kid: OpaqueId
    envelope: Words[Identity] = None


class AssignmentEnded(Fact):
    """The bureau no longer holds the letter, and nothing more comes for that `assignment`."""

    type: ClassVar[str] = "gd.mailbox.assignment.ended.v1"

    why: WhyEnded


class PublicationNoted(Fact):
    """The letter and its reply are there for everyone to read."""

    type: ClassVar[str] = "gd.mailbox.publication.noted.v1"

    publication: OpaqueId
    path: PublicPath


class ActionApplied(Fact):
    """What the bureau asked for is done."""

    type: ClassVar[str] = "gd.mailbox.action.applied.v1"

    action_id: UUID
    resulting: EventType
    """Type of the event that it became."""


class ActionRefused(Event):
    """What the bureau asked for is not done.

    Says nothing of the letter unless the bureau holds it; then it is numbered, and otherwise not.
    That holds for actions that can't be read as well.
    """

    type: ClassVar[str] = "gd.mailbox.action.refused.v1"

    action_id: UUID | None = None
    """None where even that could not be read; `cause` then names partition and offset."""
    code: ActionRefusal
    detail: Code | None = None
    """What exactly is wrong, where the code leaves that open: the part of an envelope, a text's
    fault, or why a record can't be read."""
    state: State | None = None
    assignment: Count | None = None
