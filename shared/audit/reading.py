"""How are all letters read without holding them all? Four lists of numbers in one order, merged.

Each service keeps its letters in a database of its own. The numbers come as four sorted streams,
side by side, and the documents of some hundred letters at once: only those are in memory at any
moment, however many letters there are, and what is compared was read within a moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass

from shared.audit.looking import Look, sheet
from shared.platform.mongo.database import Collection as Documents
from shared.platform.mongo.database import Document

CHUNK = 100

Found = dict[str, dict[str, Document]]
"""Documents by letter, then by service."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What one service keeps."""

    service: str
    letters: Documents
    moved: Documents
    """Old log entries."""
    parked: Documents


class NoNumber(Exception):
    """Among a service's letters is a document that has no number; the text is the service."""


async def all_letters(archives: Sequence[Archive]) -> AsyncIterator[list[Look]]:
    """Every letter that any service knows, once, in chunks. Raises: DatabaseFault, NoNumber.

    The next chunk is fetched while the last one is judged.
    """
    coming: asyncio.Task[list[Look]] | None = None
    try:
        async for chunk in _chunks(_merged(archives)):
            before, coming = coming, asyncio.create_task(_looks(archives, chunk))
            await asyncio.sleep(0)
            if before is not None:
                yield await before
        if coming is not None:
            yield await coming
    finally:
        if coming is not None:
            coming.cancel()


async def some_letters(
    archives: Sequence[Archive], letters: Collection[str]
) -> AsyncIterator[list[Look]]:
    """These letters as they are now, in chunks. Raises: DatabaseFault."""
    wanted = sorted(letters)
    for begin in range(0, len(wanted), CHUNK):
        yield await _looks(archives, wanted[begin : begin + CHUNK])


async def parked_without_letter(archives: Sequence[Archive]) -> dict[str, int]:
    """How many parked records name no letter, by service. Raises: DatabaseFault."""
    counts = {
        archive.service: len(await archive.parked.find({"letter": ""}, fields={"_id": 1}))
        for archive in archives
    }
    return {service: count for service, count in counts.items() if count}


async def _looks(archives: Sequence[Archive], letters: Sequence[str]) -> list[Look]:
    """These letters, as far as any service knows them: the documents first, then what moved."""
    found: Found = {}
    for archive in archives:
        for one in await archive.letters.find({"_id": {"$in": list(letters)}}):
            found.setdefault(one["_id"], {})[archive.service] = one
    moved = {archive.service: await _moved(archive, found) for archive in archives}
    parked = {archive.service: await _parked(archive, letters) for archive in archives}
    return [
        Look(
            letter,
            {
                service: sheet(service, document, moved=moved[service].get(letter, ()))
                for service, document in found[letter].items()
            },
            {service: count[letter] for service, count in parked.items() if letter in count},
        )
        for letter in letters
        if letter in found
    ]


async def _moved(archive: Archive, found: Found) -> dict[str, list[Document]]:
    """Log entries that stand elsewhere."""
    long = [
        letter
        for letter, documents in found.items()
        if documents.get(archive.service, {}).get("moved")
    ]
    moved: dict[str, list[Document]] = {}
    for one in await archive.moved.find({"letter": {"$in": long}}) if long else ():
        moved.setdefault(one["letter"], []).append(one)
    return moved


async def _parked(archive: Archive, letters: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    where = {"letter": {"$in": list(letters)}}
    for one in await archive.parked.find(where, fields={"letter": 1}):
        counts[one["letter"]] = counts.get(one["letter"], 0) + 1
    return counts


async def _chunks(letters: AsyncIterator[str]) -> AsyncIterator[list[str]]:
    chunk: list[str] = []
    async for letter in letters:
        chunk.append(letter)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


async def _merged(archives: Sequence[Archive]) -> AsyncIterator[str]:
    """The number of each letter that any service knows, once, in order."""
    streams = [_numbers(archive) for archive in archives]
    heads = [await anext(stream, "") for stream in streams]
    while letter := min(filter(None, heads), default=""):
        yield letter
        for place, head in enumerate(heads):
            if head == letter:
                heads[place] = await anext(streams[place], "")


async def _numbers(archive: Archive) -> AsyncIterator[str]:
    async for one in archive.letters.stream({}, fields={"_id": 1}, sort=(("_id", 1),)):
        if not isinstance(one["_id"], str) or not one["_id"]:
            raise NoNumber(archive.service)
        yield one["_id"]
