"""What those who handle letters may send with what they do."""

from typing import Annotated

from pydantic import Field

from services.router.api.bodies import Body
from services.router.api.orders import NoteWords, ReasonWords, ReplyWords
from shared.contracts.fields import Code, Day, Ordinal
from shared.contracts.vocabulary import (
    ClockName,
    ExtensionReason,
    Finding,
    Outcome,
    PoliceType,
    WhereToTurn,
)


class PassingOn(Body):
    """To which unit a letter goes."""

    unit: Code
    police_type: PoliceType


class Unit(Body):
    """The unit that takes a letter up."""

    unit: Code


class NewNote(Body):
    """A note, or a question to the writer."""

    text: NoteWords


class MoreTime(Body):
    """How many days more are asked for on which clock, and why."""

    clock: ClockName
    days: Annotated[int, Field(strict=True, ge=1, le=400)]
    reason: ExtensionReason
    text: ReasonWords | None = None


class NewPromise(Body):
    """Something promised with a date."""

    due_on: Day
    text: NoteWords


class NewReply(Body):
    """A reply as the writer will read it, and what it comes to."""

    outcome: Outcome
    text: ReplyWords
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    commitments: Annotated[tuple[NewPromise, ...], Field(max_length=10)] = ()
    publication_proposed: Annotated[bool, Field(strict=True)] = False


class InstructionAnswer(Body):
    """What was done about an instruction."""

    instruction: Ordinal
    text: NoteWords


class Fulfillment(Body):
    """What shows that a promise is kept."""

    commitment: Ordinal
    text: NoteWords
