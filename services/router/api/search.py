"""Search for staff. The query comes by POST, so that it is in no address and no log.

The database names candidates that the person may find, newest first. Each is opened, and shown only
if `may_see` and the letter itself match. A page ends when it is full or enough letters were opened.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final, get_args

from fastapi import APIRouter

from services.router import metrics
from services.router.api.dependencies import (
    Reader,
    RouterDesk,
    TheDesk,
    found_by,
    letter_for,
    only_found_in,
    seen_by,
)
from services.router.api.lists_schemas import subject
from services.router.api.search_schemas import Hit, Hits, Search
from services.router.domain.letter import Letter
from services.router.domain.search import SearchQuery
from services.router.store.time_walk import AHEAD, NOT_ONE, CandidateBatch, TimeWalk
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.vocabulary import State
from shared.kernel.access_policy import Sight
from shared.kernel.civil import ONE_DAY, passes_at
from shared.kernel.errors import BadValue, NotFound
from shared.platform.http.tokens import Person
from shared.platform.mongo.database import Document
from shared.platform.mongo.paging import Place, place, written
from shared.rules.text.search_grams import grams, terms

MOST_TERMS = 8
SHOWN: Final = 20
"""Letters on a page."""
TOGETHER: Final = 20
"""Letters loaded at once."""
MOST_OPENED: Final = 200
"""Letters opened for one request."""
MOST_READ: Final = 200
"""Index entries read at once."""
COMMON: Final = 0.5
"""Share of letters with the rarest n-gram from which on a walk by time is as fast."""
COMMON_AMONG_FEW: Final = 0.1
"""The same if an index names few letters: those of one bureau, city or state."""
MOST_HELD: Final = 1_000
"""Letters with the rarest n-gram looked at for one request; after them the walk is by time."""
MOST_WALKED: Final = 2_000
"""Letters looked at by time for one request, opened or not."""
NOWHERE: Final[Place] = datetime.max.replace(tzinfo=UTC), NOT_ONE
Found = tuple[str, Letter, Sight]
Candidates = AsyncIterator[CandidateBatch]
HOLDERS: Final[tuple[Holder, ...]] = ("triage", *BUREAUS)
STATES: Final[tuple[State, ...]] = get_args(State)
router = APIRouter(prefix="/v1", tags=["letters"])


@router.post("/search")
async def search(asked: Search, person: Reader, desk: TheDesk) -> Hits:
    """Letters that match and that this person may see. The query isn't stored."""
    hits, end = await search_page(asked, person, desk=desk)
    return Hits(
        letters=[hit(number, letter, sight=sight) for number, letter, sight in hits],
        next=written(end) if end else None,
    )


async def search_page(
    asked: Search, person: Person, *, desk: RouterDesk
) -> tuple[list[Found], Place | None]:
    """Return one page of matches, and where to go on. Raises: BadValue, DatabaseFault."""
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
    return await page(found, wanted, person=person, desk=desk)


def hit(number: str, letter: Letter, *, sight: Sight) -> Hit:
    """Return the line of a search for a person with this sight of the letter."""
    found = Hit(letter=number, sight=sight, received_at=letter.received_at)
    if sight in ("all", "past"):
        found.subject = subject(letter, is_masked=letter.masked or sight == "past")
    if sight in ("all", "course"):
        found.state, found.holder = letter.state, letter.holder
        found.category, found.supervised = letter.category, letter.is_supervised
        found.due_at = letter.due_at
    return found


