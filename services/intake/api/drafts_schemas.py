"""Bodies of the routes for drafts of letters.

A draft is checked for sizes and types only, since half a phone number is worth keeping, too.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.intake.api.files_schemas import FileIds
from services.intake.store.letter_drafts import KEPT_FOR, SavedLetterDraft
from shared.contracts import vocabulary
from shared.contracts.slugs import Bureau
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.platform.http.parameters import RequestBody

_Words = Field(strict=True, max_length=MAX_BODY)
_Line = Field(strict=True, max_length=MAX_SUBJECT)
_Detail = Field(strict=True, max_length=300)
_Code = Field(strict=True, max_length=40)
_Flag = Field(strict=True)


class DraftPlace(RequestBody):
    """Where the matter arose, as far as it is filled in."""

    city: Bureau | None = None
    district: Annotated[str, _Code] | None = None
    detail: Annotated[str, _Detail] | None = None


class DraftComplaint(RequestBody):
    """Whom the letter complains about, as far as it is filled in."""

    kind: vocabulary.AboutKind | None = None
    bureau: Bureau | None = None
    level: vocabulary.AboutLevel | None = None
    police_type: vocabulary.PoliceType | None = None


class DraftContact(RequestBody):
    """How to reach the writer, as far as it is filled in."""

    phone: Annotated[str, _Code] | None = None
    email: Annotated[str, _Detail] | None = None
    wechat: Annotated[str, _Code] | None = None


class DraftGuardian(RequestBody):
    """The guardian of a minor, as far as it is filled in."""

    name: Annotated[str, _Detail] | None = None
    phone: Annotated[str, _Code] | None = None
    relation: vocabulary.GuardianRelation | None = None


class DraftHelped(RequestBody):
    """The person that the letter is for, as far as it is filled in."""

    name: Annotated[str, _Detail] | None = None
    phone: Annotated[str, _Code] | None = None


class DraftWriter(RequestBody):
    """What the writer says of themself, as far as it is filled in."""

    guardian: DraftGuardian | None = None
    acting_as: vocabulary.ActingAs | None = None
    helped: DraftHelped | None = None


class LetterDraft(RequestBody):
    """A letter that is being written: the fields of a letter, none of them needed."""

    subject: Annotated[str, _Line] | None = None
    body: Annotated[str, _Words] | None = None
    category: vocabulary.Category | None = None
    place: DraftPlace | None = None
    addressed_to: Bureau | None = None
    about: DraftComplaint | None = None
    on_behalf: vocabulary.OnBehalf | None = None
    writer: DraftWriter | None = None
    lang: vocabulary.Language | None = None
    channel: vocabulary.Channel | None = None
    entry: vocabulary.Entry | None = None
    consent_to_publish: Annotated[bool, _Flag] | None = None
    files: FileIds | None = None
    notice_version: Annotated[str, _Code] | None = None
    contact: DraftContact | None = None
    address: Annotated[str, _Detail] | None = None


class LetterDraftLine(BaseModel):
    """A draft in the list."""

    draft: str
    version: int
    saved_at: datetime
    kept_until: datetime
    """When it is erased, unless it is changed or sent before."""
    subject: str | None = Field(repr=False)
    category: vocabulary.Category | None


class LetterDraftShown(BaseModel):
    """A letter that is being written, as it was last saved."""

    draft: str
    version: int
    saved_at: datetime
    kept_until: datetime
    content: LetterDraft = Field(repr=False)


class LetterDraftList(BaseModel):
    """All drafts of a person, at most ten, the last changed first."""

    drafts: list[LetterDraftLine]


def draft_line(saved: SavedLetterDraft) -> LetterDraftLine:
    """A draft for the list."""
    content = _content(saved)
    return LetterDraftLine(
        draft=saved.draft,
        version=saved.version,
        saved_at=saved.saved_at,
        kept_until=saved.saved_at + KEPT_FOR,
        subject=content.subject,
        category=content.category,
    )


def draft_shown(saved: SavedLetterDraft) -> LetterDraftShown:
    """The complete draft."""
    return LetterDraftShown(
        draft=saved.draft,
        version=saved.version,
        saved_at=saved.saved_at,
        kept_until=saved.saved_at + KEPT_FOR,
        content=_content(saved),
    )


def _content(saved: SavedLetterDraft) -> LetterDraft:
    """What was saved; fields that a later version no longer has are left out."""
    return LetterDraft.model_validate_json(saved.content, extra="ignore")
