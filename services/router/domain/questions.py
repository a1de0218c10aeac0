"""How the holder asks the writer, and how answers and additions come in. Pure."""

from typing import TypeAlias

from services.router.domain.commands.answering import AskWriter
from services.router.domain.commands.writing import AddToLetter, AnswerQuestion
from services.router.domain.context import RULE, Matter, due_changes
from services.router.domain.due_dates import days_left_to_wait
from services.router.domain.folding.talking import waits_no_longer
from services.router.domain.preconditions import check_holding, check_state, check_words
from services.router.domain.timers import pauses, resumed
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterAddedTo,
    QuestionLapsed,
    RequestRefused,
    WriterAnswered,
    WriterAsked,
)
from shared.contracts.vocabulary import RequestRefusal, RequestType
from shared.kernel.errors import LimitReached
from shared.kernel.working_days import passes_at

MOST_QUESTIONS = 2
MOST_ADDITIONS = 20
ANSWERED = ("replied", "declined", "closed", "withdrawn")
"""States in which the writer has an answer, or wants none any more."""

Facts: TypeAlias = tuple[Fact, ...]


def ask(command: AskWriter, matter: Matter) -> WriterAsked:
    """Ask the writer, whose answer is waited for; twice, and ten working days in all.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, LimitReached.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="ask")
    check_words(command.words)
    if len(letter.questions) >= MOST_QUESTIONS or days_left_to_wait(letter, matter.book) <= 0:
        raise LimitReached("two questions, and ten working days in all")
    said = matter.common(WriterAsked, state="supplement", clocks=pauses(letter, book=matter.book))
    due = next(one.due_on for one in said["clocks"] if one.clock == "answer")
    if due is None:
        raise TypeError("a clock that starts has a due date")
    number = len(letter.questions) + 1
    return WriterAsked(**said, question=number, answer_by=due, words=command.words)


def answer(command: AnswerQuestion, matter: Matter) -> Facts:
    """Take the writer's answer; one that comes too late is attached all the same."""
    letter = matter.letter
    if command.question > len(letter.questions):
        return (refused(matter, command.request_id, asked="answer.submitted", code="out_of_order"),)
    open_ = letter.question
    if open_ is None or open_.number != command.question or _is_late(command, matter):
        return _added(command, matter, "answer.submitted", is_late=_is_late(command, matter))
    freed = waits_no_longer(letter, matter.at)
    moved = resumed(freed, at=matter.at, book=matter.book)
    said = matter.common(
        WriterAnswered, state="handling", clocks=tuple(one.change for one in moved)
    )
    fact = WriterAnswered(
        **said,
        question=command.question,
        attachments=command.attachments,
        words=command.words,
    )
    return fact, *due_changes(matter.after(fact), moved, reason="resumed")


def add(command: AddToLetter, matter: Matter) -> Facts:
    """Attach what the writer sends unasked."""
    is_late = matter.letter.state in ANSWERED
    return _added(command, matter, "addition.submitted", is_late=is_late)


def lapse(matter: Matter) -> Facts:
    """Wait for the writer no longer: the time for an answer has passed."""
    letter = matter.letter
    if letter.question is None:
        return ()
    moved = resumed(waits_no_longer(letter, matter.at), at=matter.at, book=matter.book)
    said = matter.common(
        QuestionLapsed, state="handling", clocks=tuple(one.change for one in moved)
    )
    fact = QuestionLapsed(**said, question=letter.question.number)
    return fact, *due_changes(matter.after(fact), moved, reason="resumed")


def refused(
    matter: Matter, request_id: str, *, asked: RequestType, code: RequestRefusal
) -> RequestRefused:
    """That a request of the writer's can't be done, and why."""
    said = matter.of(RULE).bare()
    return RequestRefused(**said, request_id=request_id, request_type=asked, code=code)


def _added(
    command: AnswerQuestion | AddToLetter, matter: Matter, asked: RequestType, *, is_late: bool
) -> Facts:
    """What is attached tells the holder once; so many and no more, or a letter would grow."""
    if matter.letter.additions >= MOST_ADDITIONS:
        return (refused(matter, command.request_id, asked=asked, code="limit"),)
    fact = LetterAddedTo(
        **matter.bare(), late=is_late, attachments=command.attachments, words=command.words
    )
    return (fact,)


def _is_late(command: AnswerQuestion, matter: Matter) -> bool:
    """Whether the answer came after its time, or after the letter's own answer."""
    question = matter.letter.questions[command.question - 1]
    return matter.at >= passes_at(question.answer_by) or matter.letter.state in ANSWERED
