"""What a letter is made of besides its text: what was said, asked, drafted, promised. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.contracts.slugs import Bureau
from shared.contracts.values import Level, Limit, Receipt
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    Finding,
    Kept,
    LevelName,
    Outcome,
    ReplyKind,
    Role,
    SignerRole,
    State,
    WhereToTurn,
)
from shared.contracts.words import Note, ReplyText, WriterText


@dataclass(frozen=True)
class RunningClock:
    """A clock that runs or is paused, with what its date is counted from."""

    clock: ClockName
    round: int
    due_on: date
    """It runs until 24:00 of this day in Asia/Shanghai; while it is paused, what was said last."""
    passes_at: datetime
    provisional: bool = False
    to_come: tuple[Level, ...] = ()
    """Levels that can still be reached."""
    done: tuple[tuple[LevelName, date], ...] = ()
    """Levels of this round that were confirmed, each with the due date that it was reached for."""
    start: date | None = None
    """Day zero."""
    limit: Limit | None = None
    """How many days are counted, those of an extension among them; None: a date was promised."""
    extended: int = 0
    """Days by which it was made longer."""
    is_paused: bool = False
    receipt: Receipt | None = None
    """How its due date was counted, where that was said."""


@dataclass(frozen=True)
class Said:
    """One contribution to the conversation with the writer; all None once it was erased."""

    at: datetime
    question: Note | None = None
    reply: ReplyText | None = None
    writer: WriterText | None = None


@dataclass(frozen=True)
class Question:
    """A question to the writer, and how long the letter waited for the answer."""

    number: int
    asked_at: datetime
    answer_by: date
    ended_at: datetime | None = None
    """When it was answered, lapsed, or nobody wanted to know any more; None while it is open."""


@dataclass(frozen=True)
class Pledge:
    """What a draft promises."""

    due_on: date
    words: Note | None


@dataclass(frozen=True)
class Draft:
    """A reply or refusal that waits for its signers."""

    kind: ReplyKind
    from_state: State
    author: str | None
    """Opaque id of staff."""
    signers: tuple[SignerRole, ...] = ()
    """Who must still sign, in order."""
    signed: tuple[str, ...] = ()
    """Opaque ids of those who have signed."""
    outcome: Outcome | None = None
    decline_reason: DeclineReason | None = None
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    where_to_turn: WhereToTurn | None = None
    commitments: tuple[Pledge, ...] = ()
    publication_proposed: bool = False
    words: ReplyText | None = None


@dataclass(frozen=True)
class Promised:
    """A commitment that a reply made."""

    number: int
    due_on: date
    words: Note | None
    kept: Kept | None = None


@dataclass(frozen=True)
class Instructed:
    """A chief's instruction."""

    number: int
    office: str
    role: Role
    answer_by: date
    words: Note | None
    is_answered: bool = False


@dataclass(frozen=True)
class Wanted:
    """More time that was asked for and not decided yet."""

    clock: ClockName
    days: int
    asker: str | None
    """Opaque id of staff."""


@dataclass(frozen=True)
class HandedBack:
    """That a bureau returned the letter, and whose it thought that it was."""

    bureau: Bureau
    suggestion: Bureau | None
