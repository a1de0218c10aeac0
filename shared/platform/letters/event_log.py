"""Every event emitted for a letter, in its document or in the archive.

The newest events stand in the letter's document. Older ones move to a collection of their own, and
so do old command names, so that documents don't grow without bound. They are inserted into the
archive before they are removed from the document, and readers look in the document first and in the
archive second: at every moment an event is found in one of them. Events under erasure are read as
already erased.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any

from shared.platform.letters import document_mapper
from shared.platform.letters.erasure_marks import Erased
from shared.platform.letters.log_archive import GUARD, LogArchive, asked_id
from shared.platform.letters.stored_letter import LogEntry
from shared.platform.mongo.database import Collection as Documents
from shared.platform.mongo.database import Document, Index, Insert
from shared.platform.runtime.shell_metrics import MOVED

_LOGGED = {"log": 1, "moved": 1, "erased": 1, "erasing_since": 1}
"""The fields of a document from which its events are read."""
MOVED_INDEXES = (Index((("letter", 1),)),)
"""Indexes of the collections to which events and command names move."""


class EventLog:
    """The emitted events of one service. Methods raise DatabaseFault if the database fails."""

    def __init__(self, letters: Documents, *, moved: Documents, asked: Documents) -> None:
        """`moved`, `asked`: collections for old events and for old command names."""
        self.letters = letters
        self._moved = moved
        self._asked = asked

    async def of(self, letters: Collection[str]) -> dict[str, list[LogEntry]]:
        """All events emitted for each of `letters`, in order for each topic."""
        if not letters:
            return {}
        found = await self.letters.find({"_id": {"$in": list(letters)}}, fields=_LOGGED)
        moved = await self._moved_of(
            [document["_id"] for document in found if document.get("moved")]
        )
        return {
            document["_id"]: _union(moved.get(document["_id"], ()), document) for document in found
        }

    async def caused_by(self, causes: Mapping[str, Collection[str]]) -> list[LogEntry]:
        """For each letter, the events with one of its `causes`, in order for each topic."""
        wanted = {letter: frozenset(ids) for letter, ids in causes.items() if ids}
        if not wanted:
            return []
        found = await self.letters.find({"_id": {"$in": list(wanted)}}, fields=_LOGGED)
        long = [document["_id"] for document in found if document.get("moved")]
        ids = {cause for letter in long for cause in wanted[letter]}
        moved = await self._moved_of(long, cause={"$in": sorted(ids)})
        return [
            entry
            for document in found
            for entry in _union(moved.get(document["_id"], ()), document)
            if entry.cause in wanted[document["_id"]]
        ]

    async def stream(self, where: Mapping[str, Any]) -> AsyncIterator[tuple[str, list[LogEntry]]]:
        """Yield every matching letter, sorted by number, with all events emitted for it."""
        async for document in self.letters.stream(where, fields=_LOGGED, sort=(("_id", 1),)):
            moved = await self._moved_of([document["_id"]]) if document.get("moved") else {}
            yield document["_id"], _union(moved.get(document["_id"], ()), document)

    async def asked_before(self, names: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
        """The contents of those named commands of each letter that moved out of its document.

        Raises: DatabaseFault.
        """
        wanted = [asked_id(letter, name) for letter, of in names.items() for name in of]
        if not wanted:
            return {}
        asked: dict[str, dict[str, str]] = {}
        for moved in await self._asked.find({"_id": {"$in": wanted}}):
            asked.setdefault(moved["letter"], {})[moved["name"]] = moved["content"]
        return asked

    async def trim(self, letters: Collection[str]) -> int:
        """Move entries beyond the limits out of these documents; return the number of events moved.

        A document that was written meanwhile, or that is being erased, stays long until its next
        write.
        """
        if not letters:
            return 0
        found = await self.letters.find(
            {"_id": {"$in": list(letters)}},
            fields={"log": 1, "asked": 1, "erasing_since": 1, **dict.fromkeys(GUARD, 1)},
        )
        trimmable = [document for document in found if "erasing_since" not in document]
        moves = [move for document in trimmable if (move := LogArchive.of(document)).is_needed]
        await self._moved.write([Insert(document) for move in moves for document in move.entries()])
        await self._asked.write([Insert(document) for move in moves for document in move.names()])
        await self.letters.write([move.cut() for move in moves])
        count = sum(len(move.log) for move in moves)
        MOVED.inc(count)
        return count

    async def _moved_of(self, letters: Sequence[str], **where: Any) -> dict[str, list[Document]]:
        if not letters:
            return {}
        moved: dict[str, list[Document]] = {}
        for moved_event in await self._moved.find({"letter": {"$in": list(letters)}, **where}):
            moved.setdefault(moved_event["letter"], []).append(moved_event)
        return moved


def _union(moved: Iterable[Document], document: Document) -> list[LogEntry]:
    """All events without duplicates, in order for each topic; archived events are older."""
    log = document_mapper.log(document)
    here = {entry.id for entry in log}
    old = [entry for entry in map(document_mapper.entry, moved) if entry.id not in here]
    entries = [*sorted(old, key=lambda entry: entry.sequence), *log]
    if "erasing_since" not in document:
        return entries
    erased = Erased.of_document(document)
    return [entry.without(erased) for entry in entries]
