"""What is left of a letter after facts of promises and of who watches. Pure."""

from typing import assert_never

from services.router.domain.folding.groups import Promising, Supervising
from services.router.domain.letter import Letter
from services.router.domain.parts import Instructed, Promised, RunningClock, Wanted
from services.router.domain.timers import reached
from shared.contracts.progress_v1 import (
    CommitmentFulfilled,
    CommitmentMade,
    DisclosureMarked,
    DueChanged,
    ExtensionDecided,
    ExtensionRequested,
    InstructionAnswered,
    InstructionGiven,
    LetterEscalated,
    LetterRead,
    LetterSupervised,
    PetitionMarked,
)
from shared.contracts.words import Note, Reason
from shared.kernel.frozen import replace


def promised(letter: Letter, event: Promising) -> Letter:
    """The letter after more time was asked for or given, or something promised or kept."""
    match event:
        case ExtensionRequested():
            return replace(letter, wanted=_wanted(event))
        case ExtensionDecided():
            return _decided(letter, event)
        case CommitmentMade():
            made = Promised(event.commitment, event.due_on, _note(event.words))
            return replace(letter, commitments=(*letter.commitments, made))
        case CommitmentFulfilled():
            return _fulfilled(letter, event)
        case _:
            assert_never(event)


def watched(letter: Letter, event: Supervising) -> Letter:
    """The letter after somebody has looked, warned, ordered or counted anew."""
    match event:
        case LetterEscalated():
            return _escalated(letter, event)
        case LetterSupervised():
            return replace(letter, is_supervised=True)
        case LetterRead():
            return replace(letter, reads=(*letter.reads, (event.office, event.in_person)))
        case InstructionGiven() | InstructionAnswered():
            return _instructed(letter, event)
        case DueChanged():
            return _due(letter, event)
        case PetitionMarked():
            return replace(letter, is_petition=True)
        case DisclosureMarked():
            return replace(letter, is_disclosure=True)
        case _:
            assert_never(event)


def _decided(letter: Letter, event: ExtensionDecided) -> Letter:
    if not event.granted:
        return replace(letter, wanted=None)
    clocks = tuple(
        _longer(one, event) if one.clock == event.clock else one for one in letter.clocks
    )
    return replace(letter, wanted=None, clocks=clocks)


def _longer(clock: RunningClock, event: ExtensionDecided) -> RunningClock:
    """The clock with its days; of a paused one no date is said that would hold them."""
    limit = clock.limit
    if limit is not None and event.new_due is None:
        limit = limit.model_copy(update={"amount": limit.amount + event.days})
    return replace(clock, extended=clock.extended + event.days, limit=limit)


def _fulfilled(letter: Letter, event: CommitmentFulfilled) -> Letter:
    now = tuple(
        replace(one, kept=event.kept, evidence=_note(event.words))
        if one.number == event.commitment
        else one
        for one in letter.commitments
    )
    return replace(letter, commitments=now)


def _escalated(letter: Letter, event: LetterEscalated) -> Letter:
    clocks = tuple(
        reached(one, event.level) if (one.clock, one.round) == (event.clock, event.round) else one
        for one in letter.clocks
    )
    return replace(letter, clocks=clocks)


def _instructed(letter: Letter, event: InstructionGiven | InstructionAnswered) -> Letter:
    if isinstance(event, InstructionGiven):
        given = Instructed(
            event.instruction, event.office, event.by.role, event.answer_by, _note(event.words)
        )
        return replace(letter, instructions=(*letter.instructions, given))
    now = tuple(
        replace(one, is_answered=True, answer=_note(event.words))
        if one.number == event.instruction
        else one
        for one in letter.instructions
    )
    return replace(letter, instructions=now)


def _due(letter: Letter, event: DueChanged) -> Letter:
    """Dates that stand beside the clock follow it."""
    passing = next((one.passes_at for one in event.clocks if one.clock == "rating"), None)
    questions = letter.questions
    if event.clock == "answer":
        questions = tuple(
            one if one.ended_at else replace(one, answer_by=event.new_due) for one in questions
        )
    return replace(letter, questions=questions, reopen_until=passing or letter.reopen_until)


def _wanted(event: ExtensionRequested) -> Wanted:
    words = event.words if isinstance(event.words, Reason) else None
    return Wanted(event.clock, event.days, event.by.staff, event.reason, words)


def _note(words: object) -> Note | None:
    return words if isinstance(words, Note) else None
