"""Events of the router about a letter's answer. Topic: `letters.progress`.

Owner: services.router.
"""

from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts import vocabulary
from shared.contracts.event import Fact, Readers, ReadersWithin, read_by
from shared.contracts.fields import Day, Flag, OpaqueId, Ordinal
from shared.contracts.values import Commitment, Promise
from shared.contracts.words import Reason, ReplyText, Words


class ReplySubmitted(Fact):
    """A reply or a refusal is written; it waits for its signers, or takes effect at once."""

    type: ClassVar[str] = "gd.mailbox.reply.submitted.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))
    sealed_within: ClassVar[ReadersWithin] = MappingProxyType(
        {"commitments": ("words", ("router",))}
    )

    kind: vocabulary.ReplyKind
    outcome: vocabulary.Outcome | None = None
    """Only for a reply."""
    decline_reason: vocabulary.DeclineReason | None = None
    """Only for a refusal."""
    from_state: vocabulary.State
    signers: Annotated[tuple[vocabulary.SignerRole, ...], Field(max_length=4)] = ()
    """Who must sign, in order; empty: the next event follows at once."""
    finding: vocabulary.Finding | None = None
    referred_to: vocabulary.WhereToTurn | None = None
    where_to_turn: vocabulary.WhereToTurn | None = None
    commitments: Annotated[tuple[Promise, ...], Field(max_length=10)] = ()
    publication_proposed: Flag = False
    signed_by: OpaqueId | None = None
    """Who has signed it in the bureau's own system, where that is the rule."""
    words: Words[ReplyText] = None


class LetterSigned(Fact):
    """One of the required signers has signed the reply or refusal."""

    type: ClassVar[str] = "gd.mailbox.letter.signed.v1"

    signer: vocabulary.SignerRole
    step: Ordinal
    """1 for the first signature on this reply."""
    next: vocabulary.SignerRole | None = None
    """The next required signer; None: the reply takes effect at once."""


class ReplySentBack(Fact):
    """A signer has sent the reply or refusal back, and the letter returns to its previous state."""

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
    outcome: vocabulary.Outcome
    finding: vocabulary.Finding | None = None
    referred_to: vocabulary.WhereToTurn | None = None
    commitments: Annotated[tuple[Commitment, ...], Field(max_length=10)] = ()
    publication_proposed: Flag = False
    words: Words[ReplyText] = None


class LetterDeclined(Fact):
    """The letter is refused, with the legal reason, and where to turn instead."""

    type: ClassVar[str] = "gd.mailbox.letter.declined.v1"
    sealed: ClassVar[Readers] = read_by(words=("intake", "router"))

    decline_reason: vocabulary.DeclineReason
    where_to_turn: vocabulary.WhereToTurn | None = None
    """None if no other authority could help."""
    appeal_by: Day | None = None
    """The writer may appeal until 24:00 of this day; None: no longer."""
    words: Words[ReplyText] = None


class LetterClosed(Fact):
    """The letter is settled: the writer confirmed it, or was silent for long enough."""

    type: ClassVar[str] = "gd.mailbox.letter.closed.v1"

    why: vocabulary.WhyClosed


class PublicationProposed(Fact):
    """Somebody has proposed to publish the letter and its reply."""

    type: ClassVar[str] = "gd.mailbox.publication.proposed.v1"
