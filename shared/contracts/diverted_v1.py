"""Events of intake about a diverted emergency. Owner: services.intake. Topic: `letters.diverted`.

The subject is the diversion's number. Words are not sent: the duty desk reads them at intake. A
field may be added with a default; any other change is `diverted_v2`, published beside this one
until no consumer reads v1.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.event import Event
from shared.contracts.fields import Code, Instant, OpaqueId
from shared.contracts.slugs import Bureau
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import DiversionOutcome, Threshold


class LetterDiverted(Event):
    """A text may be an emergency, and a person of the duty desk must see it."""

    type: ClassVar[str] = "gd.mailbox.letter.diverted.v1"

    diverted_at: Instant
    threshold: Threshold
    """Whether the writer was stopped, or asked whether to go on."""
    reasons: Annotated[tuple[Code, ...], Field(min_length=1, max_length=32)]
    city: Bureau | None = None
    letter: OpaqueId | None = None
    """The letter's number, if it was found in an answer or an addition."""
    see_by: Instant
    """When the next level is paged unless somebody has seen it."""
    clocks: Annotated[tuple[ClockChange, ...], Field(max_length=2)] = ()
    repeats: OpaqueId | None = None
    """The writer's first diversion among those unseen when this one arrived.

    The desk is called about all of them together. None: about this one by itself.
    """


class DutySeen(Event):
    """A person of the duty desk has seen the diversion; nothing else stops its clock."""

    type: ClassVar[str] = "gd.mailbox.duty.seen.v1"

    by: By
    seen_at: Instant
    clocks: Annotated[tuple[ClockChange, ...], Field(max_length=2)] = ()


class DiversionResolved(Event):
    """The duty desk has resolved the diversion."""

    type: ClassVar[str] = "gd.mailbox.diversion.resolved.v1"

    by: By
    outcome: DiversionOutcome
    """With the last two outcomes, the writer's letter is handled with its original time of receipt.
    """
    reference: OpaqueId | None = None
    """The number under which another office took over."""
