"""What the router says of a letter's answer. Topic: `letters.progress`.

Owner: services.router.
"""

from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.event import Fact, Readers, ReadersWithin, read_by
from shared.contracts.fields import Day, Flag, OpaqueId, Ordinal
from shared.contracts.values import Commitment, Promise
from shared.contracts.vocabulary import (
    DeclineReason,
    Finding,
    Outcome,
    ReplyKind,
    SignerRole,
    State,
    WhereToTurn,
    WhyClosed,
)
from shared.contracts.words import Reason, ReplyText, Words


class ReplySubmitted(Fact):
    """A reply or a refusal is written; it waits for its signers, or takes effect at once."""

    type: ClassVar[str] = "gd.mailbox.reply.submitted.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))
    sealed_within: ClassVar[ReadersWithin] = MappingProxyType(
        {"commitments": ("words", ("router",))}
    )

    kind: ReplyKind
    outcome: Outcome | None = None
    """Of a reply."""
    decline_reason: DeclineReason | None = None
    """Of a refusal."""
    from_state: State
    signers: Annotated[tuple[SignerRole, ...], Field(max_length=4)] = ()
    """Who must sign, in order; nobody: the next event follows at once."""
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    where_to_turn: WhereToTurn | None = None
    commitments: Annotated[tuple[Promise, ...], Field(max_length=10)] = ()
    publication_proposed: Flag = False
    signed_by: OpaqueId | None = None
    """Who has signed it in the bureau's own system, where that is the rule."""
    words: Words[ReplyText] = None


class LetterSigned(Fact):
    """One of those who must sign the reply or refusal has done so."""

    type: ClassVar[str] = "gd.mailbox.letter.signed.v1"

    signer: SignerRole
    step: Ordinal
    """1 for the first signature on this reply."""
    next: SignerRole | None = None
    """Who must sign after that; None: the reply takes effect at once."""


class ReplySentBack(Fact):
    """Whoever should have signed wants something else, and the letter goes whence it came."""

    type: ClassVar[str] = "gd.mailbox.reply.sent_back.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    to_state: Literal["triage", "handling"]
    words: Words[Reason] = None


class LetterReplied(Fact):
    """The writer has a reply."""

    type: ClassVar[str] = "gd.mailbox.letter.replied.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    reply: Ordinal
    """1 for the first reply to this letter."""
    outcome: Outcome
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    commitments: Annotated[tuple[Commitment, ...], Field(max_length=10)] = ()
    publication_proposed: Flag = False
    words: Words[ReplyText] = None


class LetterDeclined(Fact):
    """The letter is refused, with the reason in law, and where to turn instead."""

    type: ClassVar[str] = "gd.mailbox.letter.declined.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    decline_reason: DeclineReason
    where_to_turn: WhereToTurn | None = None
    """None where nobody else could help."""
    appeal_by: Day | None = None
    """The writer may appeal until 24:00 of this day; None: not any more."""
    words: Words[ReplyText] = None


class LetterClosed(Fact):
    """The letter is settled: the writer said so, or said nothing for long enough."""

    type: ClassVar[str] = "gd.mailbox.letter.closed.v1"

    why: WhyClosed


class PublicationProposed(Fact):
    """Somebody thinks that the letter and its reply should be there for everyone to read."""

    type: ClassVar[str] = "gd.mailbox.publication.proposed.v1"
