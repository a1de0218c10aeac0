"""Named queries for letters."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import get_args

from services.router.domain.preconditions import ENDED
from services.router.domain.signing import SigningSeat
from shared.contracts.slugs import Bureau, Holder
from shared.contracts.vocabulary import State
from shared.platform.mongo.database import Collection, Document
from shared.platform.mongo.paging import Listing, Place

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything was due."""
LAST = datetime(9999, 1, 1, tzinfo=UTC)
MOST_COUNTED = 100_000
MOST_DRAFTS = 5_000
"""Waiting drafts looked at for one person."""
FOLLOWED = Listing(at="followed_since", direction=1, most=50)
OLDEST_FIRST = Listing(at="received_at", direction=1, most=50)


async def held_by(letters: Collection, bureau: Bureau) -> AsyncIterator[str]:
    """Yield the numbers of all letters that the bureau holds, or held when they ended."""
    held = {"is": {"$in": [f"{bureau}:{state}" for state in get_args(State)]}}
    async for holding in letters.stream(held, fields={"_id": 1}):
        yield holding["_id"]


async def open_at(letters: Collection, bureau: Bureau) -> AsyncIterator[str]:
    """Yield the numbers of the letters that the bureau holds and that have not ended."""
    states = [state for state in get_args(State) if state not in ENDED]
    held = {"is": {"$in": [f"{bureau}:{state}" for state in states]}}
    async for holding in letters.stream(held, fields={"_id": 1}):
        yield holding["_id"]


async def standing_at(
    letters: Collection, holder: Holder, *, state: State
) -> tuple[int, datetime | None]:
    """Return how many letters a holder has in a state, up to 100,000, and since when the oldest."""
    where = {"is": f"{holder}:{state}"}
    if not (count := await letters.count(where, most=MOST_COUNTED)):
        return 0, None
    oldest = await letters.find(
        where, fields={"received_at": 1}, sort=(("received_at", 1),), limit=1
    )
    return count, oldest[0]["received_at"] if oldest else None


async def in_triage(
    letters: Collection, seen: Document, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """Return one page of waiting letters, oldest first, and where it ended if more follow.

    `seen`: the filter for what the person may find.
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
    """Return one page of these holders' letters in a state, oldest first; `seen` as above."""
    found = {"is": {"$in": [f"{holder}:{state}" for holder in sorted(holders)]}}
    return await OLDEST_FIRST.page(letters, found | seen, after=after)


async def drafts_at(
    letters: Collection, seen: Document, *, seats: Iterable[SigningSeat]
) -> list[str]:
    """Return the letters with a draft that one of these offices may sign, the first due first.

    From the codes of the stored drafts, so that those of older versions are found.
    """
    seats = list(seats)
    holders = sorted({holder for seat in seats for holder in seat.holders})
    where = {"is": {"$in": [f"{holder}:signing" for holder in holders]}} | seen
    fields = dict.fromkeys(("is", "due_at", "state.draft.signers"), 1)
    found = await letters.find(where, fields=fields, limit=MOST_DRAFTS)
    theirs = [one for one in found if any(_is_at(one, seat) for seat in seats)]
    return [one["_id"] for one in sorted(theirs, key=lambda one: one.get("due_at") or LAST)]


def _is_at(document: Document, seat: SigningSeat) -> bool:
    draft = (document.get("state") or {}).get("draft") or {}
    signers = draft.get("signers") or ()
    holder = document["is"].partition(":")[0]
    step = "supervisor" if signers and signers[0] == "supervisor" else "chief"
    return bool(signers) and holder in seat.holders and seat.step in (None, step)


async def followed(
    letters: Collection, seen: Document, *, after: Place | None
) -> tuple[list[str], Place | None]:
    """Return one page of letters to the province that another bureau handles, oldest first."""
    return await FOLLOWED.page(letters, {"followed_since": {"$gt": NEVER}} | seen, after=after)


async def with_dates(letters: Collection, *, together: int) -> AsyncIterator[list[str]]:
    """Yield the numbers of all letters with a running clock, so many at a time."""
    group: list[str] = []
    async for one in letters.stream({"due_at": {"$gt": NEVER}}, fields={"_id": 1}):
        group.append(one["_id"])
        if len(group) == together:
            yield group
            group = []
    if group:
        yield group


async def versions_in_use(letters: Collection) -> AsyncIterator[str]:
    """Yield the policy version of each letter with a running clock."""
    fields = {"state.policy_version": 1}
    async for one in letters.stream({"due_at": {"$gt": NEVER}}, fields=fields):
        yield one["state"].get("policy_version", "")
