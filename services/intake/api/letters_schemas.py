"""What the front desk gives out over HTTP: models, dates being days of Asia/Shanghai. No staff."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.intake.api.office_hours import Said
from services.intake.api.warnings import EmergencyShown, LineShown
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    Category,
    ClockName,
    DayKind,
    DeclineReason,
    Outcome,
    RequestRefusal,
    ReturnReason,
    RevealReason,
    Role,
    ScanOutcome,
    State,
    WhereToTurn,
    WhyClosed,
)


class Submitted(BaseModel):
    """A letter was taken in, under this number, for good."""

    letter: str
    received_at: datetime
    read_by: Said | None = None
    """Who reads it, and when: by the hour at which it came in."""


class Asked(BaseModel):
    """A request was sent; the letter shows what becomes of it."""

    request_id: str
    emergency: EmergencyShown | None = None
    """Whom to turn to: what was said may be an emergency, and the duty desk has it, too."""


class ReplyShown(BaseModel):
    """A reply, or a refusal of the letter, as its writer reads it."""

    text: str | None = Field(repr=False)
    outcome: Outcome | None
    """None: the letter was refused, for `decline_reason`."""
    replied_at: datetime
    bureau: Bureau | None
    decline_reason: DeclineReason | None
    outcome_zh: str | None
    outcome_en: str | None
    decline_reason_zh: str | None
    decline_reason_en: str | None
    where_to_turn: WhereToTurn | None
    turn_to: list[LineShown]
    """The same with name, number and hours, and a city's police stations where that is where."""
    answer_by: date | None
    """Until 24:00 of it a reply may be rated or reopened, and a refusal appealed against."""


class QuestionShown(BaseModel):
    """What the bureau needs to know."""

    question: int
    text: str | None = Field(repr=False)
    asked_at: datetime
    answer_by: date
    standing: str


class PromiseShown(BaseModel):
    """What a reply has promised, and what shows that it is done."""

    commitment: int
    text: str | None = Field(repr=False)
    due_on: date
    standing: str
    broken_at: datetime | None
    """When its day was over without its being done; None unless that is so."""
    evidence: str | None = Field(repr=False)


class ExtensionShown(BaseModel):
    """More time that the bureau was granted, and why."""

    clock: ClockName
    new_due_on: date | None
    text: str | None = Field(repr=False)
    decided_at: datetime


class RequestShown(BaseModel):
    """A request of the writer's: sent, done, or refused with a code."""

    request_id: str
    kind: str
    status: str
    code: RequestRefusal | None
    code_zh: str | None
    code_en: str | None
    question: int | None
    text: str | None = Field(repr=False)
    is_late: bool


class PublicationShown(BaseModel):
    """Where everyone can read the letter, or could."""

    path: str
    published_at: datetime
    is_withdrawn: bool


class RevealShown(BaseModel):
    """That somebody of the staff has read who the writer is, or asks to, and why."""

    role: Role
    bureau: Bureau | None
    reason: RevealReason
    requested_at: datetime | None
    """Of masked letters, where another person must grant it."""
    granted: bool | None
    """None: nobody has decided yet, or nobody must."""
    decided_at: datetime | None
    until: datetime | None
    """When a granted view ends."""
    signed_in_at: datetime | None
    revealed_at: datetime | None
    """When it was read first; None together with `signed_in_at`: not yet."""


class FileShown(BaseModel):
    """A file that came with the letter or later."""

    id: str
    type: str
    size: int
    scan: ScanOutcome | None


class StepShown(BaseModel):
    """Something that happened to the letter."""

    at: datetime
    what: str
    bureau: Bureau | None
    reason: ReturnReason | None
    """Why that bureau has handed it back."""
    clock: ClockName | None
    """Which time limit has passed."""
    due_on: date | None
    """And on which day."""
    zh: str
    en: str


class DayShown(BaseModel):
    """How one day was counted."""

    day: date
    kind: DayKind
    number: int | None
    """Of a day that counts: which one."""
    zh: str
    en: str


class ReceiptShown(BaseModel):
    """How a due date was counted, day by day."""

    due_on: date
    provisional: bool
    calendar_version: str
    policy_version: str
    days: list[DayShown]


class LetterLine(BaseModel):
    """A letter in the writer's list."""

    letter: str
    received_at: datetime
    category: Category
    state: State
    state_zh: str
    state_en: str
    bureau: Bureau | None
    reply_due_on: date | None
    subject: str | None = Field(repr=False)


class LetterShown(LetterLine):
    """A letter as its writer reads it; instants are UTC."""

    body: str | None = Field(repr=False)
    reply_due_is_provisional: bool
    reply_due_receipt: ReceiptShown | None
    """None where the count of the day that stands was not told."""
    consent_to_publish: bool
    is_supervised: bool
    reopened: int
    why_closed: WhyClosed | None
    why_closed_zh: str | None
    why_closed_en: str | None
    reply: ReplyShown | None = Field(repr=False)
    """The one that stands; all of them are in `replies`."""
    replies: list[ReplyShown] = Field(repr=False)
    """Oldest first."""
    questions: list[QuestionShown]
    promises: list[PromiseShown]
    extensions: list[ExtensionShown]
    publication: PublicationShown | None
    reveals: list[RevealShown]
    files: list[FileShown]
    requests: list[RequestShown]
    history: list[StepShown]
    also_turn_to: WhereToTurn | None
    """Who complains of the department itself may turn there as well."""


class LetterList(BaseModel):
    """One page of a writer's letters, newest first."""

    letters: list[LetterLine]
    next: str | None
    """What to ask for `after` to have the next page."""
