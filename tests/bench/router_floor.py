"""The router's floor: `python -m tests.bench.router_floor N RESULT SHAPE`. A bare loop.

Fetch up to 200, find, decide (always the same), one unordered bulk insert, send all, commit. It
opens and seals the same envelopes by the same library, and writes and sends as many bytes as the
router; but it models nothing, checks nothing, and could not do it again after a fault.
"""

import asyncio
import json
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bson
import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import InsertOne, monitoring

from services.router.settings import RouterSettings
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import LetterText
from shared.platform.jwe import Address, Opener
from shared.platform.kafka_options import consumer_options, kafka_options, producer_options
from shared.platform.settings import load
from tests.bench.database import Document, Documents, journalled
from tests.bench.padding import padding
from tests.bench.shape import Shape
from tests.bench.watch import Watch
from tests.support.sealers import sealer_in

MOST_RECORDS = 200
POLL_MS = 200
OVERHEAD = 20
"""Bytes of a document around the field that fills it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record that goes out."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Floor:
    """Keys, documents and producer, and how one batch is done."""

    def __init__(
        self, settings: RouterSettings, shape: Shape, *, producer: AIOKafkaProducer
    ) -> None:
        self._opener = Opener.load(settings.keys_dir / "router.private.jwks.json")
        self._sealer = sealer_in(settings.keys_dir / "public.jwks.json")
        self._documents: Documents = journalled(
            settings.mongo_uri.get_secret_value(), settings.database
        )
        self._shape = shape
        self._producer = producer

    async def do(self, fetched: Sequence[Any]) -> None:
        """One batch, up to the acknowledgement of all that it sends."""
        letters = [record.key.decode() for record in fetched]
        found = self._documents.find({"_id": {"$in": letters}}, {"log": 0})
        known = {one["_id"] for one in await found.to_list(None)}
        new = [record for record in fetched if record.key.decode() not in known]
        said = [list(self._said(record)) for record in new]
        inserts = [
            InsertOne(self._document(record.key.decode(), sent))
            for record, sent in zip(new, said, strict=True)
        ]
        await self._documents.bulk_write(inserts, ordered=False)
        under_way = [
            await self._producer.send(one.topic, one.value, key=one.key, headers=one.headers)
            for sent in said
            for one in sent
        ]
        await asyncio.gather(*under_way)

    def _said(self, record: Any) -> Iterator[Sent]:
        """What a letter leads to: its words opened, and sealed for its bureau."""
        event = orjson.loads(record.value)
        letter, slug = record.key.decode(), event["place"]["city"]
        address = Address("router", letter, LetterSubmitted.type)
        words = self._opener.open(event["words"]["router"], LetterText, address=address)
        to_bureau = Address(f"bureau:{slug}", letter, LetterAssigned.type, 1)
        envelope = self._sealer.seal(words, to_bureau)
        cause = dict(record.headers)["ce_id"]
        for entry in self._shape.entries:
            topic = entry.topic or f"bureau.{slug}.letters"
            content = b"" if entry.topic else orjson.dumps({"words": {to_bureau.reader: envelope}})
            yield Sent(
                topic,
                record.key,
                content + padding(entry.value - len(content)),
                entry.headers_of(topic, letter, cause=cause),
            )

    def _document(self, letter: str, sent: Sequence[Sent]) -> Document:
        log = [
            {
                "topic": one.topic,
                "sequence": entry.sequence,
                "key": one.key,
                "value": one.value,
                "headers": [list(header) for header in one.headers],
            }
            for entry, one in zip(self._shape.entries, sent, strict=True)
        ]
        document: Document = {"_id": letter, "version": 1, "by": uuid.uuid4().hex, "log": log}
        rest = self._shape.document - len(bson.encode(document)) - OVERHEAD
        return document | {"rest": padding(max(0, rest))}


async def route(settings: RouterSettings, shape: Shape, *, watch: Watch) -> None:
    """Work until `watch` has seen the last commit."""
    options = kafka_options(settings)
    producer = AIOKafkaProducer(**options, **producer_options(settings), acks="all")
    consumer = watch.over(
        AIOKafkaConsumer(
            SUBMITTED.name,
            **options,
            **consumer_options(settings),
            group_id="router",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
    )
    await producer.start()
    await consumer.start()
    try:
        floor = Floor(settings, shape, producer=producer)
        while not watch.figures:
            batch = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
            if batch:
                await floor.do([record for found in batch.values() for record in found])
                await consumer.commit({at: found[-1].offset + 1 for at, found in batch.items()})
    finally:
        await consumer.stop()
        await producer.stop()


def main(count: int, result: Path, *, shape: Path) -> None:
    """Route `count` letters, and write down the figures."""
    watch = Watch(count, done=lambda: None)
    monitoring.register(watch)
    uvloop.run(route(load(RouterSettings), Shape.of(json.loads(shape.read_text())), watch=watch))
    result.write_text(json.dumps(watch.figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), shape=Path(sys.argv[3]))
