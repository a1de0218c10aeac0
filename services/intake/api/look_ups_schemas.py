"""Bodies of the route that looks letters up by a document number or a phone."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.store import LookUpKind
from shared.contracts.fields import OpaqueId
from shared.contracts.text import Text
from shared.contracts.vocabulary import DocumentType, RevealReason, State
from shared.platform.http.parameters import RequestBody


class NewLookUp(RequestBody):
    """Whose letters are looked for, and why."""

    kind: LookUpKind
    document_type: DocumentType = "resident_id"
    """Of a document."""
    value: Annotated[str, Text(5, 40), Field(repr=False)]
    """The document's number, or a phone number."""
    reason: RevealReason
    reference: OpaqueId | None = None
    """The number of the file or case for which it is needed."""


class LetterFound(BaseModel):
    """A letter of that person, without words and without its writer."""

    letter: str
    received_at: datetime
    state: State
    reply_due_on: date | None


class LettersFound(BaseModel):
    """Letters of that person that the reader may see, newest first."""

    letters: list[LetterFound]
    has_more: bool
    """Whether there are more than are shown."""
