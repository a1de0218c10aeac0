"""Daily counts: the leaves of a day's letters, and the signed entries with the leaves they count.

Document 0 holds the first day that is counted, every other one an entry under its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from shared.kernel.daily_counts import Entry
from shared.platform.mongo.database import Collection, Document, Index, Insert

COUNTS: Final = "daily_counts"
COUNT_INDEXES: Final = (Index((("entry.day", 1),), sparse=True),)
MOST_ENTRIES: Final = 400
"""Entries on one page: a year."""


@dataclass(frozen=True, slots=True)
class CountEntry:
    """A signed entry with its leaves."""

    entry: Entry
    leaves: Sequence[str] = field(repr=False)

    @property
    def number(self) -> int:
        """Its place in the chain, from 1."""
        number: int = self.entry["number"]
        return number

    @property
    def day(self) -> date:
        """The day whose letters it counts."""
        return date.fromisoformat(self.entry["day"])


async def begin(counts: Collection, letters: Collection, *, today: date, tomorrow: date) -> date:
    """The first day that is counted, decided once; today is complete if there are no letters.

    Raises: DatabaseFault.
    """
    if (known := await counts.one({"_id": 0})) is None:
        first = tomorrow if await letters.find({}, fields={"_id": 1}, limit=1) else today
        await counts.write([Insert({"_id": 0, "first_day": first.isoformat()})])
        known = await counts.one({"_id": 0})
    return date.fromisoformat((known or {})["first_day"])


async def leaves_of(letters: Collection, day: date) -> list[str]:
    """The leaves of all letters received on a day. Raises: DatabaseFault."""
    found = await letters.find({"received_on": day.isoformat()}, fields={"state.leaf.leaf": 1})
    return [one["state"]["leaf"]["leaf"] for one in found]


async def days_noted(letters: Collection, since: datetime) -> set[date]:
    """Days of receipt of the letters that became known since. Raises: DatabaseFault."""
    noted = letters.stream({"leaf_noted_at": {"$gte": since}}, fields={"received_on": 1})
    return {date.fromisoformat(one["received_on"]) async for one in noted}


async def last_entry(counts: Collection) -> CountEntry | None:
    """The newest entry. Raises: DatabaseFault."""
    found = await counts.find({"_id": {"$gte": 1}}, sort=[("_id", -1)], limit=1)
    return _entry(found[0]) if found else None


async def newest_day(counts: Collection) -> CountEntry | None:
    """The first entry of the newest day that is counted. Raises: DatabaseFault."""
    where = {"_id": {"$gte": 1}, "entry.corrects": 0}
    found = await counts.find(where, sort=[("_id", -1)], limit=1)
    return _entry(found[0]) if found else None


async def entries_of(counts: Collection, day: date) -> list[CountEntry]:
    """A day's entries, the newest last. Raises: DatabaseFault."""
    found = await counts.find({"entry.day": day.isoformat()})
    return sorted(map(_entry, found), key=lambda each: each.number)


async def append(counts: Collection, entry: Entry, *, leaves: Sequence[str]) -> bool:
    """Store an entry; False if another replica has stored one of that number.

    Raises: DatabaseFault.
    """
    document: Document = {"_id": entry["number"], "entry": dict(entry), "leaves": list(leaves)}
    return not (await counts.write([Insert(document)])).taken


async def entries_after(counts: Collection, number: int) -> tuple[list[dict[str, Any]], int | None]:
    """Entries after that number without their leaves, oldest first; the last one if more follow.

    Raises: DatabaseFault.
    """
    where = {"_id": {"$gt": max(number, 0)}}
    found = await counts.find(where, fields={"entry": 1}, sort=[("_id", 1)], limit=MOST_ENTRIES + 1)
    shown = [one["entry"] for one in found[:MOST_ENTRIES]]
    return shown, shown[-1]["number"] if len(found) > MOST_ENTRIES else None


async def newest_entries(counts: Collection, *, most: int) -> list[dict[str, Any]]:
    """The newest entries without their leaves, newest first. Raises: DatabaseFault."""
    found = await counts.find(
        {"_id": {"$gte": 1}}, fields={"entry": 1}, sort=[("_id", -1)], limit=most
    )
    return [one["entry"] for one in found]


def _entry(document: Document) -> CountEntry:
    return CountEntry(document["entry"], document["leaves"])
