"""Everything that was ever emitted for a letter, wherever it is kept now.

The newest events stand in the letter's document. Older ones move to a collection of their own, and
so do the names of commands decided long ago, so that no document grows without bound. What moves is
inserted there first and then taken out of the document, and readers look in the document first and
in the collection second: an event is found in one of them at every moment. What is being erased is
read as if it were erased already.
"""

from __future__ import annotations

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
"""Fields of a document that tell what was emitted."""
MOVED_INDEXES = (Index((("letter", 1),)),)
"""Of the collections that events and names of commands move to."""


class EventLog:
    """The emitted events of one service. Every method raises DatabaseFault when that fails."""

    def __init__(self, letters: Documents, *, moved: Documents, asked: Documents) -> None:
        """`moved`, `asked`: where old events and old names of commands go."""
        self.letters = letters
        self._moved = moved
        self._asked = asked

    async def of(self, letters: Collection[str]) -> dict[str, list[LogEntry]]:
        """All that was emitted for each of `letters`, in order for each topic."""
        if not letters:
            return {}
        found = await self.letters.find({"_id": {"$in": list(letters)}}, fields=_LOGGED)
        moved = await self._moved_of([one["_id"] for one in found if one.get("moved")])
        return {one["_id"]: _union(moved.get(one["_id"], ()), one) for one in found}

    async def caused_by(self, causes: Mapping[str, Collection[str]]) -> list[LogEntry]:
        """For each letter, what its `causes` led to, in order for each topic."""
        wanted = {letter: frozenset(ids) for letter, ids in causes.items() if ids}
        if not wanted:
            return []
        found = await self.letters.find({"_id": {"$in": list(wanted)}}, fields=_LOGGED)
        long = [one["_id"] for one in found if one.get("moved")]
        ids = {cause for letter in long for cause in wanted[letter]}
        moved = await self._moved_of(long, cause={"$in": sorted(ids)})
        return [
            entry
            for one in found
            for entry in _union(moved.get(one["_id"], ()), one)
            if entry.cause in wanted[one["_id"]]
        ]

    async def stream(self, where: Mapping[str, Any]) -> AsyncIterator[tuple[str, list[LogEntry]]]:
        """Every letter that matches, by its number, with all that was emitted for it."""
        async for one in self.letters.stream(where, fields=_LOGGED, sort=(("_id", 1),)):
            moved = await self._moved_of([one["_id"]]) if one.get("moved") else {}
            yield one["_id"], _union(moved.get(one["_id"], ()), one)

    async def asked_before(self, names: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
        """Of the named commands of each letter: the contents of those that moved from its document.

        Raises: DatabaseFault.
        """
        wanted = [asked_id(letter, name) for letter, of in names.items() for name in of]
        if not wanted:
            return {}
        asked: dict[str, dict[str, str]] = {}
        for one in await self._asked.find({"_id": {"$in": wanted}}):
            asked.setdefault(one["letter"], {})[one["name"]] = one["content"]
        return asked

    async def trim(self, letters: Collection[str]) -> int:
        """Move what is beyond the limits out of these documents; how many events that were.

        A document that another has written meanwhile, or of which something is being erased, stays
        long until its next write.
        """
        if not letters:
            return 0
        found = await self.letters.find(
            {"_id": {"$in": list(letters)}},
            fields={"log": 1, "asked": 1, "erasing_since": 1, **dict.fromkeys(GUARD, 1)},
        )
        whole = [one for one in found if "erasing_since" not in one]
        moves = [move for one in whole if (move := LogArchive.of(one)).is_needed]
        await self._moved.write([Insert(one) for move in moves for one in move.entries()])
        await self._asked.write([Insert(one) for move in moves for one in move.names()])
        await self.letters.write([move.cut() for move in moves])
        count = sum(len(move.log) for move in moves)
        MOVED.inc(count)
        return count

    async def _moved_of(self, letters: Sequence[str], **where: Any) -> dict[str, list[Document]]:
        if not letters:
            return {}
        moved: dict[str, list[Document]] = {}
        for one in await self._moved.find({"letter": {"$in": list(letters)}, **where}):
            moved.setdefault(one["letter"], []).append(one)
        return moved


def _union(moved: Iterable[Document], document: Document) -> list[LogEntry]:
    """Each event once, in order for each topic: what moved, and stands here no more, is older."""
    log = document_mapper.log(document)
    here = {one.id for one in log}
    old = [one for one in map(document_mapper.entry, moved) if one.id not in here]
    entries = [*sorted(old, key=lambda one: one.sequence), *log]
    if "erasing_since" not in document:
        return entries
    erased = Erased.of_document(document)
    return [one.without(erased) for one in entries]
