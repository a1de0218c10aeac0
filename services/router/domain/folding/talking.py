"""What is left of a letter after questions to its writer, and after what they want. Pure."""

from datetime import datetime
from typing import Any, assert_never

from services.router.domain.folding.groups import Asking, Wishing
from services.router.domain.letter import Letter
from services.router.domain.parts import Question, Said
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    LetterAddedTo,
    LetterRated,
    LetterReopened,
    LetterWithdrawn,
    QuestionLapsed,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.words import Note, WriterText
from shared.kernel.frozen import replace


def asked(letter: Letter, event: Asking) -> Letter:
    """The letter after a question, an answer, or something more."""
    match event:
        case WriterAsked():
            return _asked(letter, event)
        case WriterAnswered():
            told = _attached(said(letter, event, writer=_text(event.words)), event)
            return waits_no_longer(told, moment(event, letter))
        case QuestionLapsed():
            return waits_no_longer(letter, moment(event, letter))
        case LetterAddedTo():
            told = _attached(said(letter, event, writer=_text(event.words)), event)
            return replace(told, additions=letter.additions + 1)
        case _:
            assert_never(event)


def wished(letter: Letter, event: Wishing) -> Letter:
    """The letter after what its writer has wanted and got."""
    match event:
        case LetterRated():
            return replace(letter, solved=event.solved)
        case LetterReopened():
            told = said(letter, event, writer=_text(event.words))
            return replace(told, reopened=event.time, closed_why=None, solved=None)
        case AppealMade():
            told = said(letter, event, writer=_text(event.words))
            return replace(told, appeals=letter.appeals + 1, accepted_at=None)
        case LetterWithdrawn():
            freed = replace(letter, draft=None, wanted=None)
            return waits_no_longer(freed, moment(event, letter))
        case _:
            assert_never(event)


def moment(event: Fact, letter: Letter) -> datetime:
    """As of when a fact counts; facts of the first contracts don't say."""
    return event.at or letter.received_at


def said(letter: Letter, event: Fact, **words: Any) -> Letter:
    """The letter with one contribution more to its conversation."""
    return replace(letter, said=(*letter.said, Said(moment(event, letter), **words)))


def waits_no_longer(letter: Letter, at: datetime) -> Letter:
    """The letter with its question ended, if one was open."""
    return replace(letter, questions=tuple(_ended(one, at) for one in letter.questions))


def _asked(letter: Letter, event: WriterAsked) -> Letter:
    at = moment(event, letter)
    question = Question(event.question, at, event.answer_by)
    words = event.words if isinstance(event.words, Note) else None
    told = said(letter, event, question=words)
    return replace(told, questions=(*letter.questions, question))


def _ended(question: Question, at: datetime) -> Question:
    return question if question.ended_at is not None else replace(question, ended_at=at)


def _attached(letter: Letter, event: WriterAnswered | LetterAddedTo) -> Letter:
    return replace(letter, attachments=(*letter.attachments, *event.attachments))


def _text(words: object) -> WriterText | None:
    return words if isinstance(words, WriterText) else None
