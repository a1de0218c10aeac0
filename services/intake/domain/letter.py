"""What intake knows of one letter: the words and identity as written, and the writer's view.

Pure.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.intake.domain.conversation import (
    Answer,
    Extension,
    File,
    Promise,
    Publication,
    Question,
    Request,
    Reveal,
)
from services.intake.domain.diversion import Diversion
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, Place, Receipt
from shared.contracts.vocabulary import (
    Category,
    Channel,
    ClockName,
    Language,
    ReturnReason,
    State,
    WhereToTurn,
    WhyClosed,
)
from shared.contracts.words import Contact, Identity, LetterText
from shared.kernel.complaints import complained_of, path_of_complaint


@dataclass(frozen=True)
class Step:
    """What happened to the letter, as its writer may see it; `what` is an event's name."""

    at: datetime
    what: str
    bureau: Bureau | None = None
    reason: ReturnReason | None = None
    """Why a bureau has handed it back; None of steps from before this was kept."""
    clock: ClockName | None = None
    """Which time limit has passed; None likewise."""
    due_on: date | None = None
    """And on which day."""


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
    """What the writer chose."""
    place: Place
    addressed_to: Bureau | None
    consent_to_publish: bool
    words: LetterText | None
    contact: Contact | None
    identity: Identity | None
    earlier_contacts: tuple[Contact, ...] = ()
    earlier_identities: tuple[Identity, ...] = ()
    """What was given before is the writer's own still: nobody may read it in a copy."""
    state: State = "submitted"
    bureau: Bureau | None = None
    """The bureau that holds it, or held it when it ended."""
    unit: str | None = None
    """To which the bureau has passed it on, in its own code. Not for the writer."""
    assignment: int = 0
    found_category: Category | None = None
    """What the router made of it."""
    masked: bool | None = None
    """Whether the router last said that its holder isn't to know who wrote; None: not recorded."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus that must not see it besides those of `about`."""
    reply_due_on: date | None = None
    """The writer has a reply by 24:00 of this day, Asia/Shanghai."""
    reply_is_provisional: bool = False
    reply_receipt: Receipt | None = None
    """How a day on which the reply is due was counted; it may have moved since."""
    answer: Answer | None = None
    """The reply or refusal that stands."""
    earlier_answers: tuple[Answer, ...] = ()
    questions: tuple[Question, ...] = ()
    promises: tuple[Promise, ...] = ()
    extensions: tuple[Extension, ...] = ()
    reopened: int = 0
    is_supervised: bool = False
    why_closed: WhyClosed | None = None
    consents: int = 0
    """How often its writer has allowed publication after sending it."""
    copies: int = 0
    """Publication copies made."""
    identity_kid: str | None = None
    """Key under which the present holder has the identity; `none:` and the reader when it is to
    have it and had no valid key; None when it has ended or is not to have it.
    """
    publication: Publication | None = None
    requests: tuple[Request, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    files: tuple[File, ...] = ()
    history: tuple[Step, ...] = ()
    kind: Literal["letter"] = "letter"

    @property
    def also_turn_to(self) -> WhereToTurn | None:
        """Where else its writer may turn: who complains of the department itself, to 12389."""
        path = path_of_complaint(complained_of(self.about)) if self.about else None
        return path.tell if path else None


IntakeState = Nothing | Letter | Diversion
