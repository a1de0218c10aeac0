"""Commands from writers' requests, dated when intake took them in."""

from services.router.domain.letter import words_as
from services.router.domain.questions import AttachAddition, RecordAnswer
from services.router.domain.writer_requests import (
    AppealRefusal,
    RateLetter,
    ReopenLetter,
    WithdrawLetter,
)
from shared.contracts.envelope import Envelope
from shared.contracts.submitted_v1 import (
    AdditionSubmitted,
    AnswerSubmitted,
    AppealRequested,
    RatingSubmitted,
    ReopeningRequested,
    WithdrawalRequested,
)
from shared.contracts.words import Comment, WriterText
from shared.platform.letters.service_decider import Arrival


def on_answer_submitted(event: Envelope[AnswerSubmitted], _: Arrival) -> RecordAnswer:
    """Record the answer to a question."""
    request = event.data
    return RecordAnswer(
        request.request_id,
        event.time,
        request.question,
        words_as(WriterText, request.words),
        request.attachments,
    )


def on_addition_submitted(event: Envelope[AdditionSubmitted], _: Arrival) -> AttachAddition:
    """Attach what the writer sent."""
    request = event.data
    return AttachAddition(
        request.request_id, event.time, words_as(WriterText, request.words), request.attachments
    )


def on_rating_submitted(event: Envelope[RatingSubmitted], _: Arrival) -> RateLetter:
    """Record the writer's rating."""
    request = event.data
    comment = words_as(Comment, request.words)
    return RateLetter(request.request_id, event.time, request.solved, request.score, comment)


def on_reopening_requested(event: Envelope[ReopeningRequested], _: Arrival) -> ReopenLetter:
    """Reopen the letter, if the writer may."""
    return ReopenLetter(event.data.request_id, event.time, words_as(WriterText, event.data.words))


def on_appeal_requested(event: Envelope[AppealRequested], _: Arrival) -> AppealRefusal:
    """Appeal to the province, if the writer may."""
    return AppealRefusal(event.data.request_id, event.time, words_as(WriterText, event.data.words))


def on_withdrawal_requested(event: Envelope[WithdrawalRequested], _: Arrival) -> WithdrawLetter:
    """Withdraw the letter, if the writer still may."""
    return WithdrawLetter(event.data.request_id, event.time, event.data.reason)
