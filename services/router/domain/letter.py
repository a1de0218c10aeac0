"""The state of one letter, and the values that it is made of. Instants are UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from services.router.domain.file_states import FileState
from shared.contracts import vocabulary
from shared.contracts.event import Fact
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import About, Attachment, Level, Limit, Place, Receipt, WriterFacts
from shared.contracts.words import Clear, Comment, LetterText, Note, Reason, ReplyText, WriterText
from shared.kernel.access_policy import LetterAccess, PastHolding
from shared.kernel.complaints import complained_of
from shared.kernel.frozen import replace
from shared.kernel.viewers import person

WordsT = TypeVar("WordsT", bound=Clear)
MASKED_CATEGORIES: tuple[vocabulary.Category, ...] = ("complaint", "report")
"""Categories whose writers stay unknown to the bureau. Source: ADR-0003."""


@dataclass(frozen=True)
class RunningClock:
    """A clock that runs or is paused, with what its due date is counted from."""

    clock: vocabulary.ClockName
    round: int
    due_on: date
    """The last day, until 24:00 in Asia/Shanghai; while the clock is paused, the last one
    announced.
    """
    passes_at: datetime
    provisional: bool = False
    to_come: tuple[Level, ...] = ()
    """Levels that can still be reached."""
    done: tuple[tuple[vocabulary.LevelName, date], ...] = ()
    """Levels of this round that were confirmed, each with the due date for which it was reached."""
    start: date | None = None
    """Day zero."""
    limit: Limit | None = None
    """The days counted, extensions included; None: a date was promised."""
    extended: int = 0
    """Days by which it was extended."""
    is_paused: bool = False
    receipt: Receipt | None = None
    """How its due date was counted, if an event said so."""


@dataclass(frozen=True)
class Utterance:
    """One contribution to the conversation with the writer; its words are None once erased."""

    at: datetime
    question: Note | None = None
    reply: ReplyText | None = None
    writer: WriterText | None = None


@dataclass(frozen=True)
class WriterQuestion:
    """A question to the writer, and how long the letter waited for the answer."""

    number: int
    asked_at: datetime
    answer_by: date
    ended_at: datetime | None = None
    """When it was answered, lapsed or was dropped; None while it is open."""


@dataclass(frozen=True)
class Pledge:
    """A commitment that a draft contains."""

    due_on: date
    words: Note | None


@dataclass(frozen=True)
class ReplyDraft:
    """A reply or refusal that waits for signatures."""

    kind: vocabulary.ReplyKind
    from_state: vocabulary.State
    author: str | None
    """Opaque id of a staff member."""
    signers: tuple[vocabulary.SignerRole, ...] = ()
    """Who must still sign, in order."""
    signed: tuple[str, ...] = ()
    """Opaque ids of those who have signed."""
    outcome: vocabulary.Outcome | None = None
    decline_reason: vocabulary.DeclineReason | None = None
    finding: vocabulary.Finding | None = None
    referred_to: vocabulary.WhereToTurn | None = None
    where_to_turn: vocabulary.WhereToTurn | None = None
    commitments: tuple[Pledge, ...] = ()
    publication_proposed: bool = False
    words: ReplyText | None = None


@dataclass(frozen=True)
class CommitmentRecord:
    """A commitment that a reply made."""

    number: int
    due_on: date
    words: Note | None
    kept: vocabulary.Kept | None = None
    evidence: Note | None = None
    """What shows that it was kept."""


@dataclass(frozen=True)
class InstructionRecord:
    """An instruction of a chief."""

    number: int
    office: str
    role: vocabulary.Role
    answer_by: date
    words: Note | None
    is_answered: bool = False
    answer: Note | None = None


@dataclass(frozen=True)
class ExtensionRequest:
    """A request for more time that isn't decided yet."""

    clock: vocabulary.ClockName
    days: int
    asker: str | None
    """Opaque id of a staff member."""
    reason: vocabulary.ExtensionReason | None = None
    """None: an older version of the router didn't keep it."""
    words: Reason | None = None


