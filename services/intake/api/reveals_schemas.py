"""What staff are given of reveals: the identity, and who asked for, granted and saw it."""

from typing import Any

from pydantic import BaseModel, Field

from services.intake.api.letters_schemas import RevealShown
from services.intake.domain.letter import Reveal


class IdentityShown(BaseModel):
    """Who wrote the letter."""

    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    phone: str = Field(repr=False)
    address: str | None = Field(repr=False)


class RevealListed(RevealShown):
    """A request or reveal as supervisors, custodians and auditors see it."""

    reveal: str
    staff: str
    text: str | None = Field(repr=False)
    """The reason in words."""
    decided_by: str | None


class Reveals(BaseModel):
    """Every request and reveal of one letter, in the order of asking."""

    letter: str
    reveals: list[RevealListed]


class RevealPage(BaseModel):
    """One page of letters with requests or reveals, the longest unchanged first."""

    letters: list[Reveals]
    next: str | None
    """What to ask for `after` to have the next page."""


def shown_to_writer(one: Reveal) -> RevealShown:
    """A request or reveal without a trace of the person who made it."""
    return RevealShown(**_public(one))


def listed(one: Reveal) -> RevealListed:
    """A request or reveal with who made it, and why."""
    return RevealListed(
        **_public(one),
        reveal=one.reveal,
        staff=one.staff,
        text=one.words.text if one.words else None,
        decided_by=one.decision.staff if one.decision else None,
    )


def _public(one: Reveal) -> dict[str, Any]:
    decision = one.decision
    return {
        "role": one.role,
        "bureau": one.bureau,
        "reason": one.reason,
        "requested_at": one.requested_at,
        "granted": decision.granted if decision else None,
        "decided_at": decision.decided_at if decision else None,
        "until": decision.until if decision else None,
        "signed_in_at": one.signed_in_at,
        "revealed_at": one.revealed_at,
    }
