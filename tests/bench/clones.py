"""Fills a database with open letters: copies of a real one under other numbers.

They only have to be skipped, so their sealed words stay those of the real one, and each is due at
its own instant, later than anything that is measured.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from motor.motor_asyncio import AsyncIOMotorClient

from shared.kernel.letter_number import RANDOM_BYTES, new_letter_number
from tests.bench.database import Document

CHUNK = 500
APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Collections of letters by service."""

    uri: str
    database: str


def numbers(count: int) -> list[str]:
    """That many unused letter numbers."""
    return [new_letter_number(os.urandom(RANDOM_BYTES)) for _ in range(count)]


def clones(real: Document, letters: Sequence[str], *, after: datetime) -> Iterator[Document]:
    """The document under each number; where it is due at an instant, one after the other."""
    for place, letter in enumerate(letters, 1):
        due = after + place * APART
        dates = {name: due for name in ("fires_at", "passes_at") if name in real}
        yield real | {"_id": letter} | dates


async def remove(place: Place, where: Document) -> None:
    """Delete all that match."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(place.uri)
    try:
        await client[place.database]["letters"].delete_many(where)
    finally:
        client.close()


async def fill(place: Place, documents: Iterator[Document]) -> None:
    """Insert them, some hundreds at a time."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(place.uri, tz_aware=True, w=1)
    try:
        letters = client[place.database]["letters"]
        while chunk := list(islice(documents, CHUNK)):
            await letters.insert_many(chunk, ordered=False)
    finally:
        client.close()
