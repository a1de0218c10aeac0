"""When do words that may not be kept leave what a service has already said? After the fact is kept.

The event that asks for it is decided like every other, and marks the document. A loop finds the
mark, takes the words out of the letter's log wherever it stands, and unsets the mark; dying in
between it begins again. What is parked is looked through for ever, since a record of such a letter
may come to be parked later.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.letters import document_mapper
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.log_archive import GUARD, moved
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import (
    Collection,
    Document,
    Insert,
    Update,
)
from shared.platform.runtime.clock import Now
from shared.platform.runtime.shell_metrics import ERASED, ERASING

PAUSE_S = 1.0
PARKED_PAUSE_S = 30.0
MOST_AT_ONCE = 20
"""Letters whose whole documents are in memory."""

_FIELDS = ("log", "erased", "erasing_since", *GUARD)


class ErasureJob:
    """Erases for all letters of a service."""

    def __init__(
        self, letters: Collection, *, moved: Collection, parking: DeadLetterStore, now: Now
    ) -> None:
        """`moved`: where old events of `letters` went."""
        self._letters = letters
        self._moved = moved
        self._parking = parking
        self._now = now

    async def run(self) -> None:
        """Erase each second, and at once while much is left, until cancelled."""
        await run_periodically(self.erase, name="erasing", pause_s=PAUSE_S, page=MOST_AT_ONCE)

    async def run_parked(self) -> None:
        """Look through what is parked each half minute, until cancelled."""
        await run_periodically(
            self.erase_parked, name="erasing parked records", pause_s=PARKED_PAUSE_S
        )

    async def erase(self) -> int:
        """Erase what is marked, the oldest first; of how many letters. Raises: DatabaseFault.

        One that others wrote meanwhile keeps its mark, and is found again.
        """
        found = await self._letters.find(
            {"erasing_since": {"$lte": self._now()}},
            fields=dict.fromkeys(_FIELDS, 1),
            sort=(("erasing_since", 1),),
            limit=MOST_AT_ONCE,
        )
        ERASING.set(len(found))
        return sum([await self._erase(one) for one in found])

    async def erase_parked(self) -> None:
        """Erase in the parked records of letters of which anything was erased.

        Raises: DatabaseFault.
        """
        parked = await self._parking.letters()
        if not parked:
            return
        found = await self._letters.find({"_id": {"$in": sorted(parked)}}, fields={"erased": 1})
        for one in found:
            if "erased" in one:
                await self._parking.erase(one["_id"], Erased.of_document(one))

    async def _erase(self, document: Document) -> bool:
        """First what moved, then the document; whether its mark is gone.

        Whoever read these events to move them, before the erasing was kept, may insert them with
        their words however late. So each is inserted without: an id that is taken turns that away,
        and who was earlier is found when all that moved is looked through.
        """
        letter, erased = document["_id"], Erased.of_document(document)
        log = [_without(one, erased) for one in document["log"]]
        lost = [new for old, new in zip(document["log"], log, strict=True) if new is not old]
        await self._moved.write([Insert(moved(one, letter)) for one in lost])
        changes = [change async for change in self._changes(letter, erased)]
        written = await self._moved.write(changes)
        if written.matched < len(changes):
            return False
        done = await self._letters.write([_done(document, log)])
        ERASED.inc((len(lost) + len(changes)) * done.matched)
        return bool(done.matched)

    async def _changes(self, letter: str, erased: Erased) -> AsyncIterator[Update]:
        """Of what moved; each holds only while the event is as it was read."""
        async for one in self._moved.stream({"letter": letter}):
            bare = _without(one, erased)
            if bare is not one:
                where = {"_id": one["_id"], "value": one["value"]}
                yield Update(where, {"$set": {"value": bare["value"]}})


def _without(kept: Document, erased: Erased) -> Document:
    """An event of a log as it is to stand there; the very same when it loses nothing."""
    before = document_mapper.entry(kept)
    entry = before.without(erased)
    return kept if entry is before else {**kept, "value": entry.record.value}


def _done(document: Document, log: Sequence[Document]) -> Update:
    """The compare-and-set that puts the bare log into the document and takes its mark away."""
    size = sum(map(document_mapper.size, log)) - sum(map(document_mapper.size, document["log"]))
    change: Document = {"$unset": {"erasing_since": ""}}
    if size:
        change |= {"$set": {"log": list(log)}, "$inc": {"logged.bytes": size}}
    return Update({name: document[name] for name in ("_id", *GUARD)}, change)
