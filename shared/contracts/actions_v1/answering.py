"""What bureaus ask for on the way to an answer. Topic: `bureau.<slug>.actions`.

Owner: that bureau.
"""

from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Action, Readers, ReadersWithin, read_by
from shared.contracts.fields import Flag, OpaqueId, Ordinal
from shared.contracts.values import Promise
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    Outcome,
    WhereToTurn,
)
from shared.contracts.words import Note as NoteText
from shared.contracts.words import Reason, ReplyText, Words


class Ask(Action):
    """The bureau asks the writer something; twice at most."""

    type: ClassVar[str] = "gd.mailbox.action.ask.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    words: Words[NoteText] = None


class RequestExtension(Action):
    """The bureau asks for more time; its chief or a supervisor decides."""

    type: ClassVar[str] = "gd.mailbox.action.request_extension.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    clock: ClockName
    days: Annotated[int, Field(strict=True, ge=1, le=400)]
    """Working or natural days, as the clock counts."""
    reason: ExtensionReason
    words: Words[Reason] = None


class Decline(Action):
    """The bureau refuses the letter, for a reason in law."""

    type: ClassVar[str] = "gd.mailbox.action.decline.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    decline_reason: DeclineReason
    where_to_turn: WhereToTurn | None = None
    """Needed where the reason is that somebody else is competent."""
    signed_by: OpaqueId | None = None
    """Of bureaus marked as signing for themselves."""
    words: Words[ReplyText] = None


class Reply(Action):
    """The bureau answers the letter."""

    type: ClassVar[str] = "gd.mailbox.action.reply.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))
    sealed_within: ClassVar[ReadersWithin] = MappingProxyType(
        {"commitments": ("words", ("router",))}
    )

    outcome: Outcome
    finding: Finding | None = None
    """Needed with the outcomes `unfounded` and `malicious`."""
    referred_to: WhereToTurn | None = None
    commitments: Annotated[tuple[Promise, ...], Field(max_length=10)] = ()
    publication_proposed: Flag = False
    signed_by: OpaqueId | None = None
    """Of bureaus marked as signing for themselves."""
    words: Words[ReplyText] = None


class AnswerInstruction(Action):
    """The bureau answers what a chief has instructed."""

    type: ClassVar[str] = "gd.mailbox.action.answer_instruction.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    instruction: Ordinal
    words: Words[NoteText] = None


class Fulfil(Action):
    """The bureau has done what its reply promised; the words say what shows it."""

    type: ClassVar[str] = "gd.mailbox.action.fulfil.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    commitment: Ordinal
    words: Words[NoteText] = None


class ProposePublication(Action):
    """The bureau thinks that everyone should be able to read the letter and its reply."""

    type: ClassVar[str] = "gd.mailbox.action.propose_publication.v1"
