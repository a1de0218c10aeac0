"""By which way are letters found, and how far is one request taken? Each way is bounded.

The database names candidates that this person may find, newest first; each is opened, and shown
only if `may_see` and the letter itself say so. A page ends when it is full or enough was opened.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from services.router.api.desk import Desk
from services.router.api.seeing import found_by, letter_for, seen_by
from services.router.domain import Letter
from services.router.domain.searching import Wanted
from services.router.store.walking import NOT_ONE, newest_first
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.vocabulary import State
from shared.kernel.errors import NotFound
from shared.kernel.seeing import Sight
from shared.platform.database import Document
from shared.platform.paging import Place
from shared.platform.tokens import Person

SHOWN: Final = 20
"""Letters on a page."""
MOST_OPENED: Final = 200
"""Letters that are opened for one request."""
TOGETHER: Final = 20
"""Letters that are loaded at once."""
WALKED: Final = 100
MOST_WALKED: Final = 2_000
"""Letters that this person may find and that are looked at for one request, opened or not."""
AHEAD: Final = timedelta(days=1)
"""How far another's clock may be ahead of ours."""
NOWHERE: Final[Place] = datetime.max.replace(tzinfo=UTC), NOT_ONE

Hit = tuple[str, Letter, Sight]


@dataclass(frozen=True, slots=True)
class Some:
    """Candidates, and of how many letters that this person may find they are left."""

    places: Sequence[Place]
    upto: Place
    """The last of those that were looked at."""
    looked: int


Candidates = AsyncIterator[Some]
HOLDERS: Final[tuple[Holder, ...]] = ("triage", *BUREAUS)
STATES: Final[tuple[State, ...]] = get_args(State)


async def page(
    found: Candidates, wanted: Wanted, *, person: Person, desk: Desk
) -> tuple[list[Hit], Place | None]:
    """The candidates that are so, and after which of them to go on if there may be more.

    Raises: DatabaseFault.
    """
    hits: list[Hit] = []
    opened, looked, last = 0, 0, NOWHERE
    async for some in found:
        for start in range(0, len(some.places), TOGETHER):
            group = some.places[start : start + TOGETHER]
            letters = await desk.letters.states([number for _, number in group])
            for at in group:
                if len(hits) == SHOWN or opened == MOST_OPENED:
                    return hits, last
                opened, last = opened + 1, at
                hits += _seen(at[1], letters.get(at[1]), wanted, person, desk)
        looked, last = looked + some.looked, some.upto
        if looked >= MOST_WALKED:
            return hits, last
    return hits, None


async def by_number(number: str, person: Person, *, desk: Desk) -> Candidates:
    """The one letter of that number, however it is typed."""
    try:
        normal, letter, _ = await letter_for(person, number, desk=desk)
    except NotFound:
        return
    at = letter.received_at, normal
    yield Some([at], at, 1)


async def by_words(
    wanted: Wanted, pieces: frozenset[str], *, person: Person, desk: Desk, after: Place | None
) -> Candidates:
    """By the rarest piece; where all are met everywhere, by when letters came."""
    places = await desk.words.holding(pieces)
    if places is None:
        walk = _walk(wanted, person, desk=desk, after=after, most=WALKED)
        async for some in walk:
            numbers = [number for _, number in some.places]
            known = await desk.words.holding_among(numbers, pieces)
            left = [at for at in some.places if at[1] in known]
            yield Some(left, some.upto, some.looked)
        return
    left = [at for at in places if after is None or at < after]
    where = {"_id": {"$in": [number for _, number in left]}}
    visible = await desk.documents.find(where | _so(wanted, person, desk), fields={"_id": 1})
    known = {one["_id"] for one in visible}
    if found := [at for at in left if at[1] in known]:
        yield Some(found, found[-1], len(found))


def by_time(wanted: Wanted, person: Person, *, desk: Desk, after: Place | None) -> Candidates:
    """Newest first, a page and one at a time."""
    return _walk(wanted, person, desk=desk, after=after, most=SHOWN + 1)


async def _walk(
    wanted: Wanted, person: Person, *, desk: Desk, after: Place | None, most: int
) -> Candidates:
    """Letters that are so by their codes."""
    newest = desk.now() + AHEAD, NOT_ONE
    end = wanted.received_before
    start = min(after or newest, newest, (end, NOT_ONE) if end else newest)
    where, since = _so(wanted, person, desk), wanted.received_from
    walk = newest_first(desk.documents, where, after=start, most=most, since=since)
    async for places in walk:
        yield Some(places, places[-1], len(places))


def _seen(number: str, letter: object, wanted: Wanted, person: Person, desk: Desk) -> Iterable[Hit]:
    if isinstance(letter, Letter):
        sight = seen_by(person, letter, desk=desk)
        if sight != "nothing" and wanted.fits(letter, sight=sight):
            yield number, letter, sight


def _so(wanted: Wanted, person: Person, desk: Desk) -> Document:
    """What the database can say of candidates: who may find them, and codes."""
    least: Sight = "past" if wanted.terms else "course"
    where = found_by(person, desk=desk, least=least)
    if wanted.holder or wanted.state:
        holders = (wanted.holder,) if wanted.holder else HOLDERS
        states: Sequence[State] = (wanted.state,) if wanted.state else STATES
        where["is"] = {"$in": [f"{holder}:{state}" for holder in holders for state in states]}
    if wanted.category:
        where["category"] = wanted.category
    if wanted.city:
        where["city"] = wanted.city
    if wanted.due_by:
        where["due_at"] = {"$lte": wanted.due_by}
    return where
