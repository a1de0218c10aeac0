"""What the front desk takes in and gives out over HTTP. Unknown fields are refused."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain import Letter
from shared.contracts.fields import DistrictCode, Version
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    Category,
    Channel,
    Language,
    Outcome,
    RequestRefusal,
    State,
    WithdrawalReason,
)
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.kernel.categories import Categories
from shared.platform.text import Text

NOTICE_VERSION = "1"


class Body(BaseModel):
    """Something that a writer sends; its values are never shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return type(self).__name__

    __str__ = __repr__


class Where(Body):
    """Where the matter arose, as far as the writer knows."""

    city: Bureau | None = None
    district: DistrictCode | None = None
    detail: Annotated[str, Text(1, 200)] | None = None


class ContactDetails(Body):
    """How the writer wants to be reached; the phone of the sign-in where none is given."""

    phone: Annotated[str, Field(strict=True, pattern=r"^\+?[0-9][0-9 \-]{4,30}$")] | None = None
    email: (
        Annotated[str, Text(3, 254), Field(pattern=r"^[^\s@<>]{1,64}@[^\s@<>]{1,189}$")] | None
    ) = None
    wechat: Annotated[str, Field(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_\-]{5,19}$")] | None = (
        None
    )


class NewLetter(Body):
    """A letter as its writer sends it."""

    subject: Annotated[str, Text(1, MAX_SUBJECT)]
    body: Annotated[str, Text(1, MAX_BODY)]
    category: Category
    place: Where = Where()
    addressed_to: Bureau | None = None
    lang: Language = "zh"
    channel: Channel = "web"
    consent_to_publish: Annotated[bool, Field(strict=True)] = False
    notice_version: Version = NOTICE_VERSION
    contact: ContactDetails = ContactDetails()
    address: Annotated[str, Text(1, 300)] | None = None


class NewRating(Body):
    """What the writer thinks of the reply."""

    solved: Annotated[bool, Field(strict=True)]
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Annotated[str, Text(1, 1_000)] | None = None


class NewWithdrawal(Body):
    """That the writer takes the letter back."""

    reason: WithdrawalReason = "not_said"


class Submitted(BaseModel):
    """A letter was taken in, under this number, for good."""

    letter: str
    received_at: datetime


class Asked(BaseModel):
    """A request was sent; the letter shows what becomes of it."""

    request_id: str


class ReplyShown(BaseModel):
    """The reply as its writer reads it."""

    text: str | None = Field(repr=False)
    outcome: Outcome
    replied_at: datetime


class RequestShown(BaseModel):
    """A request of the writer's: sent, done, or refused with a code."""

    request_id: str
    kind: str
    status: str
    code: RequestRefusal | None


class StepShown(BaseModel):
    """Something that happened to the letter."""

    at: datetime
    what: str
    bureau: Bureau | None


class LetterLine(BaseModel):
    """A letter in the writer's list."""

    letter: str
    received_at: datetime
    category: Category
    state: State
    state_zh: str
    bureau: Bureau | None
    reply_due_on: date | None
    subject: str | None = Field(repr=False)


class LetterShown(LetterLine):
    """A letter as its writer reads it; dates are days of Asia/Shanghai, instants UTC."""

    body: str | None = Field(repr=False)
    reply_due_is_provisional: bool
    reply: ReplyShown | None
    requests: list[RequestShown]
    history: list[StepShown]


class LetterList(BaseModel):
    """One page of a writer's letters, newest first."""

    letters: list[LetterLine]
    next: str | None
    """What to ask for `after` to have the next page."""


def line(number: str, letter: Letter, *, wording: Categories) -> LetterLine:
    """A letter for the list."""
    return LetterLine(
        letter=number,
        received_at=letter.received_at,
        category=letter.category,
        state=letter.state,
        state_zh=wording.statuses[letter.state].writer_zh,
        bureau=letter.bureau,
        reply_due_on=letter.reply_due_on,
        subject=letter.words.subject if letter.words else None,
    )


def shown(number: str, letter: Letter, *, wording: Categories) -> LetterShown:
    """A letter whole."""
    answer = letter.answer
    return LetterShown(
        **line(number, letter, wording=wording).model_dump(),
        body=letter.words.body if letter.words else None,
        reply_due_is_provisional=letter.reply_is_provisional,
        reply=ReplyShown(
            text=answer.words.text if answer.words else None,
            outcome=answer.outcome,
            replied_at=answer.replied_at,
        )
        if answer
        else None,
        requests=[
            RequestShown(request_id=one.request_id, kind=one.kind, status=one.status, code=one.code)
            for one in letter.requests
        ],
        history=[StepShown(at=one.at, what=one.what, bureau=one.bureau) for one in letter.history],
    )
