"""A letter as staff see it, and how much of it each person may see."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.router.domain.bureau_view import conversation_turns, writer_facts
from services.router.domain.file_states import FileState
from services.router.domain.letter import (
    CommitmentRecord,
    ExtensionRequest,
    InstructionRecord,
    Letter,
    Remark,
    RemarkKind,
    ReplyDraft,
)
from services.router.domain.masking import (
    masked,
    masked_note,
    masked_reason,
    place_detail,
    remark_text,
)
from services.router.store.near_duplicates import Similarity
from shared.contracts import vocabulary
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import About, Attachment, Place, WriterFacts
from shared.contracts.words import Note
from shared.kernel.access_policy import Sight


class LinkShown(BaseModel):
    """A link to another letter or to a campaign."""

    kind: vocabulary.LinkKind
    to: str
    """The other letter's number, or the campaign's code."""


class AlikeShown(BaseModel):
    """Another letter with the same or nearly the same text, within a month."""

    letter: str
    how: Similarity
    received_at: datetime
    state: vocabulary.State
    holder: Holder
    campaigns: tuple[str, ...]
    """Codes of the campaigns that it is linked to."""


class NoteShown(BaseModel):
    """A note, and who wrote it."""

    number: int
    at: datetime | None
    role: vocabulary.Role
    bureau: Bureau | None
    text: str | None = Field(repr=False)
    """None once it was erased."""


class ClockShown(BaseModel):
    """A clock that runs until 24:00 of `due_on`, Asia/Shanghai, or is paused."""

    clock: str
    round: int
    due_on: date
    provisional: bool
    paused: bool


class TurnShown(BaseModel):
    """A text to the writer, or from the writer."""

    at: datetime
    who: str
    text: str = Field(repr=False)


class PromiseShown(BaseModel):
    """A commitment in a draft."""

    due_on: date
    text: str | None = Field(repr=False)


class DraftShown(BaseModel):
    """A reply or refusal that waits for signatures."""

    number: int
    """The number to give when signing."""
    kind: vocabulary.ReplyKind
    signers: tuple[vocabulary.SignerRole, ...]
    """Who must still sign, in order."""
    outcome: vocabulary.Outcome | None
    decline_reason: vocabulary.DeclineReason | None
    finding: vocabulary.Finding | None
    referred_to: vocabulary.WhereToTurn | None
    where_to_turn: vocabulary.WhereToTurn | None
    commitments: list[PromiseShown]
    """Commitments that take effect with the reply."""
    publication_proposed: bool
    text: str | None = Field(repr=False)


class CommitmentShown(BaseModel):
    """A commitment that was made to the writer, and what shows that it was kept."""

    number: int
    due_on: date
    done: bool
    kept: vocabulary.Kept | None
    text: str | None = Field(repr=False)
    evidence: str | None = Field(repr=False)


class InstructionShown(BaseModel):
    """An instruction of a chief or the director, and its answer."""

    number: int
    office: str
    due_on: date
    done: bool
    text: str | None = Field(repr=False)
    answer: str | None = Field(repr=False)


class WishShown(BaseModel):
    """A request for more time."""

    clock: str
    days: int
    reason: vocabulary.ExtensionReason | None
    text: str | None = Field(repr=False)


class RemarkShown(BaseModel):
    """A reason that staff gave, or the writer's rating; fields of other kinds are null."""

    at: datetime
    kind: RemarkKind
    role: vocabulary.Role
    bureau: Bureau | None
    """The bureau of the staff member."""
    reason: str | None
    """As a code."""
    suggestion: Bureau | None
    clock: vocabulary.ClockName | None
    days: int | None
    granted: bool | None
    solved: bool | None
    score: int | None
    text: str | None = Field(repr=False)


class AttachmentShown(BaseModel):
    """A file that the writer sent; whoever may open it does so at intake."""

    id: str
    type: str
    """Media type."""
    size: int
    """Bytes."""
    state: FileState


class LetterShown(BaseModel):
    """A letter as staff see it; its text is masked if the bureau may not know the writer.

    A former holder gets a masked text and no field that may have changed since.
    """

    letter: str
    sight: Sight
    received_at: datetime
    state: vocabulary.State | None = None
    holder: Holder | None = None
    assignment: int | None = None
    category: vocabulary.Category | None = None
    police_type: vocabulary.PoliceType | None = None
    masked: bool
    supervised: bool | None = None
    reopened: int | None = None
    clocks: list[ClockShown] = []
    subject: str | None = Field(default=None, repr=False)
    body: str | None = Field(default=None, repr=False)
    about: About | None = None
    """Whom it complains about, in codes."""
    excluded: tuple[str, ...] = ()
    """Bureaus that must not see it."""
    writer: WriterFacts | None = None
    """Whether a minor wrote it, and for which other person; of a masked letter only the former."""
    place: Place | None = None
    place_detail: str | None = Field(default=None, repr=False)
    """Where it happened, in the writer's words."""
    addressed_to: Bureau | None = None
    evidence: tuple[str, ...] = ()
    """Codes of what the rules found in the text."""
    confidence: float | None = None
    """How sure the rules were of the bureau, from 0 to 1; None: unknown."""
    triage_reasons: tuple[str, ...] = ()
    """Why it waits for the triage desk."""
    suggestion: Bureau | None = None
    conversation: list[TurnShown] = []
    draft: DraftShown | None = None
    wish: WishShown | None = None
    commitments: list[CommitmentShown] = []
    instructions: list[InstructionShown] = []
    remarks: list[RemarkShown] = []
    """Reasons that staff gave, and ratings, oldest first."""
    remarks_dropped: int = 0
    """Number of older remarks that are left out."""
    notes: list[NoteShown] = []
    """The newest notes, oldest first; the writer never sees them. Only when reading one letter."""
    notes_in_all: int = 0
    attachments: list[AttachmentShown] = []
    outcome: vocabulary.Outcome | None = None
    solved: bool | None = None
    """What the writer's last rating said."""
    links: list[LinkShown] = []
    alike: list[AlikeShown] = []
    """Letters with the same or nearly the same text, for people to link. Only when reading one
    letter.
    """


