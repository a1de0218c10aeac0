"""A letter as staff see it over HTTP, and how much of it."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.router.api.alike import AlikeShown, LinkShown
from services.router.api.notes import NoteShown
from services.router.domain import (
    Draft,
    Instructed,
    Letter,
    Promised,
    Remark,
    RemarkKind,
    Wanted,
    masked,
    masked_note,
    masked_reason,
    place_detail,
    remark_text,
    turns_of,
)
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import About, Place
from shared.contracts.vocabulary import (
    Category,
    ClockName,
    DeclineReason,
    ExtensionReason,
    Finding,
    Kept,
    Outcome,
    PoliceType,
    ReplyKind,
    Role,
    SignerRole,
    State,
    WhereToTurn,
)
from shared.contracts.words import Note
from shared.kernel.access_policy import Sight


class ClockShown(BaseModel):
    """A clock that runs until 24:00 of `due_on`, Asia/Shanghai, or waits for the writer."""

    clock: str
    round: int
    due_on: date
    provisional: bool
    paused: bool


class TurnShown(BaseModel):
    """What was said to the writer, or by them."""

    at: datetime
    who: str
    text: str = Field(repr=False)


class PromiseShown(BaseModel):
    """What a draft promises, to be kept by a day."""

    due_on: date
    text: str | None = Field(repr=False)


class DraftShown(BaseModel):
    """A reply or refusal that waits for signatures."""

    number: int
    """To be named when it is signed."""
    kind: ReplyKind
    signers: tuple[SignerRole, ...]
    """Who must still sign, in order."""
    outcome: Outcome | None
    decline_reason: DeclineReason | None
    finding: Finding | None
    referred_to: WhereToTurn | None
    where_to_turn: WhereToTurn | None
    commitments: list[PromiseShown]
    """What is promised with it; whoever signs it signs them."""
    publication_proposed: bool
    text: str | None = Field(repr=False)


class CommitmentShown(BaseModel):
    """A promise that the writer was given, until when, and what shows that it is kept."""

    number: int
    due_on: date
    done: bool
    kept: Kept | None
    text: str | None = Field(repr=False)
    evidence: str | None = Field(repr=False)


class InstructionShown(BaseModel):
    """An instruction of a chief or the director, until when, and its answer."""

    number: int
    office: str
    due_on: date
    done: bool
    text: str | None = Field(repr=False)
    answer: str | None = Field(repr=False)


class WishShown(BaseModel):
    """More time that is asked for, and why."""

    clock: str
    days: int
    reason: ExtensionReason | None
    text: str | None = Field(repr=False)


class RemarkShown(BaseModel):
    """Why staff did something with it, or how the writer rated it.

    Fields that the kind doesn't have are null.
    """

    at: datetime
    kind: RemarkKind
    role: Role
    bureau: Bureau | None
    """Whose staff it was."""
    reason: str | None
    """As a code."""
    suggestion: Bureau | None
    clock: ClockName | None
    days: int | None
    granted: bool | None
    solved: bool | None
    score: int | None
    text: str | None = Field(repr=False)


class LetterShown(BaseModel):
    """A letter as staff see it; the text is masked where the bureau may not know the writer.

    A former holder gets no field that may have changed since, and a masked text.
    """

    letter: str
    sight: Sight
    received_at: datetime
    state: State | None = None
    holder: Holder | None = None
    assignment: int | None = None
    category: Category | None = None
    police_type: PoliceType | None = None
    masked: bool
    supervised: bool | None = None
    reopened: int | None = None
    clocks: list[ClockShown] = []
    subject: str | None = Field(default=None, repr=False)
    body: str | None = Field(default=None, repr=False)
    about: About | None = None
    """Whom it complains of, in codes."""
    excluded: tuple[str, ...] = ()
    """Bureaus from which it is kept."""
    place: Place | None = None
    place_detail: str | None = Field(default=None, repr=False)
    """Where it happened, in the writer's words."""
    addressed_to: Bureau | None = None
    evidence: tuple[str, ...] = ()
    """Codes of what the rules found in the text."""
    confidence: float | None = None
    """How sure the rules were of the bureau, from 0 to 1; None: not known any more."""
    triage_reasons: tuple[str, ...] = ()
    """Why it waits for a person to choose its bureau."""
    suggestion: Bureau | None = None
    conversation: list[TurnShown] = []
    draft: DraftShown | None = None
    wish: WishShown | None = None
    commitments: list[CommitmentShown] = []
    instructions: list[InstructionShown] = []
    remarks: list[RemarkShown] = []
    """Reasons that staff gave, and ratings, oldest first."""
    remarks_dropped: int = 0
    """How many older remarks are no more among them."""
    notes: list[NoteShown] = []
    """The newest, oldest first; the writer never sees them. Only where it is read."""
    notes_in_all: int = 0
    outcome: Outcome | None = None
    solved: bool | None = None
    """What the writer's last rating said."""
    links: list[LinkShown] = []
    alike: list[AlikeShown] = []
    """Others that say the same, or nearly: for people to link, or not. Only where it is read."""


def shown(number: str, letter: Letter, *, sight: Sight) -> LetterShown:
    """The letter as somebody with this sight of it sees it."""
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
                clock=one.clock,
                round=one.round,
                due_on=one.due_on,
                provisional=one.provisional,
                paused=one.is_paused,
            )
            for one in letter.clocks
        ],
    }


def _work(letter: Letter) -> dict[str, Any]:
    """What whoever works on it must know."""
    return {
        **_origin(letter),
        "conversation": [
            TurnShown(at=one.at, who=one.who, text=one.text) for one in turns_of(letter)
        ],
        "draft": letter.draft and _draft(letter.draft, letter),
        "wish": letter.wanted and _wish(letter.wanted, letter),
        "commitments": [_commitment(one, letter) for one in letter.commitments],
        "instructions": [_instruction(one, letter) for one in letter.instructions],
        "remarks": [_remark(one, letter) for one in letter.remarks],
        "remarks_dropped": letter.remarks_dropped,
        "notes_in_all": letter.notes,
        "outcome": letter.outcome,
        "solved": letter.solved,
    }


def _origin(letter: Letter) -> dict[str, Any]:
    """Where it comes from, what the rules made of it, and whose it may be."""
    return {
        "about": letter.about,
        "excluded": letter.excluded,
        "place": letter.place,
        "place_detail": place_detail(letter),
        "addressed_to": letter.addressed_to,
        "evidence": letter.evidence,
        "confidence": letter.confidence,
        "triage_reasons": letter.triage_reasons,
        "suggestion": letter.suggestion,
    }


def _draft(draft: Draft, letter: Letter) -> DraftShown:
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
            PromiseShown(due_on=one.due_on, text=_note(one.words, letter))
            for one in draft.commitments
        ],
        publication_proposed=draft.publication_proposed,
        text=draft.words.text if draft.words else None,
    )


def _wish(wish: Wanted, letter: Letter) -> WishShown:
    text = masked_reason(wish.words, letter)
    return WishShown(clock=wish.clock, days=wish.days, reason=wish.reason, text=text)


def _commitment(made: Promised, letter: Letter) -> CommitmentShown:
    return CommitmentShown(
        number=made.number,
        due_on=made.due_on,
        done=made.kept is not None,
        kept=made.kept,
        text=_note(made.words, letter),
        evidence=_note(made.evidence, letter),
    )


def _instruction(given: Instructed, letter: Letter) -> InstructionShown:
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
