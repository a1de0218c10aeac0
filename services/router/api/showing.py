"""A letter as staff see it over HTTP, and how much of it."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from services.router.api.alike import AlikeShown, LinkShown
from services.router.domain import Draft, Letter, masked, masked_note, turns_of
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.values import About
from shared.contracts.vocabulary import (
    Category,
    DeclineReason,
    Finding,
    Outcome,
    PoliceType,
    ReplyKind,
    SignerRole,
    State,
    WhereToTurn,
)
from shared.kernel.seeing import Sight


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
    text: str | None = Field(repr=False)


class DutyShown(BaseModel):
    """A promise or an instruction, and until when."""

    number: int
    due_on: date
    done: bool
    text: str | None = Field(repr=False)


class WishShown(BaseModel):
    """More time that is asked for."""

    clock: str
    days: int


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
    suggestion: Bureau | None = None
    conversation: list[TurnShown] = []
    draft: DraftShown | None = None
    wish: WishShown | None = None
    commitments: list[DutyShown] = []
    instructions: list[DutyShown] = []
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
    wish = letter.wanted
    return {
        "about": letter.about,
        "excluded": letter.excluded,
        "suggestion": letter.suggestion,
        "conversation": [
            TurnShown(at=one.at, who=one.who, text=one.text) for one in turns_of(letter)
        ],
        "draft": letter.draft and _draft(letter.draft, letter.drafts),
        "wish": wish and WishShown(clock=wish.clock, days=wish.days),
        "commitments": [
            _duty(one.number, one.due_on, masked_note(one.words, letter), is_done=bool(one.kept))
            for one in letter.commitments
        ],
        "instructions": [
            _duty(
                one.number, one.answer_by, masked_note(one.words, letter), is_done=one.is_answered
            )
            for one in letter.instructions
        ],
    }


def _draft(draft: Draft, number: int) -> DraftShown:
    return DraftShown(
        number=number,
        kind=draft.kind,
        signers=draft.signers,
        outcome=draft.outcome,
        decline_reason=draft.decline_reason,
        finding=draft.finding,
        referred_to=draft.referred_to,
        where_to_turn=draft.where_to_turn,
        text=draft.words.text if draft.words else None,
    )


def _duty(number: int, due_on: date, words: Any, *, is_done: bool) -> DutyShown:
    text = words.text if words is not None else None
    return DutyShown(number=number, due_on=due_on, done=is_done, text=text)