@dataclass(frozen=True)
class ReturnRecord:
    """A bureau that returned the letter, and the bureau that it suggested."""

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
    """A reason that staff gave, or a rating; its words are None once erased."""

    at: datetime
    kind: RemarkKind
    role: vocabulary.Role
    bureau: Bureau | None = None
    """The bureau of the staff member who wrote it."""
    reason: (
        vocabulary.ReturnReason
        | vocabulary.RecallReason
        | vocabulary.ExtensionReason
        | vocabulary.MarkReason
        | None
    ) = None
    suggestion: Bureau | None = None
    """The bureau suggested by whoever returned the letter."""
    clock: vocabulary.ClockName | None = None
    days: int | None = None
    granted: bool | None = None
    """Of a decision on an extension."""
    solved: bool | None = None
    score: int | None = None
    """Of a rating, like `solved`."""
    note: Note | None = None
    why: Reason | None = None
    comment: Comment | None = None

    @property
    def text(self) -> str | None:
        """The words, of whichever kind they are."""
        words = self.note or self.why or self.comment
        return words.text if words else None


@dataclass(frozen=True)
class NotALetter:
    """Under that name there is no letter; every rule about letters refuses it."""


@dataclass(frozen=True)
class UnknownLetter(NotALetter):
    """A letter that the router has not received."""

    kind: Literal["nothing"] = "nothing"


@dataclass(frozen=True)
class Letter:
    """A letter that the router has received."""

    received_at: datetime
    """Its date in Asia/Shanghai is the day of receipt."""
    category: vocabulary.Category
    police_type: vocabulary.PoliceType | None
    place: Place
    addressed_to: Bureau | None
    attachments: tuple[Attachment, ...]
    words: LetterText | None
    """As the writer sent them; None once erased."""
    state: vocabulary.State
    holder: Holder
    assignment: int
    """Number of the current holding by a bureau, or of the last one; 0 before the first."""
    quiet: int | None = None
    """Number of the last holding that isn't reported to the holder's own system, if any."""
    policy_version: str = ""
    """The policies in force on the day of receipt."""
    evidence: tuple[str, ...] = ()
    """Codes of what the rules found in the text."""
    confidence: float | None = None
    """How sure the rules were, from 0 to 1; None: an older version of the router didn't keep it."""
    about: About | None = None
    writer: WriterFacts | None = None
    """None: the writer is an adult who writes for themself, or an older version didn't keep it."""
    excluded: tuple[str, ...] = ()
    """Bureaus, and units as `<slug>:<unit>`, that must not see it, besides those in `about`."""
    conflicted: tuple[str, ...] = ()
    """Opaque ids of the staff who declared a conflict of interest and must not see it."""
    masked: bool = False
    unit: str | None = None
    """The police type of the unit to which its holder passed it on."""
    unit_code: str | None = None
    """The bureau's own code of that unit."""
    held: tuple[PastHolding, ...] = ()
    """Holdings that have ended."""
    facts: int = 0
    """Number of facts applied so far."""
    clocks: tuple[RunningClock, ...] = ()
    rounds: tuple[tuple[vocabulary.ClockName, int], ...] = ()
    """How often each clock was started."""
    triage_reasons: tuple[str, ...] = ()
    suggestion: Bureau | None = None
    """The bureau suggested to the triage desk."""
    returns: tuple[ReturnRecord, ...] = ()
    accepted_at: datetime | None = None
    notes: int = 0
    """Number of notes; their words are only in the log."""
    remarks: tuple[Remark, ...] = ()
    """Reasons that staff gave, and ratings, oldest first."""
    remarks_dropped: int = 0
    """How many older remarks are only in the log."""
    questions: tuple[WriterQuestion, ...] = ()
    additions: int = 0
    said: tuple[Utterance, ...] = ()
    """The conversation with the writer, oldest first."""
    wanted: ExtensionRequest | None = None
    draft: ReplyDraft | None = None
    drafts: int = 0
    """Number of drafts so far, the waiting one included."""
    replies: int = 0
    outcome: vocabulary.Outcome | None = None
    commitments: tuple[CommitmentRecord, ...] = ()
    instructions: tuple[InstructionRecord, ...] = ()
    reads: tuple[tuple[str, bool], ...] = ()
    """Offices that have read it, and whether in person."""
    solved: bool | None = None
    """What the last rating said."""
    reopen_until: datetime | None = None
    """When the time to rate or reopen after the last reply passes or passed."""
    closed_why: vocabulary.WhyClosed | None = None
    reopened: int = 0
    appeals: int = 0
    is_supervised: bool = False
    is_petition: bool = False
    is_disclosure: bool = False
    is_proposed: bool = False
    """For publication."""
    links: tuple[tuple[vocabulary.LinkKind, str], ...] = ()
    checked_files: tuple[tuple[str, FileState], ...] = ()
    """Results of the checks of attachments, by id."""
    kind: Literal["letter"] = "letter"

    @property
    def bureau(self) -> Bureau | None:
        """The bureau that holds the letter, or held it when it ended; None in triage."""
        return None if self.holder == "triage" else self.holder

    @property
    def is_quiet(self) -> bool:
        """Whether the department's inspection holds it, or held it last, at the desk only."""
        return self.quiet is not None and self.quiet == self.assignment

    @property
    def is_followed_up(self) -> bool:
        """Whether the province, to which it was addressed, follows another holder's work on it."""
        return self.addressed_to == "province" and self.holder not in ("province", "triage")

    @property
    def question(self) -> WriterQuestion | None:
        """The open question."""
        return next((question for question in self.questions if question.ended_at is None), None)

    @property
    def due_at(self) -> datetime | None:
        """When the first of its clocks passes; paused clocks don't count."""
        return min((clock.passes_at for clock in self.clocks if not clock.is_paused), default=None)

    def running(
        self, clock: vocabulary.ClockName, round_: int | None = None
    ) -> RunningClock | None:
        """Return that clock if it runs or is paused: the first round, or the one named."""
        return next(
            (one for one in self.clocks if one.clock == clock and round_ in (None, one.round)),
            None,
        )

    def next_round(self, clock: vocabulary.ClockName) -> int:
        """Return the number that the clock's next round gets."""
        return dict(self.rounds).get(clock, 0) + 1


