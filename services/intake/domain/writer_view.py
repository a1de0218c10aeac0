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
from services.intake.domain.retention import filed
from services.intake.domain.timeline import with_step
from services.intake.domain.writer_requests import refused, settled
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Fact
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
        case facts.LetterRouted() as routed:
            return noted, identity_for(routed, letter, key_of=key_of)
        case facts.LetterReplied():
            copy = copy_of_reply(progress_noted(letter, noted))
            return (noted, copy) if copy else (noted,)
        case _:
            return (noted,)


def progress_noted(letter: IntakeLetter, event: ProgressNoted) -> IntakeLetter:
    """The letter after a fact: its own change, then what every fact says, then its step."""
    fact, at = event.fact, event.at
    change = CHANGES.get(type(fact))
    changed = change(letter, fact, at) if change else letter
    moved = _moved(_dated(_with_receipt(changed, fact), fact), fact)
    return with_step(filed(moved, fact, at=at), fact, at=at)


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
        case facts.LetterReceived() | facts.LetterReopened() | facts.AppealMade():
            return replace(letter, reply_receipt=fact.receipt or letter.reply_receipt)
        case facts.ExtensionDecided() | facts.DueChanged() if fact.clock in REPLY_CLOCKS:
            return replace(letter, reply_receipt=fact.receipt or letter.reply_receipt)
        case _:
            return letter


def _bureau(fact: Fact) -> Bureau | None:
    return None if fact.holder == "triage" else fact.holder


def _received(letter: IntakeLetter, fact: facts.LetterReceived, _: datetime) -> IntakeLetter:
    return replace(
        letter,
        reply_due_on=fact.receipt.due_on,
        reply_is_provisional=fact.receipt.provisional,
        found_category=fact.category,
        masked=is_masked(letter) or fact.masked or fact.category in UNNAMED,
        about=fact.about,
        excluded=fact.excluded,
    )


def _reclassified(
    letter: IntakeLetter, fact: facts.LetterReclassified, _: datetime
) -> IntakeLetter:
    """Any desk masks a letter, and only a supervisor unmasks it."""
    return replace(
        letter,
        found_category=fact.category,
        masked=fact.masked or (is_masked(letter) and fact.by.role != "supervisor"),
        about=fact.about,
        excluded=fact.excluded,
    )


def _routed(letter: IntakeLetter, fact: facts.LetterRouted, _: datetime) -> IntakeLetter:
    masked = is_masked(letter) or fact.masked or fact.category in UNNAMED
    return replace(letter, found_category=fact.category, masked=masked)


def _passed_on(letter: IntakeLetter, fact: facts.LetterPassedOn, _: datetime) -> IntakeLetter:
    return replace(letter, unit=fact.unit)


def _due_changed(letter: IntakeLetter, fact: facts.DueChanged, _: datetime) -> IntakeLetter:
    if fact.clock not in REPLY_CLOCKS:
        return letter
    return replace(letter, reply_due_on=fact.new_due, reply_is_provisional=fact.receipt.provisional)


def _extended(letter: IntakeLetter, fact: facts.ExtensionDecided, at: datetime) -> IntakeLetter:
    """A refused extension changes nothing for the writer."""
    if not fact.granted:
        return letter
    words = fact.words if isinstance(fact.words, Reason) else None
    extension = Extension(fact.clock, fact.new_due, words, at)
    return replace(letter, extensions=(*letter.extensions, extension))


def _supervised(letter: IntakeLetter, _: facts.LetterSupervised, __: datetime) -> IntakeLetter:
    return replace(letter, is_supervised=True)


def _asked(letter: IntakeLetter, fact: facts.WriterAsked, at: datetime) -> IntakeLetter:
    question = BureauQuestion(fact.question, _note(fact.words), at, fact.answer_by)
    before = (each for each in letter.questions if each.question != fact.question)
    return replace(letter, questions=(*before, question))


def _answered(letter: IntakeLetter, fact: facts.WriterAnswered, _: datetime) -> IntakeLetter:
    return settled(_ended(letter, "answered", question=fact.question), "answer")


def _lapsed(letter: IntakeLetter, fact: facts.QuestionLapsed, _: datetime) -> IntakeLetter:
    return _ended(letter, "lapsed", question=fact.question)


def _recalled(letter: IntakeLetter, _: facts.LetterRecalled, __: datetime) -> IntakeLetter:
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


