"""What a letter's holder can do to answer it, and to keep what was promised. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from services.router.domain.commands.holding import OfHolder
from services.router.domain.parts import Pledge
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    Outcome,
    WhereToTurn,
)
from shared.contracts.words import Note, Reason, ReplyText


@dataclass(frozen=True)
class AskWriter(OfHolder):
    """Ask the writer something."""

    words: Note | None


@dataclass(frozen=True)
class RequestMoreTime(OfHolder):
    """Ask for days more on a clock."""

    clock: ClockName
    days: int
    reason: ExtensionReason
    words: Reason | None


@dataclass(frozen=True)
class ReplyToLetter(OfHolder):
    """Answer a letter."""

    outcome: Outcome
    words: ReplyText | None
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    commitments: tuple[Pledge, ...] = ()
    publication_proposed: bool = False
    signed_by: str | None = None
    """Who has signed it in the bureau's own system; an opaque id."""


@dataclass(frozen=True)
class DeclineLetter(OfHolder):
    """Refuse a letter for a reason in law; the triage desk can, too."""

    decline_reason: DeclineReason
    where_to_turn: WhereToTurn | None
    words: ReplyText | None
    signed_by: str | None = None


@dataclass(frozen=True)
class AnswerInstruction(OfHolder):
    """Answer what a chief has instructed."""

    instruction: int
    words: Note | None


@dataclass(frozen=True)
class FulfilCommitment(OfHolder):
    """Show that what was promised is done."""

    commitment: int
    words: Note | None


@dataclass(frozen=True)
class ProposePublication(OfHolder):
    """Propose that everyone can read the letter and its reply."""


AnsweringCommand: TypeAlias = (
    AskWriter
    | RequestMoreTime
    | ReplyToLetter
    | DeclineLetter
    | AnswerInstruction
    | FulfilCommitment
    | ProposePublication
)
