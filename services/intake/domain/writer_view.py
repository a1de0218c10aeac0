"""The writer's view of what the router does: what each of its facts changes in the letter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from services.intake.domain.identity_sealing import (
    UNNAMED,
    IdentityEvent,
    KeyOf,
    identity_for,
    is_masked,
    keeps_identity,
)
from services.intake.domain.letter import (
    BureauPromise,
    BureauQuestion,
    Extension,
    IntakeLetter,
    LetterReply,
)
from services.intake.domain.publication_copy import copy_of_reply
from services.intake.domain.timeline import with_step
from services.intake.domain.writer_requests import refused, settled
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    CommitmentFulfilled,
    CommitmentMade,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterAccepted,
    LetterAddedTo,
    LetterClosed,
    LetterDeclined,
    LetterEscalated,
    LetterLinked,
    LetterPassedOn,
    LetterRated,
    LetterRead,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReopened,
    LetterReplied,
    LetterReturned,
    LetterRouted,
    LetterSigned,
    LetterSupervised,
    LetterWithdrawn,
    NoteAdded,
    PetitionMarked,
    PublicationProposed,
    QuestionLapsed,
    ReplySentBack,
    ReplySubmitted,
    RequestRefused,
    TriageEntered,
    UnitAccepted,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import PublicationCopied
from shared.contracts.values import Receipt
from shared.contracts.words import Note, Reason, ReplyText

FactChange: TypeAlias = Callable[[IntakeLetter, Any, datetime], IntakeLetter]
REPLY_CLOCKS = ("reply", "reopened_reply")


@dataclass(frozen=True)
class NoteProgress:
    """Record a fact of the router, and do what follows from it in intake."""

    fact: Fact
    at: datetime
    """When it takes effect."""


@dataclass(frozen=True)
class ProgressNoted:
    """A fact of the router, and when it takes effect. Private: it came from a topic."""

    fact: Fact
    at: datetime


def note_progress(
    command: NoteProgress, letter: IntakeLetter, *, key_of: KeyOf
) -> tuple[ProgressNoted | IdentityEvent | PublicationCopied, ...]:
    """The fact; a new holder gets the identity, and a reply is copied for publication."""
    noted = ProgressNoted(command.fact, command.at)
    match command.fact:
        case LetterRouted() as routed:
            return noted, identity_for(routed, letter, key_of=key_of)
        case LetterReplied():
            copy = copy_of_reply(progress_noted(letter, noted))
            return (noted, copy) if copy else (noted,)
        case _:
            return (noted,)


def progress_noted(letter: IntakeLetter, event: ProgressNoted) -> IntakeLetter:
    """The letter after a fact: its own change, then what every fact says, then its step."""
    fact, at = event.fact, event.at
    change = CHANGES.get(type(fact))
    changed = change(letter, fact, at) if change else letter
    return with_step(_moved(_dated(_with_receipt(changed, fact), fact), fact), fact, at=at)


def receipt_of(letter: IntakeLetter) -> Receipt | None:
    """How the present due day of the reply was counted; None if no fact explained it."""
    receipt = letter.reply_receipt
    return receipt if receipt and receipt.due_on == letter.reply_due_on else None


def _moved(letter: IntakeLetter, fact: Fact) -> IntakeLetter:
    """State and holder. A unit's part ends with its bureau's holding."""
    is_same = fact.assignment == letter.assignment and fact.holder != "triage"
    return replace(
        letter,
        state=fact.state,
        bureau=_bureau(fact),
        assignment=fact.assignment,
        unit=letter.unit if is_same else None,
        identity_kid=letter.identity_kid if keeps_identity(fact, letter) else None,
    )


def _dated(letter: IntakeLetter, fact: Fact) -> IntakeLetter:
    """The due day of the reply, by the clocks that the fact changes."""
    for change in fact.clocks:
        if change.clock in REPLY_CLOCKS and change.due_on is not None:
            letter = replace(
                letter, reply_due_on=change.due_on, reply_is_provisional=change.provisional
            )
    return letter


def _with_receipt(letter: IntakeLetter, fact: Fact) -> IntakeLetter:
    match fact:
        case LetterReceived() | LetterReopened() | AppealMade():
            return replace(letter, reply_receipt=fact.receipt or letter.reply_receipt)
        case ExtensionDecided() | DueChanged() if fact.clock in REPLY_CLOCKS:
            return replace(letter, reply_receipt=fact.receipt or letter.reply_receipt)
        case _:
            return letter


def _bureau(fact: Fact) -> Bureau | None:
    return None if fact.holder == "triage" else fact.holder


def _received(letter: IntakeLetter, fact: LetterReceived, _: datetime) -> IntakeLetter:
    return replace(
        letter,
        reply_due_on=fact.receipt.due_on,
        reply_is_provisional=fact.receipt.provisional,
        found_category=fact.category,
        masked=is_masked(letter) or fact.masked or fact.category in UNNAMED,
        about=fact.about,
        excluded=fact.excluded,
    )


def _reclassified(letter: IntakeLetter, fact: LetterReclassified, _: datetime) -> IntakeLetter:
    """Any desk masks a letter, and only a supervisor unmasks it."""
    return replace(
        letter,
        found_category=fact.category,
        masked=fact.masked or (is_masked(letter) and fact.by.role != "supervisor"),
        about=fact.about,
        excluded=fact.excluded,
    )


def _routed(letter: IntakeLetter, fact: LetterRouted, _: datetime) -> IntakeLetter:
    masked = is_masked(letter) or fact.masked or fact.category in UNNAMED
    return replace(letter, found_category=fact.category, masked=masked)


def _passed_on(letter: IntakeLetter, fact: LetterPassedOn, _: datetime) -> IntakeLetter:
    return replace(letter, unit=fact.unit)


def _due_changed(letter: IntakeLetter, fact: DueChanged, _: datetime) -> IntakeLetter:
    if fact.clock not in REPLY_CLOCKS:
        return letter
    return replace(letter, reply_due_on=fact.new_due, reply_is_provisional=fact.receipt.provisional)


def _extended(letter: IntakeLetter, fact: ExtensionDecided, at: datetime) -> IntakeLetter:
    """A refused extension changes nothing for the writer."""
    if not fact.granted:
        return letter
    words = fact.words if isinstance(fact.words, Reason) else None
    extension = Extension(fact.clock, fact.new_due, words, at)
    return replace(letter, extensions=(*letter.extensions, extension))


def _supervised(letter: IntakeLetter, _: LetterSupervised, __: datetime) -> IntakeLetter:
    return replace(letter, is_supervised=True)


def _asked(letter: IntakeLetter, fact: WriterAsked, at: datetime) -> IntakeLetter:
    question = BureauQuestion(fact.question, _note(fact.words), at, fact.answer_by)
    before = (each for each in letter.questions if each.question != fact.question)
    return replace(letter, questions=(*before, question))


def _answered(letter: IntakeLetter, fact: WriterAnswered, _: datetime) -> IntakeLetter:
    return settled(_ended(letter, "answered", question=fact.question), "answer")


def _lapsed(letter: IntakeLetter, fact: QuestionLapsed, _: datetime) -> IntakeLetter:
    return _ended(letter, "lapsed", question=fact.question)


def _recalled(letter: IntakeLetter, _: LetterRecalled, __: datetime) -> IntakeLetter:
    return _ended(letter, "ended")


def _ended(
    letter: IntakeLetter,
    how: Literal["answered", "lapsed", "ended"],
    *,
    question: int | None = None,
) -> IntakeLetter:
    """End the question of that number, or without one every open question."""
    return replace(
        letter,
        questions=tuple(
            replace(each, standing=how)
            if each.question == question or (question is None and each.standing == "open")
            else each
            for each in letter.questions
        ),
    )


def _replied(letter: IntakeLetter, fact: LetterReplied, at: datetime) -> IntakeLetter:
    reply = LetterReply(
        _reply_text(fact.words),
        fact.outcome,
        at,
        bureau=_bureau(fact),
        where_to_turn=fact.referred_to,
        answer_by=_due_on(fact, "rating"),
    )
    return _with_reply(letter, reply)


def _declined(letter: IntakeLetter, fact: LetterDeclined, at: datetime) -> IntakeLetter:
    refusal = LetterReply(
        _reply_text(fact.words),
        None,
        at,
        bureau=_bureau(fact),
        decline_reason=fact.decline_reason,
        where_to_turn=fact.where_to_turn,
        answer_by=fact.appeal_by,
    )
    return _with_reply(letter, refusal)


def _with_reply(letter: IntakeLetter, reply: LetterReply) -> IntakeLetter:
    before = (letter.answer,) if letter.answer else ()
    return replace(letter, answer=reply, earlier_answers=(*letter.earlier_answers, *before))


def _promised(letter: IntakeLetter, fact: CommitmentMade, _: datetime) -> IntakeLetter:
    promise = BureauPromise(fact.commitment, fact.due_on, _note(fact.words))
    before = (each for each in letter.promises if each.commitment != fact.commitment)
    return replace(letter, promises=(*before, promise))


def _fulfilled(letter: IntakeLetter, fact: CommitmentFulfilled, _: datetime) -> IntakeLetter:
    return _promise(letter, fact.commitment, standing=fact.kept, evidence=_note(fact.words))


def _escalated(letter: IntakeLetter, fact: LetterEscalated, _: datetime) -> IntakeLetter:
    """A promise is broken when its day has passed, until it is kept late."""
    if (fact.clock, fact.level) != ("commitment", "red"):
        return letter
    return _promise(letter, fact.round, standing="broken")


def _promise(letter: IntakeLetter, number: int, **change: Any) -> IntakeLetter:
    return replace(
        letter,
        promises=tuple(
            replace(each, **change) if each.commitment == number else each
            for each in letter.promises
        ),
    )


def _note(words: object) -> Note | None:
    return words if isinstance(words, Note) else None


def _reply_text(words: object) -> ReplyText | None:
    return words if isinstance(words, ReplyText) else None


def _due_on(fact: Fact, clock: str) -> date | None:
    found = (each.due_on for each in fact.clocks if (each.clock, each.change) == (clock, "started"))
    return next(found, None)


def _added_to(letter: IntakeLetter, fact: LetterAddedTo, _: datetime) -> IntakeLetter:
    """An answer that came too late is an addition."""
    return settled(letter, "addition", "answer", is_late=fact.late)


def _rated(letter: IntakeLetter, _: LetterRated, __: datetime) -> IntakeLetter:
    return settled(letter, "rating")


def _reopened(letter: IntakeLetter, fact: LetterReopened, _: datetime) -> IntakeLetter:
    return replace(settled(letter, "reopening"), reopened=fact.time, why_closed=None)


def _appealed(letter: IntakeLetter, _: AppealMade, __: datetime) -> IntakeLetter:
    return settled(letter, "appeal")


def _withdrawn(letter: IntakeLetter, _: LetterWithdrawn, __: datetime) -> IntakeLetter:
    return settled(_ended(letter, "ended"), "withdrawal")


def _refused(letter: IntakeLetter, fact: RequestRefused, _: datetime) -> IntakeLetter:
    return refused(letter, fact.request_id, code=fact.code)


def _closed(letter: IntakeLetter, fact: LetterClosed, _: datetime) -> IntakeLetter:
    return replace(letter, why_closed=fact.why)


CHANGES: Mapping[type[Fact], FactChange] = MappingProxyType(
    {
        LetterReceived: _received,
        LetterReclassified: _reclassified,
        LetterRouted: _routed,
        LetterPassedOn: _passed_on,
        DueChanged: _due_changed,
        ExtensionDecided: _extended,
        LetterSupervised: _supervised,
        WriterAsked: _asked,
        WriterAnswered: _answered,
        QuestionLapsed: _lapsed,
        LetterRecalled: _recalled,
        LetterReplied: _replied,
        LetterDeclined: _declined,
        CommitmentMade: _promised,
        CommitmentFulfilled: _fulfilled,
        LetterEscalated: _escalated,
        LetterAddedTo: _added_to,
        LetterRated: _rated,
        LetterReopened: _reopened,
        AppealMade: _appealed,
        LetterWithdrawn: _withdrawn,
        RequestRefused: _refused,
        LetterClosed: _closed,
    }
)
STATE_ALONE: frozenset[type[Fact]] = frozenset(
    (
        TriageEntered,
        LetterAccepted,
        LetterReturned,
        UnitAccepted,
        NoteAdded,
        LetterLinked,
        LetterRead,
        LetterSigned,
        ReplySubmitted,
        ReplySentBack,
        ExtensionRequested,
        InstructionGiven,
        InstructionAnswered,
        PetitionMarked,
        DisclosureMarked,
        PublicationProposed,
    )
)
"""Facts that change nothing beyond state, holder and clocks."""
