"""What writers ask for once they have an answer, or want none any more. Pure."""

from typing import TypeAlias

from services.router.domain.commands.writing import (
    AppealRefusal,
    RateLetter,
    ReopenLetter,
    WithdrawLetter,
)
from services.router.domain.context import RULE, Matter
from services.router.domain.department import is_about_us, moved_on, sent_on
from services.router.domain.due_dates import first_receipt
from services.router.domain.preconditions import OPEN
from services.router.domain.questions import refused
from services.router.domain.routing import entered
from services.router.domain.supervision import supervised
from services.router.domain.timers import stop
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    AppealMade,
    LetterClosed,
    LetterRated,
    LetterReopened,
    LetterWithdrawn,
)
from shared.contracts.vocabulary import RequestRefusal, WhyClosed

MOST_REOPENINGS = 2
MOST_APPEALS = 1

Facts: TypeAlias = tuple[Fact, ...]


def rate(command: RateLetter, matter: Matter) -> Facts:
    """Record what the writer thinks of the reply; solved closes the letter."""
    code = _too_late_to_rate(matter)
    if code is not None:
        return (refused(matter, command.request_id, asked="rating.submitted", code=code),)
    rated = LetterRated(
        **matter.bare(), solved=command.solved, score=command.score, words=command.words
    )
    if not command.solved or matter.letter.state == "closed":
        return (rated,)
    return rated, closed(matter.after(rated), "solved")


def reopen(command: ReopenLetter, matter: Matter) -> Facts:
    """Have it answered once more: twice, in the time for it, the second time supervised."""
    code = _too_late_to_reopen(matter)
    if code is not None:
        return (refused(matter, command.request_id, asked="reopening.requested", code=code),)
    time = matter.letter.reopened + 1
    fact = LetterReopened(
        **matter.common(LetterReopened, state="handling"),
        time=time,
        receipt=first_receipt("reopened_reply", matter.letter, at=matter.at, book=matter.book),
        words=command.words,
    )
    now = matter.after(fact)
    watched = supervised(now, "second_reopening") if time == MOST_REOPENINGS else ()
    return fact, *watched, *moved_on(now.after(*watched).of(RULE))


def appeal(command: AppealRefusal, matter: Matter) -> Facts:
    """Have the province look at a refusal once more, or at a reply that calls the letter malicious.

    Once, in the time for it; the province watches what becomes of it.
    """
    code = _too_late_to_appeal(matter)
    if code is not None:
        return (refused(matter, command.request_id, asked="appeal.requested", code=code),)
    letter = matter.letter
    rating = letter.running("rating")
    fact = AppealMade(
        **matter.common(AppealMade, state="triage", clocks=(stop(rating),) if rating else ()),
        declined_by=letter.holder,
        receipt=first_receipt("reopened_reply", letter, at=matter.at, book=matter.book),
        words=command.words,
    )
    watched = supervised(matter.after(fact), "appeal")
    now = matter.after(fact, *watched)
    waiting = entered(now, ("appealed",), suggestion=None)
    onwards = sent_on(now.after(waiting)) if is_about_us(now) else ()
    return fact, *watched, waiting, *onwards


def withdraw(command: WithdrawLetter, matter: Matter) -> Facts:
    """Take the letter back, as long as nobody has answered it."""
    state = matter.letter.state
    if state not in OPEN:
        code: RequestRefusal = "already_done" if state == "withdrawn" else "too_late"
        return (refused(matter, command.request_id, asked="withdrawal.requested", code=code),)
    said = matter.common(LetterWithdrawn, state="withdrawn")
    return (LetterWithdrawn(**said, reason=command.reason),)


def closed(matter: Matter, why: WhyClosed) -> LetterClosed:
    """The letter is settled."""
    return LetterClosed(**matter.common(LetterClosed, state="closed"), why=why)


def _too_late_to_rate(matter: Matter) -> RequestRefusal | None:
    letter = matter.letter
    if letter.state == "replied":
        return None
    if letter.state != "closed":
        return "out_of_order"
    return None if _fell_silent(matter) and letter.solved is None else "already_done"


def _too_late_to_reopen(matter: Matter) -> RequestRefusal | None:
    letter = matter.letter
    if letter.state not in ("replied", "closed") or letter.closed_why == "solved":
        return "out_of_order"
    if letter.reopened >= MOST_REOPENINGS:
        return "limit"
    return None if _is_in_time(matter) else "too_late"


def _too_late_to_appeal(matter: Matter) -> RequestRefusal | None:
    letter = matter.letter
    if letter.state == "declined":
        clock = letter.running("appeal")
        is_in_time = clock is not None and matter.at < clock.passes_at
    elif letter.state == "replied" and letter.outcome == "malicious":
        is_in_time = _is_in_time(matter)
    else:
        return "out_of_order"
    if letter.appeals >= MOST_APPEALS:
        return "limit"
    return None if is_in_time else "too_late"


def _fell_silent(matter: Matter) -> bool:
    """Whether silence has closed it while the writer's word was under way, said in time."""
    return matter.letter.closed_why == "silence" and _is_in_time(matter)


def _is_in_time(matter: Matter) -> bool:
    until = matter.letter.reopen_until
    return until is None or matter.at < until
