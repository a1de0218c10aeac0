"""Bodies of the routes for counters: letters of visitors and callers, and the check of a phone."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.intake.api.letters_schemas import PHONE, NewLetter
from services.intake.api.office_hours import Said
from services.intake.domain.letter import CounterEntry, EntryReason
from shared.contracts.fields import Day
from shared.contracts.text import Text
from shared.contracts.vocabulary import DocumentType
from shared.platform.http.parameters import RequestBody

Shown = Literal["yes", "no"]


class NewVisitor(RequestBody):
    """The writer at the counter or on the phone, by their document."""

    name: Annotated[str, Text(1, 100)]
    document_type: DocumentType
    document_number: Annotated[str, Text(5, 32)]
    birthdate: Day | None = None
    """For documents whose number has no date of birth."""
    document_shown: Shown
    """Whether the staff member has seen it."""
    phone: Annotated[str, Field(strict=True, pattern=PHONE)]


class NewCounterLetter(RequestBody):
    """A letter that staff enter for a visitor or caller."""

    entry: CounterEntry
    reason: EntryReason
    """Why the writer doesn't send it online."""
    visitor: NewVisitor
    letter: NewLetter


class NewPhoneCode(RequestBody):
    """The six digits that the caller has read back."""

    digits: Annotated[str, Field(strict=True, pattern=r"^[0-9]{6}$")]


class CounterReceipt(BaseModel):
    """What a visitor or caller takes away; without words, names and later states."""

    letter: str
    received_at: datetime
    entry: CounterEntry
    document_shown: bool
    phone_confirmed_at: datetime | None
    code_expires_at: datetime | None
    """Until when the newest code holds; None if none waits."""
    tries_left: int
    read_by: Said | None = None
    """Who reads the letter, and when."""
