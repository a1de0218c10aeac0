"""Request bodies of those who handle letters."""

from typing import Annotated

from pydantic import Field

from shared.contracts import vocabulary
from shared.contracts.fields import Code, Day, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.text import Text
from shared.contracts.words import MAX_NOTE, MAX_REPLY
from shared.platform.http.parameters import RequestBody

MAX_REASON = 1_000
ReplyWords = Annotated[str, Text(1, MAX_REPLY)]
NoteWords = Annotated[str, Text(1, MAX_NOTE)]
ReasonWords = Annotated[str, Text(1, MAX_REASON)]


class Refusal(RequestBody):
    """Why a letter is declined, where to turn instead, and the words to the writer."""

    decline_reason: vocabulary.DeclineReason
    where_to_turn: vocabulary.WhereToTurn | None = None
    text: ReplyWords


class Return(RequestBody):
    """Why a letter is returned, and which bureau may be responsible."""

    reason: vocabulary.ReturnReason
    suggestion: Bureau | None = None
    text: NoteWords | None = None


class NewLink(RequestBody):
    """What the letter is linked to."""

    kind: vocabulary.LinkKind
    other: OpaqueId = Field(alias="with")
    """The other letter's number, or the campaign's code."""


class PassingOn(RequestBody):
    """The unit that a letter is passed on to."""

    unit: Code
    police_type: vocabulary.PoliceType


class Unit(RequestBody):
    """The unit that accepts a letter."""

    unit: Code


class NewNote(RequestBody):
    """A note, or a question to the writer."""

    text: NoteWords


class MoreTime(RequestBody):
    """How many more days are requested for which clock, and why."""

    clock: vocabulary.ClockName
    days: Annotated[int, Field(strict=True, ge=1, le=400)]
    reason: vocabulary.ExtensionReason
    text: ReasonWords | None = None


class NewPromise(RequestBody):
    """A commitment with a date."""

    due_on: Day
    text: NoteWords


class NewReply(RequestBody):
    """A reply as the writer will read it, and its outcome."""

    outcome: vocabulary.Outcome
    text: ReplyWords
    finding: vocabulary.Finding | None = None
    referred_to: vocabulary.WhereToTurn | None = None
    commitments: Annotated[tuple[NewPromise, ...], Field(max_length=10)] = ()
    publication_proposed: Annotated[bool, Field(strict=True)] = False


class InstructionAnswer(RequestBody):
    """What was done about an instruction."""

    instruction: Ordinal
    text: NoteWords


class Fulfillment(RequestBody):
    """What shows that a commitment was kept."""

    commitment: Ordinal
    text: NoteWords
