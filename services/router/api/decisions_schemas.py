"""Request bodies of triage, supervisors, chiefs and the director."""

from typing import Annotated

from pydantic import Field

from services.router.api.handling_schemas import NoteWords, ReasonWords
from shared.contracts.fields import Code, OpaqueId, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    AboutKind,
    AboutLevel,
    Category,
    MarkReason,
    PoliceType,
    RecallReason,
)
from shared.platform.http.parameters import RequestBody


class Target(RequestBody):
    """The bureau that a letter is routed to."""

    bureau: Bureau


class Complained(RequestBody):
    """Whom a letter complains about, in codes."""

    kind: AboutKind
    bureau: Bureau | None = None
    level: AboutLevel | None = None
    police_type: PoliceType | None = None
    unit: Code | None = None
    officer: OpaqueId | None = None


class Reclassification(RequestBody):
    """What a letter is, and whom it is about; fields that are left out stay as they are."""

    category: Category
    police_type: PoliceType | None = None
    about: Complained | None = None
    excluded: Annotated[tuple[Bureau, ...], Field(max_length=22)] = ()


class Mark(RequestBody):
    """Why a law applies, as a code and in words."""

    reason: MarkReason
    text: ReasonWords


class Recall(RequestBody):
    """Why a letter is taken back."""

    reason: RecallReason


class ExtensionDecision(RequestBody):
    """Whether more time is granted, how many days, and why; the writer reads the reason."""

    granted: Annotated[bool, Field(strict=True)]
    days: Annotated[int, Field(strict=True, ge=1, le=400)] | None = None
    """None: as many as were requested."""
    text: ReasonWords


class Signature(RequestBody):
    """Which draft was read; another one may wait by now."""

    draft: Ordinal | None = None


class Missing(RequestBody):
    """Why the draft isn't signed."""

    text: ReasonWords


class Instruction(RequestBody):
    """What is to be done."""

    text: NoteWords
