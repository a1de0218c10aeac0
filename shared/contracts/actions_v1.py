"""What bureaus ask for. Owner: that bureau. Topic: `bureau.<slug>.actions`.

An action without `ActionApplied` or `ActionRefused` after ten seconds is sent again, with the
same `action_id`. A field may be added with a default; any other change is `actions_v2`.
"""

from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Action, Readers, ReadersWithin, read_by
from shared.contracts.fields import Flag, OpaqueId, Ordinal
from shared.contracts.values import Promise
from shared.contracts.vocabulary import Finding, Outcome, WhereToTurn
from shared.contracts.words import ReplyText, Words


class Accept(Action):
    """The bureau takes the letter up."""

    type: ClassVar[str] = "gd.mailbox.action.accept.v1"


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


class RequestResend(Action):
    """The bureau misses what it was told of a letter that it holds.

    Everything from `from_sequence` on is sent again as it was; a snapshot stands for all before it,
    where retention has removed what is missing. Without either, all is sent again.
    """

    type: ClassVar[str] = "gd.mailbox.action.request_resend.v1"

    from_sequence: Ordinal | None = None
    """Lowest `sequence` on the bureau's own topic that is missing for this letter."""
    snapshot: Flag = False
