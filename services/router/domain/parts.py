"""What a letter is made of besides its text: what was said, asked, drafted, promised. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.values import Level, Limit, Receipt
from shared.contracts.vocabulary import (
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    Kept,
    LevelName,
    MarkReason,
    Outcome,
    RecallReason,
    ReplyKind,
    ReturnReason,
    Role,
    SignerRole,
    State,
    WhereToTurn,
)
from shared.contracts.words import Comment, Note, Reason, ReplyText, WriterText


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
    evidence: Note | None = None
    """What shows that it is kept."""


@dataclass(frozen=True)
class Instructed:
    """A chief's instruction."""

    number: int
    office: str
    role: Role
    answer_by: date
    words: Note | None
    is_answered: bool = False
    answer: Note | None = None


@dataclass(frozen=True)
class Wanted:
    """More time that was asked for and not decided yet."""

    clock: ClockName
    days: int
    asker: str | None
    """Opaque id of staff."""
    reason: ExtensionReason | None = None
    """None: an older version of the router kept none."""
    words: Reason | None = None


@dataclass(frozen=True)
class HandedBack:
    """That a bureau returned the letter, and whose it thought that it was."""

    bureau: Bureau
    suggestion: Bureau | None


RemarkKind = Literal[
    "returned",
    "recalled",
    "sent_back",
    "extension_requested",
    "extension_decided",
    "petition_marked",
    "disclosure_marked",
    "rated",
]


@dataclass(frozen=True)
class Remark:
    """Why staff did something with it, or a rating; the words are None once they were erased."""

    at: datetime
    kind: RemarkKind
    role: Role
    bureau: Bureau | None = None
    """Whose staff wrote it."""
    reason: ReturnReason | RecallReason | ExtensionReason | MarkReason | None = None
    suggestion: Bureau | None = None
    """Whose the letter is, in the opinion of whoever returns it."""
    clock: ClockName | None = None
    days: int | None = None
    granted: bool | None = None
    """Of a decision about more time."""
    solved: bool | None = None
    score: int | None = None
    """Of a rating, as is `solved`."""
    note: Note | None = None
    why: Reason | None = None
    comment: Comment | None = None

    @property
    def text(self) -> str | None:
        """Its words, of whichever kind they are."""
        words = self.note or self.why or self.comment
        return words.text if words else None
