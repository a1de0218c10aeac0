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
"""Working days from a usual reply to what it promises, weekends left out."""
USUAL_DAYS: dict[Category, int] = {
    "inquiry": 2, "request": 10, "suggestion": 10, "complaint": 15, "report": 15, "thanks": 7,
}  # fmt: skip
"""In so many working days a bureau means to answer."""

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
"""Categories of general concern: their publication is proposed."""


def reply(held: BureauLetter, pace: Pace, *, made: Made, is_plain: bool) -> Reply:
    """The reply to a letter of its category; `is_plain`: it promises nothing."""
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
    """How many days of work after a usual reply something is promised for."""
    share = drawn(seed, held.lot, what="promised day")
    return FEWEST_DAYS + int(share * (MOST_DAYS - FEWEST_DAYS + 1))


def _promise(held: BureauLetter, seed: str) -> Promise:
    due_on = _days_after(held.said_at, USUAL_DAYS[held.category] + days_promised(held, seed))
    return promise(due_on, phrase("promise", is_english=held.is_english))


def _days_after(at: datetime, days: int) -> date:
    """So many days of work after that instant, in Guangdong; nobody works on weekends here."""
    day = at.astimezone(GUANGDONG).date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day
