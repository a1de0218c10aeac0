"""How the router keeps letters: their shape, their indexes, and what is said of each event."""

from collections.abc import AsyncIterator, Iterable
from typing import Any, get_args

from pydantic import TypeAdapter

from services.router.domain import Letter, RouterState, SaidAgain, for_bureau, standing, told
from shared.contracts.bureau_v1 import LetterIdentity, LetterSnapshot, PublicationNoted
from shared.contracts.event import Fact
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.topics import (
    DEADLINES,
    PROGRESS,
    PUBLISHED,
    RESENDS,
    SUBMITTED,
    actions_of,
    letters_of,
)
from shared.contracts.vocabulary import State
from shared.platform.database import Collection, Document, Index
from shared.platform.documents import INDEXES as SHELL_INDEXES
from shared.platform.paging import Listing, Place
from shared.platform.rules import Again, Outgoing
from shared.platform.seen import marks

LETTERS = "letters"
STRANGERS = "strangers"

STATE: TypeAdapter[RouterState] = TypeAdapter(RouterState)

READS = (
    SUBMITTED.name,
    DEADLINES.name,
    PUBLISHED.name,
    RESENDS.name,
    *(actions_of(slug).name for slug in BUREAUS),
)
WRITES = (PROGRESS.name, *(letters_of(slug).name for slug in BUREAUS))

INDEXES = {
    LETTERS: (*SHELL_INDEXES, Index((("is", 1), ("received_at", 1), ("_id", 1)))),
    STRANGERS: (Index((("at", 1),), expire_after_s=7 * 86_400),),
}

FOR_BUREAUS = (LetterIdentity, LetterSnapshot, PublicationNoted)
"""Facts that are said to a bureau alone."""

OLDEST_FIRST = Listing(at="received_at", direction=1, most=50)


def index(state: RouterState) -> Document:
    """What letters are looked up by: `is` is holder and state, as `guangzhou:handling`.

    The other two are for `findable` (shared/platform/seen.py), without which nobody gets a list.
    """
    if not isinstance(state, Letter):
        return {"is": None, "received_at": None, **marks(None)}
    now = {"is": f"{state.holder}:{state.state}", "received_at": state.received_at}
    return now | marks(standing(state))


def outgoing(event: Any, after: RouterState) -> Iterable[Outgoing | Again]:
    """The fact for everyone, and the copy for the bureau that holds the letter."""
    if isinstance(event, SaidAgain):
        yield Again(letters_of(event.bureau).name, event.from_sequence)
    if isinstance(event, Fact) and not isinstance(event, FOR_BUREAUS):
        yield Outgoing(PROGRESS.name, event)
    if (bureau := told(event, after)) is not None:
        for copy in for_bureau(event, after):
            yield Outgoing(letters_of(bureau).name, copy)


async def held_by(letters: Collection, bureau: Bureau) -> AsyncIterator[str]:
    """The numbers of all letters that the bureau holds, and of those that it had to the end."""
    held = {"is": {"$in": [f"{bureau}:{state}" for state in get_args(State)]}}
    async for one in letters.stream(held, fields={"_id": 1}):
        yield one["_id"]


async def in_triage(
    letters: Collection, seen: Document, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """One page of what waits for a person, oldest first, and where it ended if more follows.

    `seen`: the filter for what the asker may find.
    """
    return await OLDEST_FIRST.page(letters, {"is": "triage:triage"} | seen, after=after)