def _replied(letter: IntakeLetter, fact: facts.LetterReplied, at: datetime) -> IntakeLetter:
    reply = LetterReply(
        _reply_text(fact.words),
        fact.outcome,
        at,
        bureau=_bureau(fact),
        where_to_turn=fact.referred_to,
        answer_by=_due_on(fact, "rating"),
    )
    return _with_reply(letter, reply)


def _declined(letter: IntakeLetter, fact: facts.LetterDeclined, at: datetime) -> IntakeLetter:
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


def _promised(letter: IntakeLetter, fact: facts.CommitmentMade, _: datetime) -> IntakeLetter:
    promise = BureauPromise(fact.commitment, fact.due_on, _note(fact.words))
    before = (each for each in letter.promises if each.commitment != fact.commitment)
    return replace(letter, promises=(*before, promise))


def _fulfilled(letter: IntakeLetter, fact: facts.CommitmentFulfilled, _: datetime) -> IntakeLetter:
    return _promise(letter, fact.commitment, standing=fact.kept, evidence=_note(fact.words))


def _escalated(letter: IntakeLetter, fact: facts.LetterEscalated, _: datetime) -> IntakeLetter:
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


def _added_to(letter: IntakeLetter, fact: facts.LetterAddedTo, _: datetime) -> IntakeLetter:
    """An answer that came too late is an addition."""
    return settled(letter, "addition", "answer", is_late=fact.late)


def _rated(letter: IntakeLetter, _: facts.LetterRated, __: datetime) -> IntakeLetter:
    return settled(letter, "rating")


def _reopened(letter: IntakeLetter, fact: facts.LetterReopened, _: datetime) -> IntakeLetter:
    return replace(settled(letter, "reopening"), reopened=fact.time, why_closed=None)


def _appealed(letter: IntakeLetter, _: facts.AppealMade, __: datetime) -> IntakeLetter:
    return settled(letter, "appeal")


def _withdrawn(letter: IntakeLetter, _: facts.LetterWithdrawn, __: datetime) -> IntakeLetter:
    return settled(_ended(letter, "ended"), "withdrawal")


def _refused(letter: IntakeLetter, fact: facts.RequestRefused, _: datetime) -> IntakeLetter:
    return refused(letter, fact.request_id, code=fact.code)


def _closed(letter: IntakeLetter, fact: facts.LetterClosed, _: datetime) -> IntakeLetter:
    return replace(letter, why_closed=fact.why)


def _conflicted(letter: IntakeLetter, fact: facts.ConflictDeclared, _: datetime) -> IntakeLetter:
    return replace(letter, conflicted=(*letter.conflicted, fact.staff))


CHANGES: Mapping[type[Fact], FactChange] = MappingProxyType(
    {
        facts.LetterReceived: _received,
        facts.LetterReclassified: _reclassified,
        facts.LetterRouted: _routed,
        facts.LetterPassedOn: _passed_on,
        facts.DueChanged: _due_changed,
        facts.ExtensionDecided: _extended,
        facts.LetterSupervised: _supervised,
        facts.WriterAsked: _asked,
        facts.WriterAnswered: _answered,
        facts.QuestionLapsed: _lapsed,
        facts.LetterRecalled: _recalled,
        facts.LetterReplied: _replied,
        facts.LetterDeclined: _declined,
        facts.CommitmentMade: _promised,
        facts.CommitmentFulfilled: _fulfilled,
        facts.LetterEscalated: _escalated,
        facts.LetterAddedTo: _added_to,
        facts.LetterRated: _rated,
        facts.LetterReopened: _reopened,
        facts.AppealMade: _appealed,
        facts.LetterWithdrawn: _withdrawn,
        facts.RequestRefused: _refused,
        facts.LetterClosed: _closed,
        facts.ConflictDeclared: _conflicted,
    }
)
STATE_ALONE: frozenset[type[Fact]] = frozenset(
    (
        facts.TriageEntered,
        facts.LetterAccepted,
        facts.LetterReturned,
        facts.UnitAccepted,
        facts.NoteAdded,
        facts.LetterLinked,
        facts.LetterRead,
        facts.LetterSigned,
        facts.ReplySubmitted,
        facts.ReplySentBack,
        facts.ExtensionRequested,
        facts.InstructionGiven,
        facts.InstructionAnswered,
        facts.PetitionMarked,
        facts.DisclosureMarked,
        facts.PublicationProposed,
    )
)
"""Facts that change nothing beyond state, holder and clocks."""
