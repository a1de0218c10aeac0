"""What a letter's writer can ask for. Pure. Instants are UTC."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from shared.contracts.values import Attachment
from shared.contracts.vocabulary import WithdrawalReason
from shared.contracts.words import Comment, WriterText


@dataclass(frozen=True)
class OfWriter:
    """Something that the writer asks for."""

    request_id: str
    at: datetime
    """When intake took it in: what was asked in time counts as in time."""


@dataclass(frozen=True)
class AnswerQuestion(OfWriter):
    """Answer a question of the bureau."""

    question: int
    words: WriterText | None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class AddToLetter(OfWriter):
    """Send something more."""

    words: WriterText | None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class RateLetter(OfWriter):
    """Record what the writer thinks of the reply."""

    solved: bool
    score: int
    """1 to 5, 5 is best."""
    words: Comment | None = None


@dataclass(frozen=True)
class ReopenLetter(OfWriter):
    """Have the letter answered once more."""

    words: WriterText | None


@dataclass(frozen=True)
class AppealRefusal(OfWriter):
    """Have the province look at a refusal once more."""

    words: WriterText | None


@dataclass(frozen=True)
class WithdrawLetter(OfWriter):
    """Take the letter back."""

    reason: WithdrawalReason


WritingCommand: TypeAlias = (
    AnswerQuestion | AddToLetter | RateLetter | ReopenLetter | AppealRefusal | WithdrawLetter
)
