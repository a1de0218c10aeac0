"""Actions of bureaus towards an answer. Topic: `bureau.<slug>.actions`.

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
    """The bureau asks the writer a question; at most twice."""

    type: ClassVar[str] = "gd.mailbox.action.ask.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    words: Words[NoteText] = None


class RequestExtension(Action):
    """The bureau requests more time; its chief or a supervisor decides."""

    type: ClassVar[str] = "gd.mailbox.action.request_extension.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    clock: ClockName
    days: Annotated[int, Field(strict=True, ge=1, le=400)]
    """Working or natural days, as the clock counts."""
    reason: ExtensionReason
    words: Words[Reason] = None


class Decline(Action):
    """The bureau refuses the letter, for a legal reason."""

    type: ClassVar[str] = "gd.mailbox.action.decline.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    decline_reason: DeclineReason
    where_to_turn: WhereToTurn | None = None
    """Required if the reason is that another authority is competent."""
    signed_by: OpaqueId | None = None
    """Only for bureaus that sign in their own system."""
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
    """Required with the outcomes `unfounded` and `malicious`."""
    referred_to: WhereToTurn | None = None
    commitments: Annotated[tuple[Promise, ...], Field(max_length=10)] = ()
    publication_proposed: Flag = False
    signed_by: OpaqueId | None = None
    """Only for bureaus that sign in their own system."""
    words: Words[ReplyText] = None


class AnswerInstruction(Action):
    """The bureau answers a chief's instruction."""

    type: ClassVar[str] = "gd.mailbox.action.answer_instruction.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    instruction: Ordinal
    words: Words[NoteText] = None


class Fulfil(Action):
    """The bureau has fulfilled a commitment of its reply; the words give the evidence."""

    type: ClassVar[str] = "gd.mailbox.action.fulfil.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    commitment: Ordinal
    words: Words[NoteText] = None


class ProposePublication(Action):
    """The bureau proposes to publish the letter and its reply."""

    type: ClassVar[str] = "gd.mailbox.action.propose_publication.v1"
