"""What whoever has a letter in hand can do with it on the way. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import By
from shared.contracts.vocabulary import LinkKind, PoliceType, ReturnReason
from shared.contracts.words import Note


@dataclass(frozen=True)
class OfHolder:
    """Something that only the letter's holder can do: a bureau, or the triage desk."""

    bureau: Holder
    """Who acts; nobody can act for another."""
    assignment: int
    """The holding that was known to whoever acts."""
    by: By
    at: datetime
    """As of when it counts: of a bureau's action the broker's append time."""


@dataclass(frozen=True)
class AcceptLetter(OfHolder):
    """Take a letter up."""


@dataclass(frozen=True)
class ReturnLetter(OfHolder):
    """Hand a letter back that is not ours."""

    reason: ReturnReason
    suggestion: Bureau | None
    words: Note | None


@dataclass(frozen=True)
class PassOnLetter(OfHolder):
    """Give a letter to another unit of the bureau."""

    unit: str
    """The bureau's own code."""
    police_type: PoliceType


@dataclass(frozen=True)
class AcceptInUnit(OfHolder):
    """Take a letter up that was passed on."""

    unit: str


@dataclass(frozen=True)
class AddNote(OfHolder):
    """Note something that the writer never sees."""

    words: Note | None


@dataclass(frozen=True)
class LinkLetter(OfHolder):
    """Say that a letter is the same as another, or one of a campaign."""

    kind: LinkKind
    other: str
    """The other letter's number, or the campaign's code."""
    own: str
    """The letter's own number."""


HoldingCommand: TypeAlias = (
    AcceptLetter | ReturnLetter | PassOnLetter | AcceptInUnit | AddNote | LinkLetter
)
