"""What a writer requests after an answer: rating, reopening, appeal; and withdrawal before it."""

from dataclasses import dataclass

from services.router.domain.actors import RULE, WriterCommand
from services.router.domain.context import DecisionContext, Facts
from services.router.domain.department import is_about_us, moved_on, sent_on
from services.router.domain.due_dates import first_receipt
from services.router.domain.letter import (
    Letter,
    occurred_at,
    with_utterance,
    without_question,
    words_as,
)
from services.router.domain.preconditions import OPEN
from services.router.domain.questions import refused
from services.router.domain.routing import entered
from services.router.domain.supervision import supervised
from services.router.domain.timers import stop
from shared.contracts.progress_v1 import (
    AppealMade,
    LetterClosed,
    LetterRated,
    LetterReopened,
    LetterWithdrawn,
)
from shared.contracts.vocabulary import RequestRefusal, WhyClosed, WithdrawalReason
from shared.contracts.words import Comment, WriterText
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class RateLetter(WriterCommand):
    """Rate the reply."""

    solved: bool
    score: int
    """1 to 5, 5 is best."""
    words: Comment | None = None


@dataclass(frozen=True)
class ReopenLetter(WriterCommand):
    """Ask for another reply."""

    words: WriterText | None


@dataclass(frozen=True)
class AppealRefusal(WriterCommand):
    """Appeal against a refusal to the province."""

    words: WriterText | None


@dataclass(frozen=True)
class WithdrawLetter(WriterCommand):
    """Take the letter back before there is an answer."""

    reason: WithdrawalReason


MOST_REOPENINGS = 2
MOST_APPEALS = 1


def rate(command: RateLetter, context: DecisionContext) -> Facts:
    """Record the rating; a letter rated as solved is closed."""
    code = _too_late_to_rate(context)
    if code is not None:
        return (refused(context, command.request_id, asked="rating.submitted", code=code),)
    rated = LetterRated(
        **context.plain_header(), solved=command.solved, score=command.score, words=command.words
    )
    if not command.solved or context.letter.state == "closed":
        return (rated,)
    return rated, closed(context.after(rated), "solved")


def reopen(command: ReopenLetter, context: DecisionContext) -> Facts:
    """Reopen the letter for another reply, twice at most and within the time limit.

    The second time the province supervises it.
    """
    code = _too_late_to_reopen(context)
    if code is not None:
        return (refused(context, command.request_id, asked="reopening.requested", code=code),)
    time = context.letter.reopened + 1
    fact = LetterReopened(
        **context.fact_header(LetterReopened, state="handling"),
        time=time,
        receipt=first_receipt(
            "reopened_reply", context.letter, at=context.at, rulebook=context.rulebook
        ),
        words=command.words,
    )
    now = context.after(fact)
    watched = supervised(now, "second_reopening") if time == MOST_REOPENINGS else ()
    return fact, *watched, *moved_on(now.after(*watched).as_actor(RULE))


def appeal(command: AppealRefusal, context: DecisionContext) -> Facts:
    """Appeal against a refusal, or against a reply that calls the letter malicious.

    One appeal, within the time limit; the province supervises the letter from then on.
    """
    code = _too_late_to_appeal(context)
    if code is not None:
        return (refused(context, command.request_id, asked="appeal.requested", code=code),)
    letter = context.letter
    rating = letter.running("rating")
    fact = AppealMade(
        **context.fact_header(AppealMade, state="triage", clocks=(stop(rating),) if rating else ()),
        declined_by=letter.holder,
        receipt=first_receipt("reopened_reply", letter, at=context.at, rulebook=context.rulebook),
        words=command.words,
    )
    watched = supervised(context.after(fact), "appeal")
    now = context.after(fact, *watched)
    waiting = entered(now, ("appealed",), suggestion=None)
    onwards = sent_on(now.after(waiting)) if is_about_us(now) else ()
    return fact, *watched, waiting, *onwards


def withdraw(command: WithdrawLetter, context: DecisionContext) -> Facts:
    """Withdraw the letter, as long as there is no answer."""
    state = context.letter.state
    if state not in OPEN:
        code: RequestRefusal = "already_done" if state == "withdrawn" else "too_late"
        return (refused(context, command.request_id, asked="withdrawal.requested", code=code),)
    header = context.fact_header(LetterWithdrawn, state="withdrawn")
    return (LetterWithdrawn(**header, reason=command.reason),)


def closed(context: DecisionContext, why: WhyClosed) -> LetterClosed:
    """Close the letter."""
    return LetterClosed(**context.fact_header(LetterClosed, state="closed"), why=why)


def apply_rated(letter: Letter, event: LetterRated) -> Letter:
    """Record whether the writer calls the matter solved."""
    return replace(letter, solved=event.solved)


def apply_reopened(letter: Letter, event: LetterReopened) -> Letter:
    """Count the reopening and add its words to the conversation."""
    told = with_utterance(letter, event, writer=words_as(WriterText, event.words))
    return replace(told, reopened=event.time, closed_why=None, solved=None)


def apply_appealed(letter: Letter, event: AppealMade) -> Letter:
    """Count the appeal and add its words to the conversation."""
    told = with_utterance(letter, event, writer=words_as(WriterText, event.words))
    return replace(told, appeals=letter.appeals + 1, accepted_at=None)


def apply_withdrawn(letter: Letter, event: LetterWithdrawn) -> Letter:
    """Drop what the bureau had begun."""
    freed = replace(letter, draft=None, wanted=None)
    return without_question(freed, occurred_at(event, letter))


def apply_closed(letter: Letter, event: LetterClosed) -> Letter:
    """Record why the letter was closed."""
    return replace(letter, closed_why=event.why)


def _too_late_to_rate(context: DecisionContext) -> RequestRefusal | None:
    letter = context.letter
    if letter.state == "replied":
        return None
    if letter.state != "closed":
        return "out_of_order"
    return None if _fell_silent(context) and letter.solved is None else "already_done"


def _too_late_to_reopen(context: DecisionContext) -> RequestRefusal | None:
    letter = context.letter
    if letter.state not in ("replied", "closed") or letter.closed_why == "solved":
        return "out_of_order"
    if letter.reopened >= MOST_REOPENINGS:
        return "limit"
    return None if _is_in_time(context) else "too_late"


def _too_late_to_appeal(context: DecisionContext) -> RequestRefusal | None:
    letter = context.letter
    if letter.state == "declined":
        clock = letter.running("appeal")
        is_in_time = clock is not None and context.at < clock.passes_at
    elif letter.state == "replied" and letter.outcome == "malicious":
        is_in_time = _is_in_time(context)
    else:
        return "out_of_order"
    if letter.appeals >= MOST_APPEALS:
        return "limit"
    return None if is_in_time else "too_late"


def _fell_silent(context: DecisionContext) -> bool:
    """Whether the letter was closed for silence while a rating made in time was on its way."""
    return context.letter.closed_why == "silence" and _is_in_time(context)


def _is_in_time(context: DecisionContext) -> bool:
    until = context.letter.reopen_until
    return until is None or context.at < until
