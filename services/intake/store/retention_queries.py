"""Letters and diversions by the retention table: what is due, and what has to be dated again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.intake.domain import IntakeState
from services.intake.domain.retention import due_parts
from shared.kernel.retention import RetentionTable
from shared.platform.mongo.database import Collection, Document, Index, Update

RETENTION_FIELDS = ("erase_due", "erase_rule", "dated_by")
RETENTION_INDEXES = (
    Index((("erase_due", 1),), sparse=True),
    Index((("dated_by", 1),)),
    Index((("state.found_in", 1),), sparse=True),
)
"""`dated_by` is not sparse: documents of older versions are found by its absence."""
MOST_DUE = 20
"""Letters erased in one pass."""
MOST_UNDATED = 100
"""Documents dated again in one pass."""
MOST_COUNTED = 1_000
"""Up to where overdue letters are counted."""

States = Callable[[Sequence[str]], Awaitable[Mapping[str, IntakeState]]]


class Overdue(NamedTuple):
    """Letters and diversions with a part that should have been erased, by its rule."""

    letters: int
    oldest: datetime


def retention_fields(state: IntakeState, table: RetentionTable) -> Document:
    """Index fields: when the next part is due, by which rule, and by which table that was dated."""
    first = next(iter(due_parts(state, table)), None)
    return {
        "erase_due": first.at if first else None,
        "erase_rule": first.rule if first else None,
        "dated_by": table.mark,
    }


async def due(letters: Collection, now: datetime) -> list[str]:
    """Some of the letters and diversions with a due part, the longest due first."""
    found = await letters.find(
        {"erase_due": {"$lte": now}}, fields={"_id": 1}, sort=(("erase_due", 1),), limit=MOST_DUE
    )
    return [each["_id"] for each in found]


async def next_due(letters: Collection, now: datetime) -> datetime | None:
    """When the next part will be due; None if no date is known."""
    later = {"erase_due": {"$gt": now}}
    found = await letters.find(later, fields={"erase_due": 1}, sort=(("erase_due", 1),), limit=1)
    return found[0]["erase_due"] if found else None


async def overdue(letters: Collection, now: datetime) -> dict[str, Overdue]:
    """What is due, by rule, counted up to a thousand in all."""
    found = await letters.find(
        {"erase_due": {"$lte": now}},
        fields={"erase_due": 1, "erase_rule": 1},
        sort=(("erase_due", 1),),
        limit=MOST_COUNTED,
    )
    counted: dict[str, Overdue] = {}
    for each in found:
        before = counted.get(each["erase_rule"], Overdue(0, each["erase_due"]))
        counted[each["erase_rule"]] = before._replace(letters=before.letters + 1)
    return counted


async def date_again(letters: Collection, states: States, *, table: RetentionTable) -> int:
    """Date some documents that an older version or another table left; return how many.

    A document that is written meanwhile dates itself. Raises: DatabaseFault.
    """
    found = await letters.find(
        {"dated_by": {"$nin": [table.mark]}}, fields={"version": 1}, limit=MOST_UNDATED
    )
    known = await states([each["_id"] for each in found])
    await letters.write(
        [
            _dated(each, retention_fields(known[each["_id"]], table))
            if each["_id"] in known
            else _dated(each, {"dated_by": table.mark})
            for each in found
        ]
    )
    return len(found)


async def diversions_about(letters: Collection, letter: str) -> list[str]:
    """The diversions that were found in a letter's conversation."""
    found = await letters.find({"state.found_in": letter}, fields={"_id": 1})
    return [each["_id"] for each in found]


def _dated(document: Document, fields: Document) -> Update:
    change: Document = {"$set": {name: value for name, value in fields.items() if value}}
    if absent := [name for name in RETENTION_FIELDS if not fields.get(name)]:
        change["$unset"] = dict.fromkeys(absent, "")
    return Update({"_id": document["_id"], "version": document["version"]}, change)
