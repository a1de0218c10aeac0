"""Events of the router about receiving and routing a letter. Topic: `letters.progress`.

Owner: services.router.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts.event import Fact
from shared.contracts.fields import Code, Flag, Instant, Share, Version
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, Place, Receipt
from shared.contracts.vocabulary import Category, PoliceType, TriageReason, WhyRouted

Excluded: TypeAlias = Annotated[tuple[Bureau, ...], Field(max_length=22)]
"""Bureaus that must not see the letter."""


class LetterReceived(Fact):
    """The router has received and classified the letter, and its reply is due."""

    type: ClassVar[str] = "gd.mailbox.letter.received.v1"

    received_at: Instant
    category: Category
    police_type: PoliceType | None = None
    addressed_to: Bureau | None = None
    place: Place = Place()
    about: About | None = None
    excluded: Excluded = ()
    """Bureaus that must not see the letter."""
    masked: Flag = False
    """Whether the writer's choice, or the rules' finding, keeps the writer unknown."""
    confidence: Share
    """The rules' confidence in the bureau."""
    evidence: Annotated[tuple[Code, ...], Field(max_length=64)] = ()
    policy_version: Version
    receipt: Receipt


class LetterReclassified(Fact):
    """The letter's category, line of work or subject of complaint has been corrected."""

    type: ClassVar[str] = "gd.mailbox.letter.reclassified.v1"

    category: Category
    police_type: PoliceType | None = None
    about: About | None = None
    excluded: Excluded = ()
    """Bureaus that must not see the letter."""
    masked: Flag
    """Whether the writer stays unknown to the bureau from now on."""


class TriageEntered(Fact):
    """The letter waits for a person to choose its bureau."""

    type: ClassVar[str] = "gd.mailbox.triage.entered.v1"

    reasons: Annotated[tuple[TriageReason, ...], Field(min_length=1, max_length=16)]
    suggestion: Bureau | None = None


class LetterRouted(Fact):
    """The letter is assigned to the bureau that must answer it, under the number `assignment`."""

    type: ClassVar[str] = "gd.mailbox.letter.routed.v1"

    bureau: Bureau
    category: Category
    masked: Flag
    """Whether the bureau gets the text without the writer's own values, and no identity."""
    why: WhyRouted
    follow_up: Flag = False
    """Whether the province keeps the letter on its follow-up list."""
