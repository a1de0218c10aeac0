"""Search for staff. Asked by POST: what somebody looks for stands in no address, and in no log."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.router import metrics
from services.router.api.asking import TheDesk
from services.router.api.bodies import Body, subject
from services.router.api.routes import Reader
from services.router.api.searching import by_number, by_time, by_words, page
from services.router.domain import Letter
from services.router.domain.searching import Wanted
from shared.contracts.fields import Day, DistrictCode
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.text import Text
from shared.contracts.vocabulary import Category, State
from shared.kernel.access_policy import Sight
from shared.kernel.civil import ONE_DAY, passes_at
from shared.kernel.errors import BadValue
from shared.platform.mongo.paging import PLACE, place, written
from shared.rules.text.search_grams import grams, terms

MOST_WORDS = 64
"""Characters of what is typed."""
MOST_TERMS = 8
SomeDay = Annotated[Day, Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))]

router = APIRouter(prefix="/v1", tags=["letters"])


class Search(Body):
    """What is looked for; what isn't there may be anything. Days are those of Asia/Shanghai."""

    number: Annotated[str, Text(1, 64)] | None = None
    words: Annotated[str, Text(1, MOST_WORDS)] | None = None
    """All of them must stand in the subject or at the beginning of the text."""
    holder: Holder | None = None
    state: State | None = None
    category: Category | None = None
    city: Bureau | None = None
    """Where the matter arose."""
    district: DistrictCode | None = None
    due_until: SomeDay | None = None
    """The first of its clocks passes at 24:00 of that day, or before."""
    received_from: SomeDay | None = None
    received_until: SomeDay | None = None
    after: Annotated[str, Field(pattern=PLACE)] | None = None
    """The last page's `next`."""


class Hit(BaseModel):
    """A letter that was found; a former holder is told nothing that may have changed since."""

    letter: str
    sight: Sight
    received_at: datetime
    state: State | None = None
    holder: Holder | None = None
    category: Category | None = None
    supervised: bool | None = None
    due_at: datetime | None = None
    """When the first of its clocks passes."""
    subject: str | None = Field(default=None, repr=False)
    """None to whoever sees no more than its course."""


class Hits(BaseModel):
    """One page of what was found, newest first."""

    letters: list[Hit]
    next: str | None
    """What to ask for `after`: there may be more, also when this page is short."""


@router.post("/search")
async def search(asked: Search, person: Reader, desk: TheDesk) -> Hits:
    """Letters that this person may see and that are so. Nothing is kept of the question."""
    wanted, pieces = _wanted(asked), frozenset[str]()
    if asked.words is not None:
        pieces = grams(asked.words)
        if not pieces:
            raise BadValue("words")
    after = place(asked.after) if asked.after else None
    if asked.number is not None:
        way, found = "number", by_number(asked.number, person, desk=desk)
    elif pieces:
        way, found = "words", by_words(wanted, pieces, person=person, desk=desk, after=after)
    else:
        way, found = "time", by_time(wanted, person, desk=desk, after=after)
    metrics.SEARCHES.labels(way).inc()
    hits, end = await page(found, wanted, person=person, desk=desk)
    return Hits(
        letters=[hit(number, letter, sight=sight) for number, letter, sight in hits],
        next=written(end) if end else None,
    )


def hit(number: str, letter: Letter, *, sight: Sight) -> Hit:
    """A letter in a list of such, as somebody with this sight of it may see it."""
    found = Hit(letter=number, sight=sight, received_at=letter.received_at)
    if sight in ("all", "past"):
        found.subject = subject(letter, is_masked=letter.masked or sight == "past")
    if sight in ("all", "course"):
        found.state, found.holder = letter.state, letter.holder
        found.category, found.supervised = letter.category, letter.is_supervised
        found.due_at = letter.due_at
    return found


def _wanted(asked: Search) -> Wanted:
    """Raises: BadValue."""
    words = terms(asked.words or "")
    if len(words) > MOST_TERMS:
        raise BadValue("words")
    return Wanted(
        terms=words,
        holder=asked.holder,
        state=asked.state,
        category=asked.category,
        city=asked.city,
        district=asked.district,
        due_by=passes_at(asked.due_until) if asked.due_until else None,
        received_from=passes_at(asked.received_from - ONE_DAY) if asked.received_from else None,
        received_before=passes_at(asked.received_until) if asked.received_until else None,
    )
