"""What the province's desks and chiefs may send with what they decide."""

from typing import Annotated

from pydantic import Field

from services.router.api.bodies import Body
from shared.contracts.fields import Code, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.text import Text
from shared.contracts.vocabulary import (
    AboutKind,
    AboutLevel,
    Category,
    DeclineReason,
    LinkKind,
    MarkReason,
    PoliceType,
    RecallReason,
    ReturnReason,
    WhereToTurn,
)
from shared.contracts.words import MAX_NOTE, MAX_REPLY

MAX_REASON = 1_000

ReplyWords = Annotated[str, Text(1, MAX_REPLY)]
NoteWords = Annotated[str, Text(1, MAX_NOTE)]
ReasonWords = Annotated[str, Text(1, MAX_REASON)]


class Refusal(Body):
    """Why a letter is refused, where to turn instead, and in which words."""

    decline_reason: DeclineReason
    where_to_turn: WhereToTurn | None = None
    text: ReplyWords


class Complained(Body):
    """Whom a letter complains of, in codes; a field that there isn't would keep nobody away."""

    kind: AboutKind
    bureau: Bureau | None = None
    level: AboutLevel | None = None
    police_type: PoliceType | None = None
    unit: Code | None = None
    officer: OpaqueId | None = None


class Reclassification(Body):
    """What a letter is, and about whom; what isn't there stays as it is."""

    category: Category
    police_type: PoliceType | None = None
    about: Complained | None = None
    excluded: Annotated[tuple[Bureau, ...], Field(max_length=22)] = ()


class Mark(Body):
    """Why a law binds, as a code and in words."""

    reason: MarkReason
    text: ReasonWords


class Return(Body):
    """Why a letter goes back, and whose it may be."""

    reason: ReturnReason
    suggestion: Bureau | None = None
    text: NoteWords | None = None


class Recall(Body):
    """Why a letter is taken back."""

    reason: RecallReason


class ExtensionDecision(Body):
    """Whether there is more time, how many days, and why; the writer reads that."""

    granted: Annotated[bool, Field(strict=True)]
    days: Annotated[int, Field(strict=True, ge=1, le=400)] | None = None
    """None: as many as were asked for."""
    text: ReasonWords


class Signature(Body):
    """Which draft was read; another may lie there by now."""

    draft: Ordinal | None = None


class Missing(Body):
    """Why something isn't signed."""

    text: ReasonWords


class Instruction(Body):
    """What is to be done."""

    text: NoteWords


class NewLink(Body):
    """What a letter belongs together with."""

    kind: LinkKind
    other: OpaqueId = Field(alias="with")
    """The other letter's number, or the campaign's code."""
