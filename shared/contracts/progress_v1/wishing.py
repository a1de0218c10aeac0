"""Events of the router about writers' requests. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Fact, Readers, read_by
from shared.contracts.fields import Flag, OpaqueId
from shared.contracts.slugs import Holder
from shared.contracts.values import Receipt
from shared.contracts.vocabulary import RequestRefusal, RequestType, WithdrawalReason
from shared.contracts.words import Comment, Words, WriterText


class LetterRated(Fact):
    """The writer has rated the reply."""

    type: ClassVar[str] = "gd.mailbox.letter.rated.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    solved: Flag
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    words: Words[Comment] = None


class LetterReopened(Fact):
    """The writer is not satisfied with the reply, and the bureau must answer again."""

    type: ClassVar[str] = "gd.mailbox.letter.reopened.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    time: Annotated[int, Field(strict=True, ge=1, le=2)]
    """2 is the last time, and supervised."""
    receipt: Receipt | None = None
    """How the due date of the clock `reopened_reply` is counted."""
    words: Words[WriterText] = None


class AppealMade(Fact):
    """The writer appeals against the refusal; the province reviews it."""

    type: ClassVar[str] = "gd.mailbox.appeal.made.v1"
    sealed: ClassVar[Readers] = read_by(words=("router",))

    declined_by: Holder
    receipt: Receipt | None = None
    """How the due date of the clock `reopened_reply` is counted."""
    words: Words[WriterText] = None


class LetterWithdrawn(Fact):
    """The writer has withdrawn the letter."""

    type: ClassVar[str] = "gd.mailbox.letter.withdrawn.v1"

    reason: WithdrawalReason


class RequestRefused(Fact):
    """A writer's request is refused."""

    type: ClassVar[str] = "gd.mailbox.request.refused.v1"

    request_id: OpaqueId
    request_type: RequestType
    code: RequestRefusal
