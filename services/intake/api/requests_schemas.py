"""Bodies of the routes for requests and changes of writers."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, Field

from services.intake.api.files_schemas import FileIds
from services.intake.api.letters_schemas import ContactDetails
from services.intake.api.warnings import EmergencyShown
from shared.contracts.text import Text
from shared.contracts.vocabulary import Erasable, WithdrawalReason
from shared.contracts.words import MAX_NOTE
from shared.platform.http.parameters import RequestBody


class NewAnswer(RequestBody):
    """The writer's answer to a question of the bureau."""

    later: ClassVar = frozenset({"files"})

    question: Annotated[int, Field(strict=True, ge=1, le=2)]
    text: Annotated[str, Text(1, MAX_NOTE)]
    files: FileIds = ()


class NewText(RequestBody):
    """Why the letter should be reopened, or the refusal is wrong."""

    text: Annotated[str, Text(1, MAX_NOTE)]


class NewAddition(NewText):
    """Something more about the letter, unasked."""

    later: ClassVar = frozenset({"files"})

    files: FileIds = ()


class NewRating(RequestBody):
    """The writer's rating of the reply."""

    solved: Annotated[bool, Field(strict=True)]
    score: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Annotated[str, Text(1, 1_000)] | None = None


class NewWithdrawal(RequestBody):
    """Why the writer withdraws the letter."""

    reason: WithdrawalReason = "not_said"


class NewConsent(RequestBody):
    """Whether the letter and its reply may be published without the writer's data."""

    to_publish: Annotated[bool, Field(strict=True)]


class NewContact(RequestBody):
    """New contact details; without an address the known one stays."""

    contact: ContactDetails = ContactDetails()
    address: Annotated[str, Text(1, 300)] | None = None


class Asked(BaseModel):
    """A request was sent; the letter shows its outcome."""

    request_id: str
    emergency: EmergencyShown | None = None
    """Whom to turn to: the words may report an emergency, and the duty desk has them too."""


class NewErasure(RequestBody):
    """Which parts of an ended letter its writer wants to have erased."""

    what: Annotated[tuple[Erasable, ...], Field(min_length=1, max_length=3)]


class ErasedParts(BaseModel):
    """What was erased now; parts that were gone before are left out."""

    erased: tuple[Erasable, ...]
