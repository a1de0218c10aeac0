"""How the router keeps letters: their shape, their indexes, and what is said of each event."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from services.router.domain import (
    Book,
    KeysOf,
    Letter,
    OfficeState,
    SaidAgain,
    for_bureau,
    standing,
    told,
)
from services.router.domain.checks import ENDED
from services.router.store import catalogue
from shared.contracts.bureau_v1 import LetterIdentity, LetterSnapshot, PublicationNoted
from shared.contracts.event import Fact
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.slugs import BUREAUS, Bureau, Holder
from shared.contracts.topics import (
    DEADLINES,
    KEYS,
    PROGRESS,
    PUBLISHED,
    RESENDS,
    SUBMITTED,
    actions_of,
    letters_of,
)
from shared.contracts.vocabulary import State
from shared.kernel.finding import open_in
from shared.kernel.letter_number import is_letter_number
from shared.platform.http.visibility import marks
from shared.platform.letters.document_mapper import INDEXES as SHELL_INDEXES
from shared.platform.letters.service_decider import Outgoing, Resend
from shared.platform.mongo.database import Collection, Document, Index
from shared.platform.mongo.paging import Listing, Place

LETTERS = "letters"
STRANGERS = "strangers"

UNLISTED = "unlisted_since"
"""Since when the catalogue doesn't say of a letter's words what is so."""

STATE: TypeAdapter[OfficeState] = TypeAdapter(OfficeState)

READS = (
    SUBMITTED.name,
    DEADLINES.name,
    PUBLISHED.name,
    RESENDS.name,
    *(actions_of(slug).name for slug in BUREAUS),
)
WRITES = (PROGRESS.name, KEYS.name, *(letters_of(slug).name for slug in BUREAUS))

INDEXES = {
    LETTERS: (
        *SHELL_INDEXES,
        Index((("is", 1), ("received_at", 1), ("_id", 1))),
        Index((("tell_anew_at", 1),), sparse=True),
        Index((("due_at", 1),), sparse=True),
        Index((("followed_since", 1), ("_id", 1)), sparse=True),
        Index((("received_at", 1), ("_id", 1))),
        Index((("city", 1), ("received_at", 1)), sparse=True),
        Index((("bureaus", 1), ("received_at", 1))),
        Index(((UNLISTED, 1),), sparse=True),
    ),
    catalogue.WORDS: catalogue.INDEXES,
    STRANGERS: (Index((("at", 1),), expire_after_s=7 * 86_400),),
}

FOR_BUREAUS = (LetterIdentity, LetterSnapshot, PublicationNoted)
"""Facts that are said to a bureau alone."""
NO_LETTER = "unknown"
"""Subject of a refusal where the action's key is no letter number."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was due."""

MOST_COUNTED = 100_000
FOLLOWED = Listing(at="followed_since", direction=1, most=50)
OLDEST_FIRST = Listing(at="received_at", direction=1, most=50)


def index(state: OfficeState) -> Document:
    """What letters are looked up by: `is` is holder and state, as `guangzhou:handling`.

    `category` and `city` are codes, the city being where the matter arose. `due_at` is when the
    first of its clocks passes, `bureaus` are those in which anybody may find it. Two more are for
    `findable` (shared/platform/http/visibility.py), without which nobody gets a list. Holders of
    keys are looked up by when their letters are to be told anew.
    """
    if isinstance(state, KeysOf):
        return {"tell_anew_at": min(state.tell_anew, default=None)}
    if not isinstance(state, Letter):
        return {"is": None, "received_at": None, **marks(None)}
    seen = standing(state)
    now = {
        "is": f"{state.holder}:{state.state}",
        "received_at": state.received_at,
        "due_at": state.due_at,
        "followed_since": state.received_at if _is_followed(state) else None,
        "category": state.category,
        "city": state.place.city,
        "bureaus": sorted(open_in(seen)),
    }
    return now | marks(seen)


def anew(before: OfficeState, after: OfficeState) -> tuple[str, ...]:
    """`unlisted_since`, where words came or were erased, or a bureau came to find it or no more."""
    return (UNLISTED,) if _listed_in(before) != _listed_in(after) else ()


def _listed_in(state: OfficeState) -> frozenset[str] | None:
    """The bureaus that its entry names; None: it has no words to be found by."""
    if not isinstance(state, Letter) or state.words is None:
        return None
    return open_in(standing(state))