def shown(number: str, letter: Letter, *, sight: Sight) -> LetterShown:
    """Return the letter as a person with this sight of it sees it."""
    is_masked = letter.masked or sight == "past"
    return LetterShown(
        letter=number,
        sight=sight,
        received_at=letter.received_at,
        masked=is_masked,
        **(_text(letter, is_masked=is_masked) if sight in ("all", "past") else {}),
        **(_course(letter) if sight in ("all", "course") else {}),
        **(_work(letter) if sight == "all" else {}),
    )


def _text(letter: Letter, *, is_masked: bool) -> dict[str, Any]:
    words = masked(letter.words) if is_masked and letter.words else letter.words
    return {"subject": words.subject, "body": words.body} if words else {}


def _course(letter: Letter) -> dict[str, Any]:
    return {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
        "category": letter.category,
        "police_type": letter.police_type,
        "supervised": letter.is_supervised,
        "reopened": letter.reopened,
        "clocks": [
            ClockShown(
                clock=clock.clock,
                round=clock.round,
                due_on=clock.due_on,
                provisional=clock.provisional,
                paused=clock.is_paused,
            )
            for clock in letter.clocks
        ],
    }


def _work(letter: Letter) -> dict[str, Any]:
    """What whoever works on it must know."""
    return {
        **_origin(letter),
        "conversation": [
            TurnShown(at=one.at, who=one.who, text=one.text) for one in conversation_turns(letter)
        ],
        "draft": letter.draft and _draft(letter.draft, letter),
        "wish": letter.wanted and _wish(letter.wanted, letter),
        "commitments": [_commitment(promise, letter) for promise in letter.commitments],
        "instructions": [_instruction(instruction, letter) for instruction in letter.instructions],
        "remarks": [_remark(remark, letter) for remark in letter.remarks],
        "remarks_dropped": letter.remarks_dropped,
        "notes_in_all": letter.notes,
        "attachments": [_attachment(file, letter) for file in letter.attachments],
        "outcome": letter.outcome,
        "solved": letter.solved,
    }


def _origin(letter: Letter) -> dict[str, Any]:
    """Where it comes from, what the rules made of it, and whose it may be."""
    return {
        "about": letter.about,
        "excluded": letter.excluded,
        "writer": writer_facts(letter),
        "place": letter.place,
        "place_detail": place_detail(letter),
        "addressed_to": letter.addressed_to,
        "evidence": letter.evidence,
        "confidence": letter.confidence,
        "triage_reasons": letter.triage_reasons,
        "suggestion": letter.suggestion,
    }


def _attachment(file: Attachment, letter: Letter) -> AttachmentShown:
    state = dict(letter.checked_files).get(file.id, "waiting")
    return AttachmentShown(id=file.id, type=file.type, size=file.size, state=state)


def _draft(draft: ReplyDraft, letter: Letter) -> DraftShown:
    return DraftShown(
        number=letter.drafts,
        kind=draft.kind,
        signers=draft.signers,
        outcome=draft.outcome,
        decline_reason=draft.decline_reason,
        finding=draft.finding,
        referred_to=draft.referred_to,
        where_to_turn=draft.where_to_turn,
        commitments=[
            PromiseShown(due_on=promise.due_on, text=_note(promise.words, letter))
            for promise in draft.commitments
        ],
        publication_proposed=draft.publication_proposed,
        text=draft.words.text if draft.words else None,
    )


def _wish(wish: ExtensionRequest, letter: Letter) -> WishShown:
    text = masked_reason(wish.words, letter)
    return WishShown(clock=wish.clock, days=wish.days, reason=wish.reason, text=text)


def _commitment(made: CommitmentRecord, letter: Letter) -> CommitmentShown:
    return CommitmentShown(
        number=made.number,
        due_on=made.due_on,
        done=made.kept is not None,
        kept=made.kept,
        text=_note(made.words, letter),
        evidence=_note(made.evidence, letter),
    )


def _instruction(given: InstructionRecord, letter: Letter) -> InstructionShown:
    return InstructionShown(
        number=given.number,
        office=given.office,
        due_on=given.answer_by,
        done=given.is_answered,
        text=_note(given.words, letter),
        answer=_note(given.answer, letter),
    )


def _remark(remark: Remark, letter: Letter) -> RemarkShown:
    return RemarkShown(
        at=remark.at,
        kind=remark.kind,
        role=remark.role,
        bureau=remark.bureau,
        reason=remark.reason,
        suggestion=remark.suggestion,
        clock=remark.clock,
        days=remark.days,
        granted=remark.granted,
        solved=remark.solved,
        score=remark.score,
        text=remark_text(remark, letter),
    )


def _note(words: Note | None, letter: Letter) -> str | None:
    shown_words = masked_note(words, letter)
    return shown_words.text if shown_words else None
