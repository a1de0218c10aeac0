"""Collects everything that the stack wrote, kept and showed, as bytes with their places.

Broker and database are reached by the settings of the stack, with any engine.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from stat import S_IXUSR
from typing import Any

import httpx
from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

from shared.platform.kafka.bus import Bus, Inbound, inbound, let_go
from tests.secrecy.search import Place, Text

QUIET_POLLS = 3
POLL_MS = 200
LOOK_S = 0.5
ASSIGNED_WITHIN_S = 30.0
COMPRESSOR = re.compile(rb"block_compressor=([a-z0-9]+)")


async def records(bus: Bus) -> list[Text]:
    """Every record of every topic: its key, its value, and its headers."""
    consumer = bus.consumer()
    try:
        await consumer.start()
        return [text for record in await _read_to_the_end(consumer) for text in _texts_of(record)]
    finally:
        await let_go(consumer)


def back_up(uri: str, folder: Path, *, only: Collection[str] = ()) -> None:
    """Dump databases as `mongodump` does: a file of BSON documents for each collection.

    Documents are as the driver returns them, however the server packs them on disk. `only`: names;
    None for all that the address may read.
    """
    client: MongoClient[RawBSONDocument] = MongoClient(uri, document_class=RawBSONDocument)
    with client:
        for name in only or client.list_database_names():
            database = client.get_database(name)
            (folder / name).mkdir(parents=True)
            for described in database.list_collections():
                collection = str(described["name"])
                indexes = list(database[collection].list_indexes())
                about = encode({"collection": described, "indexes": indexes})
                (folder / name / f"{collection}.metadata.bson").write_bytes(about)
                with (folder / name / f"{collection}.bson").open("wb") as dump:
                    batches: Any = database[collection].find_raw_batches()
                    dump.writelines(batches)


def files(folder: Path) -> Iterator[Text]:
    """Every file below the folder, and its name.

    Programs and a server's padding of zeros are left out.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        yield Place("file name", name), os.fsencode(name)
        if path.is_file() and not path.is_symlink() and not path.stat().st_mode & S_IXUSR:
            yield Place("file", name), path.read_bytes().rstrip(b"\0")


def compressors(folder: Path) -> set[str]:
    """The codecs with which a WiredTiger database in that folder packs its blocks."""
    known = {
        found.decode()
        for path in folder.glob("WiredTiger*")
        for found in COMPRESSOR.findall(path.read_bytes())
    }
    return known - {"none"}


async def pages(client: httpx.AsyncClient, addresses: Mapping[str, str]) -> list[Text]:
    """The content of each address, by its name. Raises: httpx.HTTPError."""
    found = []
    for name, address in addresses.items():
        answer = (await client.get(address)).raise_for_status()
        found.append((Place("page", name), answer.content))
    return found


@asynccontextmanager
async def watched() -> AsyncIterator[dict[Place, bytes]]:
    """Command line and environment of every process below this one during the block."""
    found: dict[Place, bytes] = {}
    watching = asyncio.create_task(_watch(found))
    try:
        yield found
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def _watch(found: dict[Place, bytes]) -> None:
    while True:
        for place, text in processes():
            found.setdefault(place, text)
        await asyncio.sleep(LOOK_S)


def processes(root: int | None = None) -> Iterator[Text]:
    """Command line and environment of all processes below `root`, or below this one.

    Empty where the system has no `/proc`, or where they have ended meanwhile.
    """
    for pid in _below(root or os.getpid()):
        for what in ("cmdline", "environ"):
            with suppress(OSError):
                text = Path(f"/proc/{pid}/{what}").read_bytes()
                yield Place("process", f"{pid} {what}"), text


def _below(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {root})


async def _read_to_the_end(consumer: Any) -> list[Inbound]:
    """Poll all partitions until several polls found nothing."""
    topics = await consumer.topics()
    consumer.subscribe(topics=sorted(topics))
    async with asyncio.timeout(ASSIGNED_WITHIN_S):
        while {one.topic for one in consumer.assignment()} != topics:  # noqa: ASYNC110 - no event
            await asyncio.sleep(POLL_MS / 1_000)
    await consumer.seek_to_beginning(*consumer.assignment())
    found: list[Inbound] = []
    quiet = 0
    while quiet < QUIET_POLLS:
        batch = await consumer.getmany(timeout_ms=POLL_MS)
        found += [inbound(one) for fetched in batch.values() for one in fetched]
        quiet = 0 if batch else quiet + 1
    return found


def _texts_of(record: Inbound) -> Iterable[Text]:
    place = Place("record", record.topic)
    yield place, record.key
    yield place, record.value
    for name, value in record.headers:
        yield place, name.encode() + b": " + (value or b"")
