"""Streaming all letters of four databases in one order, merged, with bounded memory.

Each service has its letters in its own database. The numbers are read as four sorted streams, and
the documents about a hundred letters at a time: only those are in memory at any moment, and what is
compared was read at nearly the same time.
"""

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
    """The collections of one service."""

    service: str
    letters: Documents
    moved: Documents
    """Archived log entries."""
    parked: Documents
    counts: Documents | None = None
    """Signed daily counts, which the publisher has."""


class NoNumber(Exception):
    """A service's collection of letters has a document without a number; names the service."""


async def all_letters(archives: Sequence[Archive]) -> AsyncIterator[list[Look]]:
    """Yield every letter that any service knows, once, in chunks.

    The next chunk is fetched while the last one is judged. Raises: DatabaseFault, NoNumber.
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
    """Yield these letters as they are now, in chunks. Raises: DatabaseFault."""
    wanted = sorted(letters)
    for begin in range(0, len(wanted), CHUNK):
        yield await _looks(archives, wanted[begin : begin + CHUNK])


async def parked_without_letter(archives: Sequence[Archive]) -> dict[str, int]:
    """The number of parked records without a letter, by service. Raises: DatabaseFault."""
    counts = {
        archive.service: len(await archive.parked.find({"letter": ""}, fields={"_id": 1}))
        for archive in archives
    }
    return {service: count for service, count in counts.items() if count}


async def _looks(archives: Sequence[Archive], letters: Sequence[str]) -> list[Look]:
    """Read these letters from all services: the documents first, then the archives."""
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
    """The archived log entries."""
    long = [
        letter
        for letter, documents in found.items()
        if documents.get(archive.service, {}).get("moved")
    ]
    moved: dict[str, list[Document]] = {}
    for kept_event in await archive.moved.find({"letter": {"$in": long}}) if long else ():
        moved.setdefault(kept_event["letter"], []).append(kept_event)
    return moved


async def _parked(archive: Archive, letters: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    where = {"letter": {"$in": list(letters)}}
    for document in await archive.parked.find(where, fields={"letter": 1}):
        counts[document["letter"]] = counts.get(document["letter"], 0) + 1
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
    """Yield the number of each letter that any service knows, once, in order."""
    streams = [_numbers(archive) for archive in archives]
    heads = [await anext(stream, "") for stream in streams]
    while letter := min(filter(None, heads), default=""):
        yield letter
        for place, head in enumerate(heads):
            if head == letter:
                heads[place] = await anext(streams[place], "")


async def _numbers(archive: Archive) -> AsyncIterator[str]:
    async for document in archive.letters.stream({}, fields={"_id": 1}, sort=(("_id", 1),)):
        if not isinstance(document["_id"], str) or not document["_id"]:
            raise NoNumber(archive.service)
        yield document["_id"]
