"""Events of the publisher about a letter. Owner: services.publisher. Topic: `letters.published`.

A field may be added with a default; any other change is `published_v2`.
"""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from shared.contracts.event import Event
from shared.contracts.fields import Instant, OpaqueId, PublicPath
from shared.contracts.slugs import Bureau
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import CorrectionNote, ProblemKind, ProblemOutcome, WhyUnpublished

Clocks: TypeAlias = Annotated[tuple[ClockChange, ...], Field(max_length=2)]
"""What an event did to the clock `publication_problem`."""
PublicTitle: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
"""As everyone can read it."""


class LetterPublished(Event):
    """A letter and its reply have been published."""

    type: ClassVar[str] = "gd.mailbox.letter.published.v1"

    publication: OpaqueId
    path: PublicPath
    published_at: Instant
    title: PublicTitle | None = Field(default=None, repr=False)
    city: Bureau | None = None
    """As the page shows it, if it does. None in older events, like the title."""


class PublicationCorrected(Event):
    """A publication has been corrected, and shows a note about it."""

    type: ClassVar[str] = "gd.mailbox.publication.corrected.v1"

    publication: OpaqueId
    note: CorrectionNote
    title: PublicTitle | None = Field(default=None, repr=False)
    """The title since then; None in older events."""


class PublicationWithdrawn(Event):
    """The publication has been withdrawn."""

    type: ClassVar[str] = "gd.mailbox.publication.withdrawn.v1"

    publication: OpaqueId
    reason: WhyUnpublished


class PublicationProblemReported(Event):
    """Somebody reports that a publication shows too much, is wrong, or is outdated."""

    type: ClassVar[str] = "gd.mailbox.publication.problem_reported.v1"

    publication: OpaqueId
    problem: OpaqueId
    kind: ProblemKind
    clocks: Clocks = ()


class PublicationProblemDecided(Event):
    """An editor has decided about a reported problem."""

    type: ClassVar[str] = "gd.mailbox.publication.problem_decided.v1"

    problem: OpaqueId
    outcome: ProblemOutcome
    clocks: Clocks = ()
