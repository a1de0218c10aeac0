"""By which way are letters found, and how far is one request taken? Each way is bounded.

The database names candidates that this person may find, newest first; each is opened, and shown
only if `may_see` and the letter itself say so. A page ends when it is full or enough was opened.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final, get_args

from services.router.api.desk import Desk
from services.router.api.seeing import found_by, letter_for, only_found_in, seen_by
from services.router.domain import Letter
from services.router.domain.searching import Wanted
from services.router.store.walking import AHEAD, NOT_ONE, Some, Walk
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.vocabulary import State
from shared.kernel.access_policy import Sight
from shared.kernel.errors import NotFound
from shared.platform.http.tokens import Person
from shared.platform.mongo.database import Document
from shared.platform.mongo.paging import Place

SHOWN: Final = 20
"""Letters on a page."""
TOGETHER: Final = 20
"""Letters that are loaded at once."""
MOST_OPENED: Final = 200
"""Letters that are opened for one request."""
MOST_READ: Final = 200
"""Letters of which codes and marks are read at once."""
COMMON: Final = 0.5
"""A share of letters with even the rarest piece: they are as soon found by when they came."""
COMMON_AMONG_FEW: Final = 0.1
"""The same where an index names few letters: those of one bureau, of one city or in one state."""
MOST_HELD: Final = 1_000
"""Letters with the rarest piece that are looked at for one request; from there on by time."""
MOST_WALKED: Final = 2_000
"""Letters that are looked at for one request by when they came, opened or not."""
NOWHERE: Final[Place] = datetime.max.replace(tzinfo=UTC), NOT_ONE

Hit = tuple[str, Letter, Sight]

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
    """By the rarest piece; where it is met too often for that, by when letters came."""
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


def by_time(wanted: Wanted, person: Person, *, desk: Desk, after: Place | None) -> Candidates:
    """Newest first, a page and one at a time."""
    return _walk(wanted, person, desk=desk, after=_start(wanted, desk, after))


async def _walk(wanted: Wanted, person: Person, *, desk: Desk, after: Place) -> Candidates:
    """Letters that are so by their codes."""
    so, since = _so(wanted, person), wanted.received_from
    walk = Walk(desk.documents, "received_at", desk.now(), rest=so)
    async for step in walk.newest_first([_followed(so)], after=after, most=MOST_READ, since=since):
        yield Some([walk.place(one) for one in step.found], step.upto, step.looked)


def _start(wanted: Wanted, desk: Desk, after: Place | None) -> Place:
    """From where on letters are looked through."""
    newest, end = (desk.now() + AHEAD, NOT_ONE), wanted.received_before
    return min(after or newest, newest, (end, NOT_ONE) if end else newest)


def _seen(number: str, letter: object, wanted: Wanted, person: Person) -> Iterable[Hit]:
    if isinstance(letter, Letter):
        sight = seen_by(person, letter)
        if sight != "nothing" and wanted.fits(letter, sight=sight):
            yield number, letter, sight


def _so(wanted: Wanted, person: Person) -> Document:
    """What the database can say of candidates: who may find them, and codes."""
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
    """What of it an index has before the instant of receipt, the narrowest first."""
    named = (name for name in ("is", "bureaus", "city") if isinstance(so.get(name), str))
    return {name: so[name] for name in islice(named, 1)}
