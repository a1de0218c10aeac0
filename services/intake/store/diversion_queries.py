"""Diversions that wait for the duty desk or for their letter, and who has read them."""

from collections.abc import Collection as Many
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from shared.platform.mongo.database import Collection, Document, Index, Insert
from shared.platform.mongo.paging import EVER, Listing, Place
from shared.platform.runtime.clock import Now

READINGS = "duty_readings"
READING_INDEXES = (Index((("diversion", 1), ("at", 1))),)
MOST_LETTERS = 100
"""Letters accepted in one pass."""
MOST_COUNTED = 1_000
"""Up to where diversions are counted, in all and for one writer."""
MOST_ROWS = 50

QueueName: TypeAlias = Literal["unseen", "unresolved"]

_QUEUES = {
    "unseen": Listing(at="unseen_since", direction=1, most=50),
    "unresolved": Listing(at="unresolved_since", direction=1, most=50),
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """All diversions of one writer in one queue."""

    first: Place
    """When the first of them was diverted, and its number."""
    newest: str
    count: int
    """Up to `MOST_COUNTED`."""


async def rows(
    letters: Collection, waiting: QueueName, *, after: Place | None = None
) -> tuple[list[QueueRow], Place | None]:
    """One page of rows, ordered by their first diversions, and its end.

    A page costs the same however many diversions a writer has: the next query leaves out the
    writers that were found.
    """
    listing, found = _QUEUES[waiting], list[QueueRow]()
    writers, begins, is_more = set[str](), after, True
    while is_more and len(found) <= MOST_ROWS:
        others = {listing.at: EVER, "diverted_by": {"$nin": sorted(writers)}}
        numbers, begins = await listing.page(letters, others, after=begins)
        is_more = begins is not None
        for number, writer in (await _writers_of(letters, numbers)).items():
            if writer in writers:
                continue
            writers.add(writer)
            row = await _row(letters, listing.at, number=number, writer=writer)
            if row is not None and (after is None or row.first > after):
                found.append(row)
    page = found[:MOST_ROWS]
    return page, page[-1].first if len(found) > len(page) else None


async def _writers_of(letters: Collection, numbers: Many[str]) -> dict[str, str]:
    """The keyed hash of each diversion's writer, in that order."""
    found = await letters.find({"_id": {"$in": [*numbers]}}, fields={"state.owner": 1})
    owners = {each["_id"]: each["state"]["owner"] for each in found}
    return {number: owners[number] for number in numbers if number in owners}


async def _row(letters: Collection, at: str, *, number: str, writer: str) -> QueueRow | None:
    """That writer's row; of `number` alone if an older version stored it.

    None: nothing waits any more.
    """
    where, oldest = {"diverted_by": writer, at: EVER}, ((at, 1), ("_id", 1))
    found = await letters.find(where, fields={at: 1}, sort=oldest, limit=MOST_COUNTED)
    found = found or await letters.find({"_id": number, at: EVER}, fields={at: 1})
    if not found:
        return None
    newest = found[-1:]
    if len(found) == MOST_COUNTED:
        last = ((at, -1), ("_id", -1))
        newest = await letters.find(where, fields={at: 1}, sort=last, limit=1) or newest
    return QueueRow((found[0][at], found[0]["_id"]), newest[0]["_id"], len(found))


async def of_writer(
    letters: Collection, writer: str, *, waiting: QueueName, after: Place | None = None
) -> tuple[list[str], Place | None]:
    """One page of a writer's numbers in that queue, oldest first, and its end."""
    listing = _QUEUES[waiting]
    return await listing.page(letters, {"diverted_by": writer, listing.at: EVER}, after=after)


async def first_unseen_of(letters: Collection, writer: str) -> str | None:
    """The number under which the desk is called about the writer's unseen diversions."""
    unseen_ones = {"diverted_by": writer, "unseen_since": EVER}
    order = (("unseen_since", 1), ("_id", 1))
    found = await letters.find(unseen_ones, fields={"state.repeats": 1}, sort=order, limit=1)
    return next((each["state"].get("repeats") or each["_id"] for each in found), None)


async def letters_due(letters: Collection, now: datetime) -> list[str]:
    """Some of the diversions whose letter is still to be accepted."""
    where = {"letter_due_since": {"$lte": now}}
    found = await letters.find(where, fields={"_id": 1}, limit=MOST_LETTERS)
    return [each["_id"] for each in found]


async def unseen(letters: Collection) -> tuple[int, datetime | None]:
    """How many nobody has seen, and when the oldest was diverted."""
    found = await letters.find(
        {"unseen_since": EVER},
        fields={"unseen_since": 1},
        sort=(("unseen_since", 1),),
        limit=MOST_COUNTED,
    )
    return len(found), found[0]["unseen_since"] if found else None


class Readings:
    """Who of the duty desk has read which diversion: one entry per hour."""

    def __init__(self, collection: Collection, *, now: Now) -> None:
        self._collection = collection
        self._now = now

    async def note(self, staff: str, diversions: Many[str]) -> None:
        """Record a reading before anything is shown. Raises: DatabaseFault."""
        at = self._now()
        await self._collection.write(
            [
                Insert(
                    {
                        "_id": f"{number}/{staff}/{at:%Y%m%dT%H}",
                        "diversion": number,
                        "staff": staff,
                        "at": at,
                    }
                )
                for number in diversions
            ]
        )

    async def of(self, diversion: str) -> list[Document]:
        """Who has read it, in order of time. Raises: DatabaseFault."""
        return await self._collection.find({"diversion": diversion}, sort=(("at", 1),))
