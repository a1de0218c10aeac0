"""Bodies of the routes for drafts, and how a draft is shown to editors."""

from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from services.publisher.domain.editing import edited_words, wording_of
from services.publisher.domain.letter import (
    EditedDraft,
    EditorsMark,
    LivePublication,
    MarkKind,
    MarkReason,
    ProposedChange,
    ProposedDraft,
    PublicPage,
    PublisherLetter,
    RejectedDraft,
    RejectReason,
)
from shared.contracts import vocabulary
from shared.contracts.combining_marks import cap_marks
from shared.contracts.fields import Count, Ordinal
from shared.contracts.slugs import Bureau
from shared.contracts.words import PublicText
from shared.kernel.errors import NotFound
from shared.platform.http.parameters import RequestBody
from shared.platform.http.tokens import Person

Stage: TypeAlias = Literal["copied", "proposed", "published"]


class WhichCopy(RequestBody):
    """The copy, and its edition, that the editor has read; without it, the present one."""

    copy_number: Ordinal | None = Field(default=None, alias="copy")
    edition: Count | None = None


class WordsShown(BaseModel):
    """The words of a publication or of a proposal."""

    title: str = Field(repr=False)
    text: str = Field(repr=False)
    reply: str = Field(repr=False)


class NewerShown(WordsShown):
    """A copy with a later reply than the one that everyone reads."""

    copy_number: int = Field(serialization_alias="copy")


class ProblemShown(BaseModel):
    """A problem that a reader reported, and by when it must be decided."""

    model_config = ConfigDict(from_attributes=True)

    problem: str
    kind: vocabulary.ProblemKind
    due_on: date | None


class ChangeShown(BaseModel):
    """The change that an editor proposes."""

    number: int
    outcome: vocabulary.ProblemOutcome
    problem: str | None
    note: vocabulary.CorrectionNote | None
    words: WordsShown | None
    proposed_at: datetime
    is_proposed_by_you: bool


class MarkShown(BaseModel):
    """What an editor decided about words of the draft."""

    number: int
    decision: Literal["hidden", "kept"]
    what: MarkKind
    reason: MarkReason
    text: str = Field(repr=False)
    is_by_you: bool


class SentBackShown(BaseModel):
    """What is missing in a proposal that was sent back."""

    text: str = Field(repr=False)
    at: datetime
    is_by_you: bool


class RejectionShown(BaseModel):
    """Why the draft is not published."""

    reason: RejectReason
    text: str | None = Field(repr=False)
    at: datetime
    is_by_you: bool


class DraftShown(BaseModel):
    """A draft as editors see it; it says whether you proposed it, but not who else did."""

    letter: str
    stage: Stage
    copy_number: int = Field(serialization_alias="copy")
    state: vocabulary.State | None
    category: vocabulary.Category | None
    city: Bureau | None
    topic: vocabulary.PoliceType | None
    title: str = Field(repr=False)
    text: str = Field(repr=False)
    reply: str = Field(repr=False)
    proposed_at: datetime | None = None
    is_proposed_by_you: bool = False
    suggested_by: vocabulary.Role | None = None
    publication: str | None = None
    path: str | None = None
    edition: int = 0
    """Grows with each change by an editor."""
    copied: WordsShown | None = None
    """The copy as it came."""
    wording: WordsShown | None = None
    """The text before editors' marks."""
    marks: tuple[MarkShown, ...] = ()
    sent_back: SentBackShown | None = None
    rejection: RejectionShown | None = None
    """Set if editors have decided not to publish the copy."""
    newer: NewerShown | None = None
    problems: tuple[ProblemShown, ...] = ()
    change: ChangeShown | None = None


class DraftListed(BaseModel):
    """A draft in the list, without its words."""

    model_config = ConfigDict(from_attributes=True)

    letter: str
    copied_at: datetime
    stage: Stage
    copy_number: int = Field(validation_alias="copy", serialization_alias="copy")
    state: vocabulary.State | None
    category: vocabulary.Category | None
    city: Bureau | None
    topic: vocabulary.PoliceType | None
    suggested_by: vocabulary.Role | None


class DraftsListed(BaseModel):
    """One page of drafts that wait, oldest first."""

    drafts: tuple[DraftListed, ...]
    next: str | None
    """Pass this as `after` to get the next page."""


def draft_shown(number: str, letter: PublisherLetter, *, editor: Person) -> DraftShown:
    """The draft as `editor` sees it. Raises: NotFound, if there is none any more."""
    draft = letter.draft
    if draft is None:
        raise NotFound("draft")
    words = draft.page if isinstance(draft, LivePublication) else edited_words(draft)
    proposed = draft if isinstance(draft, ProposedDraft) else None
    return DraftShown(
        letter=number,
        stage="copied" if isinstance(draft, RejectedDraft) else draft.kind,
        copy_number=draft.copy,
        state=letter.state,
        category=letter.category,
        city=letter.city,
        topic=letter.topic,
        **_words(words),
        proposed_at=proposed.proposed_at if proposed else None,
        is_proposed_by_you=proposed is not None and proposed.editor == editor.staff_id,
        suggested_by=letter.suggested_by,
        **(_of_work(letter.editable, editor) if letter.editable else {}),
        **(_of_publication(letter.published, editor) if letter.published else {}),
    )


def _of_work(draft: EditedDraft, editor: Person) -> dict[str, Any]:
    work, sent_back = draft.work, draft.work.sent_back
    return {
        "edition": work.edition,
        "copied": WordsShown(**_words(draft.words)),
        "wording": WordsShown(**_words(wording_of(draft))),
        "marks": tuple(_mark(mark, editor) for mark in work.marks),
        "sent_back": sent_back
        and SentBackShown(
            text=sent_back.note.text,
            at=sent_back.at,
            is_by_you=sent_back.editor == editor.staff_id,
        ),
        "rejection": _rejection(draft, editor) if isinstance(draft, RejectedDraft) else None,
    }


def _mark(mark: EditorsMark, editor: Person) -> MarkShown:
    return MarkShown(
        number=mark.number,
        decision=mark.decision,
        what=mark.what,
        reason=mark.reason,
        text=mark.words.text,
        is_by_you=mark.editor == editor.staff_id,
    )


def _rejection(draft: RejectedDraft, editor: Person) -> RejectionShown:
    return RejectionShown(
        reason=draft.reason,
        text=draft.note.text if draft.note else None,
        at=draft.rejected_at,
        is_by_you=draft.editor == editor.staff_id,
    )


def _of_publication(published: LivePublication, editor: Person) -> dict[str, Any]:
    newer, change = published.newer, published.change
    return {
        "publication": published.page.publication,
        "path": published.page.path,
        "newer": NewerShown(copy_number=newer.copy, **_words(newer.words)) if newer else None,
        "problems": tuple(ProblemShown.model_validate(each) for each in published.problems),
        "change": _change(change, editor) if change else None,
    }


def _change(change: ProposedChange, editor: Person) -> ChangeShown:
    return ChangeShown(
        number=change.number,
        outcome=change.outcome,
        problem=change.problem,
        note=change.note,
        words=WordsShown(**_words(change.words)) if change.words else None,
        proposed_at=change.proposed_at,
        is_proposed_by_you=change.editor == editor.staff_id,
    )


def _words(of: PublicPage | PublicText) -> dict[str, Any]:
    parts = {"title": of.title, "text": of.text, "reply": of.reply}
    return {part: cap_marks(text) for part, text in parts.items()}
