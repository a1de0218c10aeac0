"""What a writer can still do about a letter, as far as intake knows.

The router decides; this only keeps pages from offering what it would refuse. It follows
`services/router/domain/writer_requests.py` and `questions.py`.
"""

from datetime import date

from services.intake.domain.letter import ENDED, IntakeLetter, RequestKind
from services.intake.domain.writer_requests import MOST_ADDITIONS, MOST_REQUESTS

MOST_REOPENINGS = 2


def offered(letter: IntakeLetter, *, today: date) -> tuple[RequestKind, ...]:
    """The requests that make sense now, the most important first; `today` in Guangdong."""
    if len(letter.requests) >= MOST_REQUESTS:
        return ()
    waiting = {each.kind for each in letter.requests if each.status == "sent"}
    return tuple(kind for kind in _possible(letter, today) if kind not in waiting - {"addition"})


def _possible(letter: IntakeLetter, today: date) -> list[RequestKind]:
    kinds: list[RequestKind] = []
    if any(each.standing == "open" for each in letter.questions):
        kinds.append("answer")
    if letter.state == "replied":
        kinds.append("rating")
    if _can_reopen(letter, today):
        kinds.append("reopening")
    if _can_appeal(letter, today):
        kinds.append("appeal")
    if sum(each.kind == "addition" for each in letter.requests) < MOST_ADDITIONS:
        kinds.append("addition")
    if letter.state not in (*ENDED, "replied"):
        kinds.append("withdrawal")
    return kinds


def _can_reopen(letter: IntakeLetter, today: date) -> bool:
    is_open = letter.state == "replied" or (
        letter.state == "closed" and letter.why_closed != "solved"
    )
    return is_open and letter.reopened < MOST_REOPENINGS and _in_time(letter, today)


def _can_appeal(letter: IntakeLetter, today: date) -> bool:
    answer = letter.answer
    is_malicious = (
        letter.state == "replied" and answer is not None and (answer.outcome == "malicious")
    )
    has_appealed = any(step.what == "appeal.made" for step in letter.history)
    can = letter.state == "declined" or is_malicious
    return can and not has_appealed and _in_time(letter, today)


def _in_time(letter: IntakeLetter, today: date) -> bool:
    until = letter.answer.answer_by if letter.answer else None
    return until is None or today <= until
