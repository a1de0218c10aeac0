"""Bodies of the routes for editors' work on a draft."""

from typing import Annotated, Literal

from pydantic import Field

from services.publisher.domain.letter import MarkKind, MarkReason, RejectReason
from shared.contracts.fields import Count, Ordinal
from shared.contracts.text import Text
from shared.contracts.words import MAX_BODY, MAX_REPLY, MAX_SUBJECT
from shared.platform.http.parameters import RequestBody

MAX_MARKED = 200
MAX_EDITORS_NOTE = 1_000


class EditionRead(RequestBody):
    """The draft as the editor has read it; another one by now is refused."""

    copy_number: Ordinal = Field(alias="copy")
    edition: Count


class NewWording(EditionRead):
    """The text as shortened or reworded, before editors' marks."""

    title: Annotated[str, Text(1, MAX_SUBJECT)] = Field(repr=False)
    text: Annotated[str, Text(1, MAX_BODY)] = Field(repr=False)
    reply: Annotated[str, Text(1, MAX_REPLY)] = Field(repr=False)


class NewMark(EditionRead):
    """Words to hide wherever they stand, or to leave in sight, and why."""

    text: Annotated[str, Text(2, MAX_MARKED)] = Field(repr=False)
    decision: Literal["hidden", "kept"]
    what: MarkKind
    reason: MarkReason


class NewReturn(EditionRead):
    """What is missing in a proposal."""

    text: Annotated[str, Text(1, MAX_EDITORS_NOTE)] = Field(repr=False)


class NewRejection(EditionRead):
    """Why a draft is not published."""

    reason: RejectReason
    text: Annotated[str, Text(1, MAX_EDITORS_NOTE)] | None = Field(default=None, repr=False)
