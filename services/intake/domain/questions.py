"""What do the router's facts say of questions, additions and more time? For the writer. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from services.intake.domain.conversation import Extension, Question
from services.intake.domain.letter import Letter
from services.intake.domain.writer_requests import settled
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    ExtensionDecided,
    LetterAddedTo,
    LetterRecalled,
    LetterWithdrawn,
    QuestionLapsed,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.words import Note, Reason


def _asked(letter: Letter, fact: WriterAsked, at: datetime) -> Letter:
    words = fact.words if isinstance(fact.words, Note) else None
    question = Question(fact.question, words, at, fact.answer_by)
    before = (one for one in letter.questions if one.question != fact.question)
    return replace(letter, questions=(*before, question))


def _answered(letter: Letter, fact: WriterAnswered, _: datetime) -> Letter:
    return settled(_ended(letter, "answered", question=fact.question), "answer")


def _lapsed(letter: Letter, fact: QuestionLapsed, _: datetime) -> Letter:
    return _ended(letter, "lapsed", question=fact.question)


def _recalled(letter: Letter, _: LetterRecalled, __: datetime) -> Letter:
    return _ended(letter, "ended")


def _withdrawn(letter: Letter, _: LetterWithdrawn, __: datetime) -> Letter:
    return settled(_ended(letter, "ended"), "withdrawal")


def _added_to(letter: Letter, fact: LetterAddedTo, _: datetime) -> Letter:
    """An answer that came too late is an addition."""
    return settled(letter, "addition", "answer", is_late=fact.late)


def _extended(letter: Letter, fact: ExtensionDecided, at: datetime) -> Letter:
    """More time that was granted; what was not granted changes nothing for the writer."""
    if not fact.granted:
        return letter
    words = fact.words if isinstance(fact.words, Reason) else None
    extension = Extension(fact.clock, fact.new_due, words, at)
    return replace(letter, extensions=(*letter.extensions, extension))


def _ended(
    letter: Letter, how: Literal["answered", "lapsed", "ended"], *, question: int | None = None
) -> Letter:
    """The question of that number, or every one that is open, isn't open any more."""
    return replace(
        letter,
        questions=tuple(
            replace(one, standing=how)
            if one.question == question or (question is None and one.standing == "open")
            else one
            for one in letter.questions
        ),
    )


CHANGES: Mapping[type[Fact], Callable[[Letter, Any, datetime], Letter]] = MappingProxyType(
    {
        WriterAsked: _asked,
        WriterAnswered: _answered,
        QuestionLapsed: _lapsed,
        LetterAddedTo: _added_to,
        LetterRecalled: _recalled,
        LetterWithdrawn: _withdrawn,
        ExtensionDecided: _extended,
    }
)
