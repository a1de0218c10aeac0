"""What writers' requests ask of the router, as of when intake took them in. Pure."""

from services.router.domain import (
    AddToLetter,
    AnswerQuestion,
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


def on_answer_submitted(event: Envelope[AnswerSubmitted], _: Arrival) -> AnswerQuestion:
    """Take the answer, or attach it."""
    said = event.data
    return AnswerQuestion(
        said.request_id, event.time, said.question, _text(said.words), said.attachments
    )


def on_addition_submitted(event: Envelope[AdditionSubmitted], _: Arrival) -> AddToLetter:
    """Attach what the writer sends."""
    said = event.data
    return AddToLetter(said.request_id, event.time, _text(said.words), said.attachments)


def on_rating_submitted(event: Envelope[RatingSubmitted], _: Arrival) -> RateLetter:
    """Decide the writer's rating."""
    said = event.data
    comment = said.words if isinstance(said.words, Comment) else None
    return RateLetter(said.request_id, event.time, said.solved, said.score, comment)


def on_reopening_requested(event: Envelope[ReopeningRequested], _: Arrival) -> ReopenLetter:
    """Decide whether it is to be answered once more."""
    return ReopenLetter(event.data.request_id, event.time, _text(event.data.words))


def on_appeal_requested(event: Envelope[AppealRequested], _: Arrival) -> AppealRefusal:
    """Decide whether the province looks at it once more."""
    return AppealRefusal(event.data.request_id, event.time, _text(event.data.words))


def on_withdrawal_requested(event: Envelope[WithdrawalRequested], _: Arrival) -> WithdrawLetter:
    """Decide whether the letter can still be taken back."""
    return WithdrawLetter(event.data.request_id, event.time, event.data.reason)


def _text(words: object) -> WriterText | None:
    """None once they were erased."""
    return words if isinstance(words, WriterText) else None
