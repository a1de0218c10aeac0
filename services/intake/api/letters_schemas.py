"""Bodies of the routes for letters; dates are days of Asia/Shanghai. Nothing names staff."""

from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.intake.api.files_schemas import FileIds
from services.intake.api.office_hours import Said
from services.intake.api.receipts_schemas import SignedReceipt
from services.intake.api.reveals_schemas import RevealShown
from services.intake.api.warnings import LineShown, SendAnyway
from services.intake.domain.letter import CounterEntry, ShownFileState
from shared.contracts import vocabulary
from shared.contracts.fields import DistrictCode, Version
from shared.contracts.slugs import Bureau
from shared.contracts.text import Text
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.platform.http.parameters import RequestBody

NOTICE_VERSION = "1"
PHONE = r"^\+?[0-9][0-9 \-]{4,30}$"


class Where(RequestBody):
    """Where the matter arose, as far as the writer knows."""

    city: Bureau | None = None
    district: DistrictCode | None = None
    detail: Annotated[str, Text(1, 200)] | None = None


class Complained(RequestBody):
    """Whom the letter complains about, as far as its writer knows; names belong in the words."""

    kind: vocabulary.AboutKind
    bureau: Bureau | None = None
    level: vocabulary.AboutLevel | None = None
    police_type: vocabulary.PoliceType | None = None


class ContactDetails(RequestBody):
    """How to reach the writer; without a phone, that of the sign-in is used."""

    phone: Annotated[str, Field(strict=True, pattern=PHONE)] | None = None
    email: (
        Annotated[str, Text(3, 254), Field(pattern=r"^[^\s@<>]{1,64}@[^\s@<>]{1,189}$")] | None
    ) = None
    wechat: Annotated[str, Field(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_\-]{5,19}$")] | None = (
        None
    )


class GuardianGiven(RequestBody):
    """The guardian who agrees that a minor writes."""

    name: Annotated[str, Text(1, 100)]
    phone: Annotated[str, Field(strict=True, pattern=PHONE)]
    relation: vocabulary.GuardianRelation


class HelpedGiven(RequestBody):
    """The person that the sender writes for."""

    name: Annotated[str, Text(1, 100)]
    phone: Annotated[str, Field(strict=True, pattern=PHONE)] | None = None


class WriterGiven(RequestBody):
    """What the writer says of themself: who agrees, for whom and by what right they write."""

    guardian: GuardianGiven | None = None
    """Needed of writers under 14."""
    acting_as: vocabulary.ActingAs | None = None
    """By what right the sender writes for the person of `on_behalf`."""
    helped: HelpedGiven | None = None


NEW_LETTER_EXAMPLE: dict[str, JsonValue] = {
    "subject": "路灯坏了",
    "body": "人民路口的路灯坏了三周，晚上看不清路，请修一修。",
    "category": "request",
    "place": {"city": "guangzhou", "district": "440104", "detail": "人民路口"},
    "lang": "zh",
    "consent_to_publish": True,
    "notice_version": "1",
    "contact": {"phone": "15400010001", "email": "chen@example.cn"},
    "address": "示例路1号",
}


class NewLetter(RequestBody):
    """A letter as its writer sends it."""

    model_config = ConfigDict(json_schema_extra={"examples": [NEW_LETTER_EXAMPLE]})
    later: ClassVar = frozenset({"entry", "files", "writer"})

    subject: Annotated[str, Text(1, MAX_SUBJECT)]
    body: Annotated[str, Text(1, MAX_BODY)]
    category: vocabulary.Category
    place: Where = Where()
    addressed_to: Bureau | None = None
    about: Complained | None = None
    """None: nobody in the police, or the writer doesn't say."""
    on_behalf: vocabulary.OnBehalf | None = None
    """The person that the sender writes for, if not for themself."""
    writer: WriterGiven = WriterGiven()
    lang: vocabulary.Language = "zh"
    channel: vocabulary.Channel = "web"
    """Older clients' word for `entry`: the client must have an entry of that channel."""
    entry: vocabulary.Entry | None = None
    """Where on the client's site it was written; the client must be registered for it."""
    consent_to_publish: Annotated[bool, Field(strict=True)] = False
    notice_version: Version = NOTICE_VERSION
    contact: ContactDetails = ContactDetails()
    address: Annotated[str, Text(1, 300)] | None = None
    draft: Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    """The draft that this letter was written from, which is erased once the letter is accepted."""
    files: FileIds = ()
    send_anyway: SendAnyway | None = None
    """The `code` of the problem that told the writer where to turn, to send the letter anyway.

    A crime report is not accepted with another code than its own: it is explained first. With any
    code, the letter isn't compared with the writer's open ones again.
    """

    def digest_of(self) -> str:
        """The letter as JSON, without `send_anyway` and `draft`, which do not make it another."""
        return self.model_dump_json(exclude={"send_anyway", "draft"} | self.unset_later_fields())


