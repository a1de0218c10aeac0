"""What the desks of the province, and chiefs, can do with a letter. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.contracts.slugs import Bureau
from shared.contracts.values import About, By
from shared.contracts.vocabulary import (
    Category,
    MarkReason,
    PoliceType,
    RecallReason,
    ReturnReason,
)
from shared.contracts.words import Note, Reason


@dataclass(frozen=True)
class OfDesk:
    """Something that somebody of the staff does at a desk."""

    by: By
    at: datetime


@dataclass(frozen=True)
class RouteLetter(OfDesk):
    """Hand a letter that waits in triage to a bureau."""

    bureau: Bureau


@dataclass(frozen=True)
class ReclassifyLetter(OfDesk):
    """Say that a letter is of another kind, or about somebody else, than was thought."""

    category: Category
    police_type: PoliceType | None
    about: About | None
    excluded: tuple[Bureau, ...] = ()
    """Besides whom it complains of; never the province, or nobody would be left to see it."""
    keeps: frozenset[str] = frozenset()
    """Which of these three nothing was said of: they stay as they are."""


@dataclass(frozen=True)
class ConsentReturn(OfDesk):
    """Hand a letter back in a bureau's stead, with the province's consent."""

    reason: ReturnReason
    suggestion: Bureau | None
    words: Note | None


@dataclass(frozen=True)
class RecallLetter(OfDesk):
    """Take a letter back from a bureau."""

    reason: RecallReason


@dataclass(frozen=True)
class MarkPetition(OfDesk):
    """Say that a letter is a petition by law."""

    reason: MarkReason
    words: Reason | None


@dataclass(frozen=True)
class MarkDisclosure(OfDesk):
    """Say that a letter asks for information by law."""

    reason: MarkReason
    words: Reason | None


RoutingCommand: TypeAlias = (
    RouteLetter | ReclassifyLetter | ConsentReturn | RecallLetter | MarkPetition | MarkDisclosure
)


@dataclass(frozen=True)
class SuperviseLetter(OfDesk):
    """Have the province watch what becomes of a letter."""


@dataclass(frozen=True)
class ReadLetter(OfDesk):
    """Record that a chief has read a letter."""


@dataclass(frozen=True)
class Instruct(OfDesk):
    """Say what is to be done; the holder must answer."""

    words: Note | None


@dataclass(frozen=True)
class DecideExtension(OfDesk):
    """Grant more time, or don't."""

    granted: bool
    days: int | None
    """How many; None: as many as were asked for."""
    words: Reason | None


@dataclass(frozen=True)
class SignAnswer(OfDesk):
    """Sign a reply or refusal."""

    draft: int | None = None
    """The number of the draft that was read; None: whichever lies there."""


@dataclass(frozen=True)
class SendBack(OfDesk):
    """Don't sign it, and say what is missing."""

    words: Reason | None


WatchingCommand: TypeAlias = (
    SuperviseLetter | ReadLetter | Instruct | DecideExtension | SignAnswer | SendBack
)
