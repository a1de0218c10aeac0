"""Replies and promises of a simulated bureau."""

from datetime import date, datetime, timedelta

from clients.bureau.action_records import Made, draft, promise
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.hours import GUANGDONG
from clients.bureau.simulate.mix import drawn
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.phrases import phrase
from clients.bureau.simulate.steps import promises
from clients.bureau.simulate.texts import text_for
from shared.contracts.actions_v1 import Reply
from shared.contracts.values import Promise
from shared.contracts.vocabulary import Category, Outcome, WhereToTurn

SATURDAY = 5
FEWEST_DAYS, MOST_DAYS = 3, 12
"""Working days from a reply to the day that it promises, without weekends."""
USUAL_DAYS: dict[Category, int] = {
    "inquiry": 2, "request": 10, "suggestion": 10, "complaint": 15, "report": 15, "thanks": 7,
}  # fmt: skip
"""The working days within which a bureau intends to answer."""

OUTCOMES: dict[Category, Outcome] = {
    "inquiry": "explained",
    "request": "resolved",
    "complaint": "resolved",
    "report": "referred",
    "suggestion": "adopted",
    "thanks": "explained",
}
REFERRED_TO: dict[Category, WhereToTurn] = {"report": "police_station"}
PUBLIC: frozenset[Category] = frozenset(("suggestion", "inquiry"))
"""Categories of general interest: their publication is proposed."""


def reply(held: BureauLetter, pace: Pace, *, made: Made, is_plain: bool) -> Reply:
    """The reply to a letter of its category; `is_plain`: without promises."""
    text = text_for(
        held.category,
        is_english=held.is_english,
        number=held.replies + 1,
        sent_back=held.sent_back,
        is_wordy=drawn(pace.seed, held.lot, what="wordy") < pace.mix.wordy,
    )
    does_promise = not is_plain and promises(held, pace.mix, seed=pace.seed)
    return draft(
        Reply,
        held.assignment,
        text=text,
        outcome=OUTCOMES[held.category],
        referred_to=REFERRED_TO.get(held.category),
        publication_proposed=held.category in PUBLIC,
        commitments=(_promise(held, pace.seed),) if does_promise else (),
        **made,
    )


def days_promised(held: BureauLetter, seed: str) -> int:
    """The number of working days after the reply for which something is promised."""
    share = drawn(seed, held.lot, what="promised day")
    return FEWEST_DAYS + int(share * (MOST_DAYS - FEWEST_DAYS + 1))


def _promise(held: BureauLetter, seed: str) -> Promise:
    due_on = _days_after(held.said_at, USUAL_DAYS[held.category] + days_promised(held, seed))
    return promise(due_on, phrase("promise", is_english=held.is_english))


def _days_after(at: datetime, days: int) -> date:
    """That many working days later in Guangdong, weekends left out."""
    day = at.astimezone(GUANGDONG).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day
