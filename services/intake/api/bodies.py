"""What the front desk takes in over HTTP. Unknown fields are refused."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import DistrictCode, OpaqueId, Version
from shared.contracts.slugs import Bureau
from shared.contracts.text import Text
from shared.contracts.vocabulary import (
    AboutKind,
    AboutLevel,
    Category,
    Channel,
    DiversionOutcome,
    Language,
    OnBehalf,
    PoliceType,
    RevealReason,
    WithdrawalReason,
)
from shared.contracts.words import MAX_BODY, MAX_NOTE, MAX_SUBJECT

Explained: TypeAlias = Literal["crime_report", "not_police"]
"""What the writer may send all the same, once it was said where to turn."""
NOTICE_VERSION = "1"
MAX_REASON = 1_000


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


class Complained(Body):
    """Whom the letter complains of, as far as its writer knows; names are among the words."""

    kind: AboutKind
    bureau: Bureau | None = None
    level: AboutLevel | None = None
    police_type: PoliceType | None = None


class ContactDetails(Body):
    """How the writer wants to be reached; the phone of the sign-in where none is given."""

    phone: Annotated[str, Field(strict=True, pattern=r"^\+?[0-9][0-9 \-]{4,30}$")] | None = None
    email: (
        Annotated[str, Text(3, 254), Field(pattern=r"^[^\s@<>]{1,64}@[^\s@<>]{1,189}$")] | None
    ) = None
    wechat: Annotated[str, Field(strict=True, pattern=r"^[A-Za-z][A-Za-z0-9_\-]{5,19}$")] | None = (
        None
    )


class NewContact(Body):
    """How the writer wants to be reached from now on; without an address the known one stays."""

    contact: ContactDetails = ContactDetails()
    address: Annotated[str, Text(1, 300)] | None = None


class NewLetter(Body):
    """A letter as its writer sends it."""

    subject: Annotated[str, Text(1, MAX_SUBJECT)]
    body: Annotated[str, Text(1, MAX_BODY)]
    category: Category
    place: Where = Where()
    addressed_to: Bureau | None = None
    about: Complained | None = None
    """None: of nobody in the police, or the writer doesn't say."""
    on_behalf: OnBehalf | None = None
    """For whom somebody else writes."""
    lang: Language = "zh"
    channel: Channel = "web"
    consent_to_publish: Annotated[bool, Field(strict=True)] = False
    notice_version: Version = NOTICE_VERSION
    contact: ContactDetails = ContactDetails()
    address: Annotated[str, Text(1, 300)] | None = None
    send_anyway: Explained | None = None
    """The `code` of the problem that has told the writer where to turn, who sends it all the same.

    One that is a report of a crime can't be sent as another's matter: it is explained first.
    """

    def digest_of(self) -> str:
        """What makes it this letter and no other, as JSON; not that it was explained before."""
        return self.model_dump_json(exclude={"send_anyway"})


class NewAnswer(Body):
    """What the writer answers to a question of the bureau's."""

    question: Annotated[int, Field(strict=True, ge=1, le=2)]
    text: Annotated[str, Text(1, MAX_NOTE)]


class NewText(Body):
    """Something more; or why the letter is to be reopened, or the refusal is wrong."""

    text: Annotated[str, Text(1, MAX_NOTE)]


class NewRating(Body):
    """What the writer thinks of the reply."""

    solved: Annotated[bool, Field(strict=True)]
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Annotated[str, Text(1, 1_000)] | None = None


class NewWithdrawal(Body):
    """That the writer takes the letter back."""

    reason: WithdrawalReason = "not_said"


class NewHappening(Body):
    """Whether what was written about is happening now."""

    happening_now: Annotated[bool, Field(strict=True)]


class NewResolution(Body):
    """What the duty desk has done about a diversion."""

    outcome: DiversionOutcome
    reference: OpaqueId | None = None
    """Under which number 110 took it over; with `handed_to_110` alone, and needed there."""


class NewConsent(Body):
    """Whether the letter and its reply may be published, without a trace of who wrote it."""

    to_publish: Annotated[bool, Field(strict=True)]


class NewDecision(Body):
    """Whether a handler may see who wrote a masked letter."""

    granted: Annotated[bool, Field(strict=True)]


class NewReveal(Body):
    """Why somebody of the staff must know who wrote the letter."""

    reason: RevealReason
    text: Annotated[str, Text(1, MAX_REASON)] | None = None
