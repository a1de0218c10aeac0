"""What the router says about a letter. Owner: services.router. Topic: `letters.progress`.

Accepted, replied, rated, closed, withdrawn and escalated go to the holder's topic too, as copies
with words sealed for that bureau alone and without staff. A field may be added with a default;
any other change is `progress_v2`, published beside this one until no consumer reads v1.
"""

from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Fact, Readers, ReadersWithin, read_by
from shared.contracts.fields import Code, Day, Flag, Instant, OpaqueId, Ordinal, Share, Version
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, Commitment, Place, Promise, Receipt
from shared.contracts.vocabulary import (
    Category,
    ClockName,
    DeclineReason,
    Effect,
    Finding,
    LevelName,
    Outcome,
    PoliceType,
    ReplyKind,
    RequestRefusal,
    RequestType,
    SignerRole,
    State,
    TriageReason,
    WhereToTurn,
    WhyClosed,
    WhyRouted,
    WithdrawalReason,
)
from shared.contracts.words import Comment, ReplyText, Words


class LetterReceived(Fact):
    """The router has the letter, knows what it is, and its reply is due."""

    type: ClassVar[str] = "gd.mailbox.letter.received.v1"

    received_at: Instant
    category: Category
    police_type: PoliceType | None = None
    addressed_to: Bureau | None = None
    place: Place = Place()
    about: About | None = None
    excluded: Annotated[tuple[Bureau, ...], Field(max_length=22)] = ()
    """Bureaus that must not see the letter."""
    confidence: Share
    """How sure the rules are of the bureau."""
    evidence: Annotated[tuple[Code, ...], Field(max_length=64)] = ()
    policy_version: Version
    receipt: Receipt


class TriageEntered(Fact):
    """The letter waits for a person to choose its bureau."""

    type: ClassVar[str] = "gd.mailbox.triage.entered.v1"

    reasons: Annotated[tuple[TriageReason, ...], Field(min_length=1, max_length=16)]
    suggestion: Bureau | None = None


class LetterRouted(Fact):
    """A letter was handed to the bureau that must answer it; `assignment` numbers the holding."""

    type: ClassVar[str] = "gd.mailbox.letter.routed.v1"

    bureau: Bureau
    category: Category
    masked: Flag
    """Whether the bureau gets the text without the writer's own values, and no identity."""
    why: WhyRouted
    follow_up: Flag = False
    """Whether the province keeps the letter on its follow-up list."""


class LetterAccepted(Fact):
    """The bureau has taken the letter up."""

    type: ClassVar[str] = "gd.mailbox.letter.accepted.v1"


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
    words: Words[ReplyText] = None


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


class LetterRated(Fact):
    """The writer has rated the reply."""

    type: ClassVar[str] = "gd.mailbox.letter.rated.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    solved: Flag
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    words: Words[Comment] = None


class LetterClosed(Fact):
    """The letter is settled: the writer said so, or said nothing for long enough."""

    type: ClassVar[str] = "gd.mailbox.letter.closed.v1"

    why: WhyClosed


class LetterWithdrawn(Fact):
    """The writer has taken the letter back."""

    type: ClassVar[str] = "gd.mailbox.letter.withdrawn.v1"

    reason: WithdrawalReason


class LetterEscalated(Fact):
    """A clock has reached a level, and the router confirms it."""

    type: ClassVar[str] = "gd.mailbox.letter.escalated.v1"

    clock: ClockName
    round: Ordinal
    level: LevelName
    due_on: Day
    effect: Effect | None = None


class RequestRefused(Fact):
    """A writer's request can't be done."""

    type: ClassVar[str] = "gd.mailbox.request.refused.v1"

    request_id: OpaqueId
    request_type: RequestType
    code: RequestRefusal