LetterState = NotALetter | Letter


def salt_of(state: object) -> str | None:
    """Return the salt for digests of requests about a letter; None once its words were erased."""
    return state.words.salt if isinstance(state, Letter) and state.words else None


def standing(letter: Letter) -> LetterAccess:
    """Return what `may_see` and `may_reach` judge by: holders, and who must not see the letter."""
    return LetterAccess(
        holder=letter.holder,
        unit=letter.unit,
        held=letter.held,
        addressed_to=letter.addressed_to,
        about=complained_of(letter.about) if letter.about else None,
        excluded=frozenset((*letter.excluded, *map(person, letter.conflicted))),
    )


def ended_holdings(letter: Letter, event: Fact) -> tuple[PastHolding, ...]:
    """Return the holdings that end with this fact; their holders keep a view of the past.

    A holding of the department's inspection is left out: its office never had the letter.
    """
    stays = (event.holder, event.assignment) == (letter.holder, letter.assignment)
    if stays or letter.bureau is None or letter.is_quiet:
        return ()
    units = (None, letter.unit) if letter.unit else (None,)
    return tuple(PastHolding(letter.bureau, unit, letter.facts + 1) for unit in units)


def unchanged(letter: Letter, _: object) -> Letter:
    """Return the letter as it is, for facts that say nothing besides their header."""
    return letter


def occurred_at(event: Fact, letter: Letter) -> datetime:
    """Return when a fact happened; facts of the first contracts don't say."""
    return event.at or letter.received_at


def with_utterance(letter: Letter, event: Fact, **words: Any) -> Letter:
    """Return the letter with one more contribution to its conversation."""
    return replace(letter, said=(*letter.said, Utterance(occurred_at(event, letter), **words)))


def without_question(letter: Letter, at: datetime) -> Letter:
    """Return the letter with its question ended, if one was open."""
    ended = (each if each.ended_at else replace(each, ended_at=at) for each in letter.questions)
    return replace(letter, questions=tuple(ended))


def words_as(kind: type[WordsT], words: object) -> WordsT | None:
    """Return the words if they are of that kind; None once they were erased."""
    return words if isinstance(words, kind) else None
