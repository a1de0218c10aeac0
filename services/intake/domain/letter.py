"""What intake knows of a letter: words and identity as written, and what its writer may see.

Days are those of Asia/Shanghai, instants UTC. Words are None once they were erased.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from shared.contracts import vocabulary
from shared.contracts.slugs import Bureau
from shared.contracts.values import About, Place, Receipt
from shared.contracts.words import (
    Contact,
    Identity,
    LetterText,
    Note,
    Reason,
    ReplyText,
    WriterText,
)
from shared.kernel.civil import passes_at
from shared.kernel.complaints import complained_of, path_of_complaint
from shared.kernel.errors import NotFound

ShownFileState = Literal["waiting", "clean", "refused", "quarantined"]
RequestKind = Literal["answer", "addition", "rating", "reopening", "appeal", "withdrawal"]

CounterEntry = Literal["counter", "hotline"]
EntryReason = Literal["no_internet", "needs_help", "no_account", "other"]
"""Why staff entered a letter for its writer."""

ANSWERED: tuple[vocabulary.State, ...] = ("replied", "closed")
"""States in which a letter has a reply that stands."""
ENDED: tuple[vocabulary.State, ...] = ("declined", "closed", "withdrawn")
"""States after which no holder learns anything more of the letter."""


@dataclass(frozen=True)
class WriterRequest:
    """A request of the writer and what the router made of it."""

    request_id: str
    kind: RequestKind
    status: Literal["sent", "done", "refused"] = "sent"
    code: vocabulary.RequestRefusal | None = None
    """Why it was refused."""
    words: WriterText | None = None
    question: int | None = None
    """The number of the question that an answer is meant for."""
    is_late: bool = False
    """Whether it came too late to count and was filed as an addition."""


@dataclass(frozen=True)
class LetterReply:
    """A reply to the letter, or its refusal."""

    words: ReplyText | None
    outcome: vocabulary.Outcome | None
    """None: the letter was refused."""
    replied_at: datetime
    bureau: Bureau | None = None
    decline_reason: vocabulary.DeclineReason | None = None
    where_to_turn: vocabulary.WhereToTurn | None = None
    """The competent office, or the office that the letter was referred to."""
    answer_by: date | None = None
    """Last day on which a reply may be rated or reopened, or a refusal appealed against."""


@dataclass(frozen=True)
class BureauQuestion:
    """A question of the bureau to the writer."""

    question: int
    words: Note | None
    asked_at: datetime
    answer_by: date
    standing: Literal["open", "answered", "lapsed", "ended"] = "open"
    """`ended`: nobody waits for the answer, because the letter went elsewhere."""


@dataclass(frozen=True)
class BureauPromise:
    """A commitment that a reply contains."""

    commitment: int
    due_on: date
    words: Note | None
    standing: Literal["open", "broken", "in_time", "late"] = "open"
    evidence: Note | None = None
    """What shows that it was kept."""

    @property
    def broken_at(self) -> datetime | None:
        """The end of its due day; None unless it was broken."""
        return passes_at(self.due_on) if self.standing in ("broken", "late") else None


@dataclass(frozen=True)
class Extension:
    """More time that was granted to the bureau."""

    clock: vocabulary.ClockName
    new_due_on: date | None
    """None while the clock is stopped."""
    words: Reason | None
    decided_at: datetime


@dataclass(frozen=True)
class Publication:
    """Where everyone can read the letter, or could."""

    path: str
    published_at: datetime
    is_withdrawn: bool = False
    title: str | None = field(default=None, repr=False)
    """As everyone can read it; None if it isn't known here, or is withdrawn."""
    city: Bureau | None = None
    """As the page shows it."""


@dataclass(frozen=True)
class RevealDecision:
    """The decision of a second person about a handler's request to see the identity."""

    granted: bool
    staff: str
    """Opaque id."""
    decided_at: datetime
    until: datetime | None
    """When the view ends; None if it was refused."""


@dataclass(frozen=True)
class Reveal:
    """A request of staff to see who the writer is, and the view that followed."""

    reveal: str
    role: vocabulary.Role
    bureau: Bureau | None
    staff: str
    """Opaque id; supervisors see it, the writer doesn't."""
    reason: vocabulary.RevealReason
    signed_in_at: datetime | None
    """When the viewer had signed in, at most five minutes before; None: not viewed yet."""
    words: Reason | None
    assignment: int = 0
    """Of a request: the holding for which it was made."""
    requested_at: datetime | None = None
    """Of masked letters: when the handler asked."""
    decision: RevealDecision | None = None
    revealed_at: datetime | None = None
    """None: not viewed yet, or viewed before this was recorded."""
    identity: int = 0
    """How many identities the writer had given before the one that was shown."""


@dataclass(frozen=True)
class IdentityGiven:
    """A bureau that got the writer's identity, sealed for it, because it held the letter."""

    bureau: Bureau
    assignment: int
    given_at: datetime | None
    """None: not recorded."""


@dataclass(frozen=True)
class LetterFile:
    """Metadata of a file that came with the letter or later."""

    id: str
    type: str
    size: int
    """Bytes."""
    scan: vocabulary.ScanOutcome | None = None
    """None until the file was scanned for malware."""
    quarantined: bool = False
    """Whether it was refused because something harmful was found in it."""

    @property
    def state(self) -> ShownFileState:
        """As the writer sees it."""
        return "quarantined" if self.quarantined else self.scan or "waiting"


