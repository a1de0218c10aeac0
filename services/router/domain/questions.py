"""Questions to the writer, their answers, and additions that the writer sends unasked."""

from dataclasses import dataclass

from services.router.domain.actors import RULE, HolderCommand, WriterCommand
from services.router.domain.context import DecisionContext, Facts, due_changes
from services.router.domain.due_dates import days_left_to_wait
from services.router.domain.letter import (
    Letter,
    WriterQuestion,
    occurred_at,
    with_utterance,
    without_question,
    words_as,
)
from services.router.domain.preconditions import check_holding, check_state, check_words
from services.router.domain.timers import pauses, resumed
from shared.contracts.progress_v1 import (
    LetterAddedTo,
    QuestionLapsed,
    RequestRefused,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.values import Attachment
from shared.contracts.vocabulary import RequestRefusal, RequestType
from shared.contracts.words import Note, WriterText
from shared.kernel.errors import LimitReached
from shared.kernel.frozen import replace
from shared.kernel.working_days import passes_at


@dataclass(frozen=True)
class AskWriter(HolderCommand):
    """Ask the writer a question."""

    words: Note | None


@dataclass(frozen=True)
class RecordAnswer(WriterCommand):
    """Record the answer to a question."""

    question: int
    words: WriterText | None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class AttachAddition(WriterCommand):
    """Attach something that the writer sends unasked."""

    words: WriterText | None
    attachments: tuple[Attachment, ...] = ()


MOST_QUESTIONS = 2
MOST_ADDITIONS = 20
ANSWERED = ("replied", "declined", "closed", "withdrawn")
"""States in which the writer has an answer, or wants none any more."""


def ask(command: AskWriter, context: DecisionContext) -> tuple[WriterAsked, ...]:
    """Ask the writer and wait for the answer: at most two questions and ten working days in all.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, LimitReached.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="ask")
    check_words(command.words)
    if len(letter.questions) >= MOST_QUESTIONS or days_left_to_wait(letter, context.rulebook) <= 0:
        raise LimitReached("two questions, and ten working days in all")
    header = context.fact_header(
        WriterAsked, state="supplement", clocks=pauses(letter, rulebook=context.rulebook)
    )
    due = next(clock.due_on for clock in header["clocks"] if clock.clock == "answer")
    if due is None:
        raise TypeError("a clock that starts has a due date")
    number = len(letter.questions) + 1
    return (WriterAsked(**header, question=number, answer_by=due, words=command.words),)


def answer(command: RecordAnswer, context: DecisionContext) -> Facts:
    """Record the writer's answer; a late one is attached as an addition."""
    letter = context.letter
    if command.question > len(letter.questions):
        return (
            refused(context, command.request_id, asked="answer.submitted", code="out_of_order"),
        )
    open_ = letter.question
    if open_ is None or open_.number != command.question or _is_late(command, context):
        return _added(command, context, "answer.submitted", is_late=_is_late(command, context))
    freed = without_question(letter, context.at)
    moved = resumed(freed, at=context.at, rulebook=context.rulebook)
    header = context.fact_header(
        WriterAnswered, state="handling", clocks=tuple(clock.change for clock in moved)
    )
    fact = WriterAnswered(
        **header,
        question=command.question,
        attachments=command.attachments,
        words=command.words,
    )
    return fact, *due_changes(context.after(fact), moved, reason="resumed")


def add(command: AttachAddition, context: DecisionContext) -> Facts:
    """Attach what the writer sends unasked."""
    is_late = context.letter.state in ANSWERED
    return _added(command, context, "addition.submitted", is_late=is_late)


def lapse(context: DecisionContext) -> Facts:
    """Stop waiting for the writer: the time for an answer has passed."""
    letter = context.letter
    if letter.question is None:
        return ()
    moved = resumed(without_question(letter, context.at), at=context.at, rulebook=context.rulebook)
    header = context.fact_header(
        QuestionLapsed, state="handling", clocks=tuple(clock.change for clock in moved)
    )
    fact = QuestionLapsed(**header, question=letter.question.number)
    return fact, *due_changes(context.after(fact), moved, reason="resumed")


def refused(
    context: DecisionContext, request_id: str, *, asked: RequestType, code: RequestRefusal
) -> RequestRefused:
    """Refuse a request of the writer, with the reason."""
    header = context.as_actor(RULE).plain_header()
    return RequestRefused(**header, request_id=request_id, request_type=asked, code=code)


def _added(
    command: RecordAnswer | AttachAddition,
    context: DecisionContext,
    asked: RequestType,
    *,
    is_late: bool,
) -> Facts:
    """An addition, which tells the holder once; their number is limited so that a letter can't grow
    without end.
    """
    if context.letter.additions >= MOST_ADDITIONS:
        return (refused(context, command.request_id, asked=asked, code="limit"),)
    fact = LetterAddedTo(
        **context.plain_header(), late=is_late, attachments=command.attachments, words=command.words
    )
    return (fact,)


def _is_late(command: RecordAnswer, context: DecisionContext) -> bool:
    """Whether the answer came after its time, or after the letter's own answer."""
    question = context.letter.questions[command.question - 1]
    return context.at >= passes_at(question.answer_by) or context.letter.state in ANSWERED


def apply_writer_asked(letter: Letter, event: WriterAsked) -> Letter:
    """Add the question to the conversation and wait for its answer."""
    at = occurred_at(event, letter)
    question = WriterQuestion(event.question, at, event.answer_by)
    told = with_utterance(letter, event, question=words_as(Note, event.words))
    return replace(told, questions=(*letter.questions, question))


def apply_writer_answered(letter: Letter, event: WriterAnswered) -> Letter:
    """Add the answer to the conversation and end the question."""
    return without_question(_with_text(letter, event), occurred_at(event, letter))


def apply_question_lapsed(letter: Letter, event: QuestionLapsed) -> Letter:
    """End the question without an answer."""
    return without_question(letter, occurred_at(event, letter))


def apply_added_to(letter: Letter, event: LetterAddedTo) -> Letter:
    """Add what the writer sent to the conversation."""
    return replace(_with_text(letter, event), additions=letter.additions + 1)


def _with_text(letter: Letter, event: WriterAnswered | LetterAddedTo) -> Letter:
    told = with_utterance(letter, event, writer=words_as(WriterText, event.words))
    return replace(told, attachments=(*letter.attachments, *event.attachments))