def _wanted(asked: Search) -> SearchQuery:
    """Raises: BadValue."""
    words = terms(asked.words or "")
    if len(words) > MOST_TERMS:
        raise BadValue("words")
    return SearchQuery(
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


async def page(
    found: Candidates, wanted: SearchQuery, *, person: Person, desk: RouterDesk
) -> tuple[list[Found], Place | None]:
    """Return the candidates that match, and where to go on if there may be more.

    Raises: DatabaseFault.
    """
    hits: list[Found] = []
    opened, looked, last = 0, 0, NOWHERE
    async for some in found:
        for start in range(0, len(some.places), TOGETHER):
            group = some.places[start : start + TOGETHER]
            letters = await desk.letters.states([number for _, number in group], where=some.rest)
            for at in group:
                if at[1] not in letters:
                    continue
                if len(hits) == SHOWN or opened == MOST_OPENED:
                    return hits, last
                opened, last = opened + 1, at
                hits += _seen(at[1], letters[at[1]], wanted, person)
        looked, last = looked + some.looked, some.upto or last
        if looked >= MOST_WALKED and some.upto:
            return hits, last
    return hits, None


async def by_number(number: str, person: Person, *, desk: RouterDesk) -> Candidates:
    """Find the letter with that number, in any spelling."""
    try:
        normal, letter, _ = await letter_for(person, number, desk=desk)
    except NotFound:
        return
    at = letter.received_at, normal
    yield CandidateBatch([at], at, 1)


async def by_words(
    wanted: SearchQuery,
    pieces: frozenset[str],
    *,
    person: Person,
    desk: RouterDesk,
    after: Place | None,
) -> Candidates:
    """Find letters by the rarest n-gram; by time if that is too common."""
    at, held = _start(wanted, desk, after), 0
    so, since = _so(wanted, person), wanted.received_from
    if await desk.words.share(pieces) < (COMMON_AMONG_FEW if _followed(so) else COMMON):
        bureau = only_found_in(person)
        async for some in desk.words.holding(pieces, bureau=bureau, after=at, since=since):
            yield replace(some, rest=so)
            held += some.looked
            if some.upto and held >= MOST_HELD:
                at = some.upto
                break
        else:
            return
    async for some in _walk(wanted, person, desk=desk, after=at):
        yield some


def by_time(
    wanted: SearchQuery, person: Person, *, desk: RouterDesk, after: Place | None
) -> Candidates:
    """Find letters by time, newest first."""
    return _walk(wanted, person, desk=desk, after=_start(wanted, desk, after))


async def _walk(
    wanted: SearchQuery, person: Person, *, desk: RouterDesk, after: Place
) -> Candidates:
    """Letters that are so by their codes."""
    so, since = _so(wanted, person), wanted.received_from
    walk = TimeWalk(desk.documents, "received_at", desk.now(), rest=so)
    async for step in walk.newest_first([_followed(so)], after=after, most=MOST_READ, since=since):
        yield CandidateBatch([walk.place(one) for one in step.found], step.upto, step.looked)


def _start(wanted: SearchQuery, desk: RouterDesk, after: Place | None) -> Place:
    """Where the walk starts."""
    newest, end = (desk.now() + AHEAD, NOT_ONE), wanted.received_before
    return min(after or newest, newest, (end, NOT_ONE) if end else newest)


def _seen(number: str, letter: object, wanted: SearchQuery, person: Person) -> Iterable[Found]:
    if isinstance(letter, Letter):
        sight = seen_by(person, letter)
        if sight != "nothing" and wanted.fits(letter, sight=sight):
            yield number, letter, sight


def _so(wanted: SearchQuery, person: Person) -> Document:
    """The part of the query that the database can answer: who may find the letters, and codes."""
    least: Sight = "past" if wanted.terms else "course"
    where = found_by(person, least=least)
    if bureau := only_found_in(person):
        where["bureaus"] = bureau
    if wanted.holder or wanted.state:
        holders = (wanted.holder,) if wanted.holder else HOLDERS
        states: Sequence[State] = (wanted.state,) if wanted.state else STATES
        every = [f"{holder}:{state}" for holder in holders for state in states]
        where["is"] = {"$in": every} if len(every) > 1 else every[0]
    if wanted.category:
        where["category"] = wanted.category
    if wanted.city:
        where["city"] = wanted.city
    if wanted.due_by:
        where["due_at"] = {"$lte": wanted.due_by}
    return where


def _followed(so: Document) -> Document:
    """The narrowest field that an index has before the time of receipt."""
    named = (name for name in ("is", "bureaus", "city") if isinstance(so.get(name), str))
    return {name: so[name] for name in islice(named, 1)}
