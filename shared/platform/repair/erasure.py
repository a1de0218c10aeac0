"""Erasure of content from events that a service has already emitted.

The event that requires the erasure is decided like any other and marks the document. A loop finds
the mark, removes the content from the letter's log and its archive, and unsets the mark; after a
crash it starts over. Parked records are checked forever, because a record of such a letter may be
parked later.
"""

from collections.abc import AsyncIterator, Sequence

from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.letters import document_mapper
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.log_archive import GUARD, moved
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import Collection, Document, Insert, Update
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import ERASED, ERASING

PAUSE_S = 1.0
PARKED_PAUSE_S = 30.0
MOST_AT_ONCE = 20
"""Letters whose whole documents are in memory at once."""

_FIELDS = ("log", "erased", "erasing_since", *GUARD)


class ErasureJob:
    """Erases for all letters of a service."""

    def __init__(
        self, letters: Collection, *, moved: Collection, parking: DeadLetterStore, now: Now
    ) -> None:
        """`moved`: the archive of old events of `letters`."""
        self._letters = letters
        self._moved = moved
        self._parking = parking
        self._now = now

    async def run(self) -> None:
        """Erase every second, and without a pause while much is left, until cancelled."""
        await run_periodically(self.erase, name="erasing", pause_s=PAUSE_S, page=MOST_AT_ONCE)

    async def run_parked(self) -> None:
        """Check parked records every half minute, until cancelled."""
        await run_periodically(
            self.erase_parked, name="erasing parked records", pause_s=PARKED_PAUSE_S
        )

    async def erase(self) -> int:
        """Erase marked letters, oldest first; return the number completed. Raises: DatabaseFault.

        A letter that was written meanwhile keeps its mark and is found again.
        """
        found = await self._letters.find(
            {"erasing_since": {"$lte": self._now()}},
            fields=dict.fromkeys(_FIELDS, 1),
            sort=(("erasing_since", 1),),
            limit=MOST_AT_ONCE,
        )
        ERASING.set(len(found))
        return sum([await self._erase(document) for document in found])

    async def erase_parked(self) -> None:
        """Erase in parked records of letters of which anything was erased.

        Raises: DatabaseFault.
        """
        parked = await self._parking.letters()
        if not parked:
            return
        found = await self._letters.find({"_id": {"$in": sorted(parked)}}, fields={"erased": 1})
        for document in found:
            if "erased" in document:
                await self._parking.erase(document["_id"], Erased.of_document(document))

    async def _erase(self, document: Document) -> bool:
        """Erase in the archive first, then in the document; return whether its mark is gone.

        A process that read these events for archiving before the erasure was stored may insert them
        with their content at any later time. So each is inserted first without it, which blocks
        that insert; if the other process was faster, the pass over the archive finds its events.
        """
        letter, erased = document["_id"], Erased.of_document(document)
        log = [_without(entry, erased) for entry in document["log"]]
        lost = [new for old, new in zip(document["log"], log, strict=True) if new is not old]
        await self._moved.write([Insert(moved(entry, letter)) for entry in lost])
        changes = [change async for change in self._changes(letter, erased)]
        written = await self._moved.write(changes)
        if written.matched < len(changes):
            return False
        done = await self._letters.write([_done(document, log)])
        ERASED.inc((len(lost) + len(changes)) * done.matched)
        return bool(done.matched)

    async def _changes(self, letter: str, erased: Erased) -> AsyncIterator[Update]:
        """Updates of archived events; each applies only while the event is as it was read."""
        async for archived in self._moved.stream({"letter": letter}):
            bare = _without(archived, erased)
            if bare is not archived:
                where = {"_id": archived["_id"], "value": archived["value"]}
                yield Update(where, {"$set": {"value": bare["value"]}})


def _without(kept_entry: Document, erased: Erased) -> Document:
    """The event without erased content; the same object if it loses nothing."""
    before = document_mapper.entry(kept_entry)
    entry = before.without(erased)
    return kept_entry if entry is before else {**kept_entry, "value": entry.record.value}


def _done(document: Document, log: Sequence[Document]) -> Update:
    """The compare-and-set that replaces the log in the document and unsets its mark."""
    size = sum(map(document_mapper.size, log)) - sum(map(document_mapper.size, document["log"]))
    change: Document = {"$unset": {"erasing_since": ""}}
    if size:
        change |= {"$set": {"log": list(log)}, "$inc": {"logged.bytes": size}}
    return Update({name: document[name] for name in ("_id", *GUARD)}, change)