def _is_followed(letter: Letter) -> bool:
    return letter.is_followed_up and letter.state not in ENDED


def outgoing(event: Any, after: OfficeState, *, book: Book) -> Iterable[Outgoing | Resend]:
    """The fact for everyone, and the copy for the bureau that holds the letter; keys for all."""
    if isinstance(event, KeyChanged):
        yield Outgoing(KEYS.name, event)
    if isinstance(event, SaidAgain):
        yield Resend(letters_of(event.bureau).name, event.from_sequence)
    if isinstance(event, Fact) and not isinstance(event, FOR_BUREAUS):
        yield Outgoing(PROGRESS.name, event)
    if isinstance(after, Letter) and (bureau := told(event, after)) is not None:
        for copy in for_bureau(event, after, book=book):
            yield Outgoing(letters_of(bureau).name, copy)


def subject_for(key: str) -> str:
    """The letter that a bureau's action is about, if its key says so.

    Nothing else of a stranger's is repeated.
    """
    return key if is_letter_number(key) else NO_LETTER


async def held_by(letters: Collection, bureau: Bureau) -> AsyncIterator[str]:
    """The numbers of all letters that the bureau holds, and of those that it had to the end."""
    held = {"is": {"$in": [f"{bureau}:{state}" for state in get_args(State)]}}
    async for one in letters.stream(held, fields={"_id": 1}):
        yield one["_id"]


async def open_at(letters: Collection, bureau: Bureau) -> AsyncIterator[str]:
    """The numbers of the letters that the bureau holds and that have not ended."""
    states = [state for state in get_args(State) if state not in ENDED]
    held = {"is": {"$in": [f"{bureau}:{state}" for state in states]}}
    async for one in letters.stream(held, fields={"_id": 1}):
        yield one["_id"]


async def standing_at(
    letters: Collection, holder: Holder, *, state: State
) -> tuple[int, datetime | None]:
    """How many letters stand so, up to 100,000, and when the oldest was received, if any."""
    where = {"is": f"{holder}:{state}"}
    if not (count := await letters.count(where, most=MOST_COUNTED)):
        return 0, None
    oldest = await letters.find(
        where, fields={"received_at": 1}, sort=(("received_at", 1),), limit=1
    )
    return count, oldest[0]["received_at"] if oldest else None


async def to_tell_anew(letters: Collection, now: datetime) -> dict[str, datetime]:
    """Holders of keys whose letters were to be told anew by `now`, and since when."""
    found = await letters.find({"tell_anew_at": {"$lte": now}}, fields={"tell_anew_at": 1})
    return {one["_id"]: one["tell_anew_at"] for one in found}


async def in_triage(
    letters: Collection, seen: Document, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of what waits for a person, oldest first, and where it ended if more follows.

    `seen`: the filter for what the asker may find.
    """
    return await OLDEST_FIRST.page(letters, {"is": "triage:triage"} | seen, after=after)


async def of_holders(
    letters: Collection,
    seen: Document,
    *,
    holders: Iterable[Holder],
    state: State,
    after: Place | None,
) -> tuple[list[str], Place | None]:
    """One page of the letters in a state that these hold, oldest first; `seen` as above."""
    found = {"is": {"$in": [f"{holder}:{state}" for holder in sorted(holders)]}}
    return await OLDEST_FIRST.page(letters, found | seen, after=after)


async def followed(
    letters: Collection, seen: Document, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of the letters to the province that another answers, oldest first."""
    return await FOLLOWED.page(letters, {"followed_since": {"$gt": NEVER}} | seen, after=after)


async def with_dates(letters: Collection, *, together: int) -> AsyncIterator[list[str]]:
    """The numbers of all letters on which a clock runs, so many at a time."""
    group: list[str] = []
    async for one in letters.stream({"due_at": {"$gt": NEVER}}, fields={"_id": 1}):
        group.append(one["_id"])
        if len(group) == together:
            yield group
            group = []
    if group:
        yield group


async def versions_in_use(letters: Collection) -> AsyncIterator[str]:
    """The version of the policies of each letter on which a clock runs."""
    fields = {"state.policy_version": 1}
    async for one in letters.stream({"due_at": {"$gt": NEVER}}, fields=fields):
        yield one["state"].get("policy_version", "")