@dataclass(frozen=True)
class FileFetch:
    """The first time that a holder got a file, by its system or on a page."""

    file: str
    bureau: Bureau
    assignment: int
    fetched_at: datetime | None = None
    """None: not recorded."""


@dataclass(frozen=True)
class FileView:
    """Files that a member of staff opened on one day."""

    staff: str
    """Opaque id; auditors see it, the writer doesn't."""
    role: vocabulary.Role
    bureau: Bureau | None
    files: tuple[str, ...]
    viewed_at: datetime
    """When the first of them was opened."""


@dataclass(frozen=True)
class TimelineStep:
    """An event in the life of the letter as its writer sees it; `what` is the event's name."""

    at: datetime
    what: str
    bureau: Bureau | None = None
    reason: vocabulary.ReturnReason | None = None
    """Why a bureau returned it; None for steps recorded before this was kept."""
    clock: vocabulary.ClockName | None = None
    """Which time limit has passed; None likewise."""
    due_on: date | None = None
    """The day on which it passed."""


@dataclass(frozen=True)
class EnteredBy:
    """Who entered the letter for a visitor or caller, and why."""

    entry: CounterEntry
    bureau: Bureau
    staff: str
    """Opaque id."""
    reason: EntryReason
    was_shown: bool
    """Whether they saw the writer's document."""


@dataclass(frozen=True)
class PhoneCheck:
    """The check of a caller's phone by a code that they read back."""

    codes: int = 0
    """Codes sent so far."""
    digest: str = ""
    """Keyed hash of the newest."""
    expires_at: datetime | None = None
    tries: int = 0
    """Wrong tries of the newest."""
    confirmed_at: datetime | None = None


@dataclass(frozen=True)
class NoLetter:
    """Intake has no such letter."""

    kind: Literal["nothing"] = "nothing"


@dataclass(frozen=True)
class IntakeLetter:
    """A letter that intake has accepted."""

    owner: str
    """Keyed hash of the writer's sign-in."""
    received_at: datetime
    """Its Asia/Shanghai date is the day of receipt."""
    channel: vocabulary.Channel
    lang: vocabulary.Language
    category: vocabulary.Category
    """As the writer chose it."""
    place: Place
    addressed_to: Bureau | None
    consent_to_publish: bool
    words: LetterText | None
    contact: Contact | None
    identity: Identity | None
    entry: vocabulary.Entry | None = None
    """Where it came in, by the registered client that sent it."""
    earlier_contacts: tuple[Contact, ...] = ()
    earlier_identities: tuple[Identity, ...] = ()
    """Values given before still identify the writer, so copies must not show them."""
    state: vocabulary.State = "submitted"
    bureau: Bureau | None = None
    """The bureau that holds it, or held it when it ended."""
    unit: str | None = None
    """The unit it was passed on to, in the bureau's own code. Not shown to the writer."""
    assignment: int = 0
    found_category: vocabulary.Category | None = None
    """As the router classified it."""
    masked: bool | None = None
    """Whether the router last hid the writer from the holder; None: not recorded."""
    about: About | None = None
    excluded: tuple[str, ...] = ()
    """Bureaus that must not see it besides those of `about`."""
    conflicted: tuple[str, ...] = ()
    """Opaque ids of the staff who declared a conflict of interest and must not see it."""
    reply_due_on: date | None = None
    """The reply is due by 24:00 of this day, Asia/Shanghai."""
    reply_is_provisional: bool = False
    reply_receipt: Receipt | None = None
    """How a due day of the reply was counted; the due day may have moved since."""
    answer: LetterReply | None = None
    """The reply or refusal that stands."""
    earlier_answers: tuple[LetterReply, ...] = ()
    questions: tuple[BureauQuestion, ...] = ()
    promises: tuple[BureauPromise, ...] = ()
    extensions: tuple[Extension, ...] = ()
    reopened: int = 0
    is_supervised: bool = False
    why_closed: vocabulary.WhyClosed | None = None
    consents: int = 0
    """How often the writer consented to publication after submission."""
    copies: int = 0
    """Publication copies made."""
    identity_kid: str | None = None
    """Key under which the present holder has the identity; `none:` and the reader while that
    holder has no valid key; None when the letter has ended or the holder must not have it.
    """
    identity_given: tuple[IdentityGiven, ...] = ()
    """Once for each holding; those before this was recorded are missing."""
    publication: Publication | None = None
    requests: tuple[WriterRequest, ...] = ()
    reveals: tuple[Reveal, ...] = ()
    files: tuple[LetterFile, ...] = ()
    entered: EnteredBy | None = None
    """None: its writer sent it."""
    phone_check: PhoneCheck | None = None
    fetches: tuple[FileFetch, ...] = ()
    file_views: tuple[FileView, ...] = ()
    history: tuple[TimelineStep, ...] = ()
    archive: Literal["letter", "petition", "disclosure"] = "letter"
    """As what it is filed, which decides how long its parts are kept."""
    ended_at: datetime | None = None
    """When it ended; None while it runs, and in documents of older versions."""
    last_fact_at: datetime | None = None
    """When the router last reported anything; None in documents of older versions."""
    kind: Literal["letter"] = "letter"

    @property
    def also_turn_to(self) -> vocabulary.WhereToTurn | None:
        """Where else the writer may turn: 12389, for complaints about the department itself."""
        path = path_of_complaint(complained_of(self.about)) if self.about else None
        return path.tell if path else None


def check_owner(letter: IntakeLetter, owner: str) -> None:
    """Raises: NotFound, for somebody else's letter."""
    if owner != letter.owner:
        raise NotFound