class Submitted(BaseModel):
    """The letter was accepted under this number."""

    letter: str
    received_at: datetime
    read_by: Said | None = None
    """Who reads it, and when, by the hour at which it came in."""
    receipt: SignedReceipt | None = None
    """None: the submission is repeated, and the words were erased meanwhile."""


class ReplyShown(BaseModel):
    """A reply, or a refusal of the letter, as its writer sees it."""

    text: str | None = Field(repr=False)
    outcome: vocabulary.Outcome | None
    """None: the letter was refused, for `decline_reason`."""
    replied_at: datetime
    bureau: Bureau | None
    decline_reason: vocabulary.DeclineReason | None
    outcome_zh: str | None
    outcome_en: str | None
    decline_reason_zh: str | None
    decline_reason_en: str | None
    where_to_turn: vocabulary.WhereToTurn | None
    turn_to: list[LineShown]
    """The same with name, number and hours, or with the city's police stations."""
    answer_by: date | None
    """Last day on which a reply may be rated or reopened, or a refusal appealed against."""


class QuestionShown(BaseModel):
    """A question of the bureau."""

    question: int
    text: str | None = Field(repr=False)
    asked_at: datetime
    answer_by: date
    standing: str


class PromiseShown(BaseModel):
    """A promise in a reply, and what shows that it was kept."""

    commitment: int
    text: str | None = Field(repr=False)
    due_on: date
    standing: str
    broken_at: datetime | None
    """When its due day ended without it being kept; None unless it was broken."""
    evidence: str | None = Field(repr=False)


class ExtensionShown(BaseModel):
    """More time that was granted to the bureau, and why."""

    clock: vocabulary.ClockName
    new_due_on: date | None
    text: str | None = Field(repr=False)
    decided_at: datetime


class RequestShown(BaseModel):
    """A request of the writer: sent, done, or refused with a code."""

    request_id: str
    kind: str
    status: str
    code: vocabulary.RequestRefusal | None
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


class FileShown(BaseModel):
    """A file that came with the letter or later."""

    id: str
    type: str
    size: int
    scan: vocabulary.ScanOutcome | None
    state: ShownFileState
    state_zh: str
    state_en: str


class StepShown(BaseModel):
    """An event in the life of the letter."""

    at: datetime
    what: str
    bureau: Bureau | None
    reason: vocabulary.ReturnReason | None
    """Why that bureau returned it."""
    clock: vocabulary.ClockName | None
    """Which time limit has passed."""
    due_on: date | None
    """The day on which it passed."""
    zh: str
    en: str


class DayShown(BaseModel):
    """How one day was counted."""

    day: date
    kind: vocabulary.DayKind
    number: int | None
    """The ordinal of a counted day."""
    zh: str
    en: str


class ReceiptShown(BaseModel):
    """How a due date was counted, day by day."""

    due_on: date
    provisional: bool
    calendar_version: str
    policy_version: str
    days: list[DayShown]


class EnteredShown(BaseModel):
    """The office that entered the letter for its writer."""

    entry: CounterEntry
    bureau: Bureau


class LetterLine(BaseModel):
    """A letter in the writer's list."""

    letter: str
    received_at: datetime
    category: vocabulary.Category
    state: vocabulary.State
    state_zh: str
    state_en: str
    bureau: Bureau | None
    reply_due_on: date | None
    subject: str | None = Field(repr=False)


class LetterShown(LetterLine):
    """A letter as its writer sees it; instants are UTC."""

    body: str | None = Field(repr=False)
    reply_due_is_provisional: bool
    reply_due_receipt: ReceiptShown | None
    """None if no receipt explains the present due day."""
    consent_to_publish: bool
    is_supervised: bool
    reopened: int
    why_closed: vocabulary.WhyClosed | None
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
    entered: EnteredShown | None
    """None: its writer sent it."""
    requests: list[RequestShown]
    history: list[StepShown]
    also_turn_to: vocabulary.WhereToTurn | None
    """Where complaints about the department itself may go as well."""


class LetterList(BaseModel):
    """One page of a writer's letters, newest first."""

    letters: list[LetterLine]
    next: str | None
    """Pass this as `after` to get the next page."""
