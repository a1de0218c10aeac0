"""The ledger of erasures: what was erased of which letter, by which rule, when; no content.

Collection `erasures`: { _id, letter, what, rule, by, at, reference, waits_since, refused }. An
entry is made before anything is erased; `waits_since` is unset once all of it is, so a crash leaves
work to finish. Entries are never deleted.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.vocabulary import Erasable
from shared.platform.app.retention import AskedBy
from shared.platform.mongo.database import Collection, Document, Index, Insert, Update

ERASURES = "erasures"
ERASURES_INDEXES = (
    Index((("waits_since", 1),), sparse=True),
    Index((("letter", 1),)),
    Index((("at", 1), ("_id", 1))),
)
MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class ErasureEntry:
    """One erasure."""

    letter: str
    """The number of a letter or diversion."""
    what: tuple[Erasable, ...]
    rule: str
    """The row of the retention table, or whose request it was."""
    by: AskedBy
    at: datetime
    """When it began (UTC)."""
    reference: str = ""
    """Of the operator's files, where the decision is."""

    @property
    def name(self) -> str:
        """Its id: the same erasure begun again is another one."""
        return f"{self.letter}/{self.at:%Y%m%dT%H%M%S%f}/{'+'.join(self.what)}"

    @property
    def command_id(self) -> str:
        """The id under which its letter is told, once."""
        return f"erase-{self.at:%Y%m%dT%H%M%S%f}-{'-'.join(self.what)}"


class ErasureLedger:
    """All entries. Every method raises DatabaseFault if the database fails."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def begin(self, entry: ErasureEntry) -> None:
        """Record an erasure that is about to be done."""
        await self._collection.write([Insert(_document(entry))])

    async def finish(self, entry: ErasureEntry, *, refused: str | None = None) -> None:
        """Record that it is done, or by which code the letter refused it."""
        change: Document = {"$unset": {"waits_since": ""}}
        if refused is not None:
            change["$set"] = {"refused": refused}
        await self._collection.write([Update({"_id": entry.name}, change)])

    async def waiting(self, before: datetime) -> list[ErasureEntry]:
        """Some of those that were begun before then and are not finished."""
        found = await self._collection.find(
            {"waits_since": {"$lte": before}}, sort=(("waits_since", 1),), limit=MOST_WAITING
        )
        return [_entry(each) for each in found]

    async def done(self) -> AsyncIterator[ErasureEntry]:
        """Yield every finished erasure, oldest first."""
        where = {"waits_since": None, "refused": None}
        order = (("at", 1), ("_id", 1))
        async for each in self._collection.stream(where, sort=order):
            yield _entry(each)


def _document(entry: ErasureEntry) -> Document:
    return {
        "_id": entry.name,
        "letter": entry.letter,
        "what": [*entry.what],
        "rule": entry.rule,
        "by": entry.by,
        "at": entry.at,
        "reference": entry.reference,
        "waits_since": entry.at,
    }


def _entry(document: Document) -> ErasureEntry:
    return ErasureEntry(
        document["letter"],
        tuple(document["what"]),
        document["rule"],
        document["by"],
        document["at"],
        document["reference"],
    )
