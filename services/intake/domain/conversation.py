"""What was asked, answered and promised about a letter, as its writer may see it. Pure.

Days are those of Asia/Shanghai, instants UTC. Words are None once they were erased.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    Outcome,
    RequestRefusal,
    RevealReason,
    Role,
    ScanOutcome,
    WhereToTurn,
)
from shared.contracts.words import Note, Reason, ReplyText, WriterText
from shared.kernel.civil import passes_at

RequestKind = Literal["answer", "addition", "rating", "reopening", "appeal", "withdrawal"]


@dataclass(frozen=True)
class Request:
    """Something that the writer asked for, and what the router made of it."""

    request_id: str
    kind: RequestKind
    status: Literal["sent", "done", "refused"] = "sent"
    code: RequestRefusal | None = None
    """Why it was refused."""
    words: WriterText | None = None
    question: int | None = None
    """Which one an answer is meant for."""
    is_late: bool = False
    """Whether it came too late to count, and was put to the letter all the same."""


@dataclass(frozen=True)
class Answer:
    """A reply, or a refusal of the letter, that the writer reads."""

    words: ReplyText | None
    outcome: Outcome | None
    """None: the letter was refused."""
    replied_at: datetime
    bureau: Bureau | None = None
    decline_reason: DeclineReason | None = None
    where_to_turn: WhereToTurn | None = None
    """Who is competent instead, or to whom it was referred."""
    answer_by: date | None = None
    """Until 24:00 of it a reply may be rated or reopened, and a refusal appealed against."""


@dataclass(frozen=True)
class Question:
    """Something that the bureau needs to know."""

    question: int
    words: Note | None
    asked_at: datetime
    answer_by: date
    standing: Literal["open", "answered", "lapsed", "ended"] = "open"
    """`ended`: nobody waits for the answer any more, as the letter went elsewhere."""


@dataclass(frozen=True)
class Promise:
    """Something that a reply has promised."""

    commitment: int
    due_on: date
    words: Note | None
    standing: Literal["open", "broken", "in_time", "late"] = "open"
    evidence: Note | None = None
    """What shows that it is done."""

    @property
    def broken_at(self) -> datetime | None:
        """When it was broken: at the end of its day; None unless it was."""
        return passes_at(self.due_on) if self.standing in ("broken", "late") else None


@dataclass(frozen=True)
class Extension:
    """More time that was granted."""

    clock: ClockName
    new_due_on: date | None
    """None while the clock stands still."""
    words: Reason | None
    decided_at: datetime


@dataclass(frozen=True)
class Publication:
    """Where everyone can read the letter, or could."""

    path: str
    published_at: datetime
    is_withdrawn: bool = False


@dataclass(frozen=True)
class RevealDecision:
    """Another person has granted or refused what a handler had asked."""

    granted: bool
    staff: str
    """Opaque id."""
    decided_at: datetime
    until: datetime | None
    """When the view ends; None where it was refused."""


@dataclass(frozen=True)
class Reveal:
    """Somebody of the staff has read who the writer is, or asks to."""

    reveal: str
    role: Role
    bureau: Bureau | None
    staff: str
    """Opaque id; supervisors see it, and the writer doesn't."""
    reason: RevealReason
    signed_in_at: datetime | None
    """Of the sign-in under which they read it, at most five minutes before; None: not yet read."""
    words: Reason | None
    assignment: int = 0
    """Of a request: the holding for which it was asked."""
    requested_at: datetime | None = None
    """Of masked letters: when the handler asked."""
    decision: RevealDecision | None = None
    revealed_at: datetime | None = None
    """None: not yet read, or read before this was recorded."""
    identity: int = 0
    """How many identities the writer had given before the one that was shown."""


@dataclass(frozen=True)
class File:
    """What is known of a file that came with the letter or later."""

    id: str
    type: str
    size: int
    """Bytes."""
    scan: ScanOutcome | None = None
    """None until it was looked through for what may do harm."""
