"""Bodies of the routes for reveals: the identity, and who asked for, granted and saw it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from services.intake.domain.letter import Reveal
from shared.contracts.slugs import Bureau
from shared.contracts.text import Text
from shared.contracts.vocabulary import DocumentType, RevealReason, Role
from shared.contracts.words import Guardian, HelpedPerson
from shared.platform.http.parameters import RequestBody

MAX_REASON = 1_000


class NewReveal(RequestBody):
    """Why staff must know who wrote the letter."""

    reason: RevealReason
    text: Annotated[str, Text(1, MAX_REASON)] | None = None


class NewDecision(RequestBody):
    """The decision about a handler's request."""

    granted: Annotated[bool, Field(strict=True)]


class RevealShown(BaseModel):
    """A request of staff to see who the writer is, the view that followed, and why."""

    role: Role
    bureau: Bureau | None
    reason: RevealReason
    requested_at: datetime | None
    """For masked letters, of which another person must grant a view."""
    granted: bool | None
    """None: not decided yet, or no decision is needed."""
    decided_at: datetime | None
    until: datetime | None
    """When a granted view ends."""
    signed_in_at: datetime | None
    revealed_at: datetime | None
    """When it was first viewed; None together with `signed_in_at`: not yet."""


class IdentityShown(BaseModel):
    """Who wrote the letter."""

    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    phone: str = Field(repr=False)
    address: str | None = Field(repr=False)
    document_type: DocumentType = "resident_id"
    """The kind of document that `id_number` is of."""
    guardian: Guardian | None = Field(default=None, repr=False)
    """Who agreed that a minor writes."""
    helped: HelpedPerson | None = Field(default=None, repr=False)
    """The person that the letter is for."""


class RevealListed(RevealShown):
    """A request or reveal as supervisors, custodians and auditors see it."""

    reveal: str
    staff: str
    text: str | None = Field(repr=False)
    """The reason in words."""
    decided_by: str | None


class Reveals(BaseModel):
    """Every request and reveal of one letter, in order of time."""

    letter: str
    reveals: list[RevealListed]


class RevealPage(BaseModel):
    """One page of letters with requests or reveals, the longest unchanged first."""

    letters: list[Reveals]
    next: str | None
    """Pass this as `after` to get the next page."""


def reveal_shown(reveal: Reveal) -> RevealShown:
    """A request or reveal as the writer sees it, without the person who made it."""
    return RevealShown(**_public(reveal))


def reveal_listed(reveal: Reveal) -> RevealListed:
    """A request or reveal as staff see it, with who made it and why."""
    return RevealListed(
        **_public(reveal),
        reveal=reveal.reveal,
        staff=reveal.staff,
        text=reveal.words.text if reveal.words else None,
        decided_by=reveal.decision.staff if reveal.decision else None,
    )


def _public(reveal: Reveal) -> dict[str, Any]:
    decision = reveal.decision
    return {
        "role": reveal.role,
        "bureau": reveal.bureau,
        "reason": reveal.reason,
        "requested_at": reveal.requested_at,
        "granted": decision.granted if decision else None,
        "decided_at": decision.decided_at if decision else None,
        "until": decision.until if decision else None,
        "signed_in_at": reveal.signed_in_at,
        "revealed_at": reveal.revealed_at,
    }
