"""What intake knows of one letter: the words and identity as written, and the writer's view.

Pure.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.contracts.slugs import Bureau
from shared.contracts.values import Place
from shared.contracts.vocabulary import Category, Channel, Language, Outcome, RequestRefusal, State
from shared.contracts.words import Contact, Identity, LetterText, ReplyText

RequestKind = Literal["rating", "withdrawal"]


@dataclass(frozen=True)
class Request:
    """Something that the writer asked for, and what the router made of it."""

    request_id: str
    kind: RequestKind
    status: Literal["sent", "done", "refused"] = "sent"
    code: RequestRefusal | None = None
    """Why it was refused."""


@dataclass(frozen=True)
class Step:
    """What happened to the letter, as its writer may see it; `what` is an event's name."""

    at: datetime
    what: str
    bureau: Bureau | None = None


@dataclass(frozen=True)
class Answer:
    """The reply that the writer reads."""

    words: ReplyText | None
    """None once it was erased."""
    outcome: Outcome
    replied_at: datetime


@dataclass(frozen=True)
class Nothing:
    """Intake has no such letter."""

    kind: Literal["nothing"] = "nothing"


@dataclass(frozen=True)
class Letter:
    """A letter that intake took in."""

    owner: str
    """Keyed hash of the writer's sign-in."""
    received_at: datetime
    """Its Asia/Shanghai date is the day of receipt."""
    channel: Channel
    lang: Language
    category: Category
    place: Place
    addressed_to: Bureau | None
    consent_to_publish: bool
    words: LetterText | None
    contact: Contact | None
    identity: Identity | None
    state: State = "submitted"
    bureau: Bureau | None = None
    """The bureau that holds it, or held it when it ended."""
    assignment: int = 0
    reply_due_on: date | None = None
    """The writer has a reply by 24:00 of this day, Asia/Shanghai."""
    reply_is_provisional: bool = False
    answer: Answer | None = None
    copies: int = 0
    """Publication copies made."""
    identity_kid: str | None = None
    """Key under which the present holder has the identity; `none:` and the reader when it is to
    have it and had no valid key; None when it has ended or is not to have it.
    """
    requests: tuple[Request, ...] = ()
    history: tuple[Step, ...] = ()
    kind: Literal["letter"] = "letter"


IntakeState = Nothing | Letter
