"""The router's floor: `python -m tests.bench.router_floor N RESULT SHAPE`. A bare loop.

Fetch up to 200, find, decide (always the same), one unordered bulk insert, send all, mark all as
sent, commit: the usual outbox, which writes twice where the router writes once. It does the same
work on envelopes, documents and records (bare.py), but it checks nothing and could not recover from
a fault.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import InsertOne, monitoring

from services.router.settings import RouterSettings
from shared.contracts.topics import SUBMITTED
from shared.platform.kafka.kafka_options import consumer_options, kafka_options, producer_options
from shared.platform.runtime.settings import load
from tests.bench.bare import Bare, Sent
from tests.bench.database import Documents, journalled
from tests.bench.shape import Shape
from tests.bench.watch import Figures, Watch

MOST_RECORDS = 200
POLL_MS = 200


class Floor:
    """Documents and producer, and how one batch is done."""

    def __init__(self, bare: Bare, documents: Documents, *, producer: AIOKafkaProducer) -> None:
        self._bare = bare
        self._documents = documents
        self._producer = producer

    async def do(self, fetched: Sequence[Any]) -> None:
        """One batch, up to the acknowledgement of all that it sends."""
        letters = [record.key.decode() for record in fetched]
        found = self._documents.find({"_id": {"$in": letters}}, {"log": 0})
        known = {one["_id"] for one in await found.to_list(None)}
        new = [record for record in fetched if record.key.decode() not in known]
        said = [list(self._said(record)) for record in new]
        inserts = [
            InsertOne(self._bare.document(record.key.decode(), sent))
            for record, sent in zip(new, said, strict=True)
        ]
        await self._documents.bulk_write(inserts, ordered=False)
        under_way = [
            await self._producer.send(one.topic, one.value, key=one.key, headers=one.headers)
            for sent in said
            for one in sent
        ]
        await asyncio.gather(*under_way)
        sent_now = {"_id": {"$in": [record.key.decode() for record in new]}}
        await self._documents.update_many(sent_now, {"$set": {"is_sent": True}})

    def _said(self, record: Any) -> Iterator[Sent]:
        event, letter = orjson.loads(record.value), record.key.decode()
        words = self._bare.opened(event["words"]["router"], letter)
        cause = dict(record.headers)["ce_id"]
        return self._bare.said(letter, words, bureau=event["place"]["city"], cause=cause)


async def route(settings: RouterSettings, shape: Shape, *, count: int) -> Figures:
    """Route that many letters, and return the figures."""
    found: list[Figures] = []
    watch = Watch(count, done=found.append)
    watch.over_envelopes()
    monitoring.register(watch)
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
    documents = journalled(settings.mongo_uri.get_secret_value(), settings.database)
    await producer.start()
    await consumer.start()
    try:
        floor = Floor(Bare(settings, shape), documents, producer=producer)
        while not found:
            batch = await consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
            if batch:
                await floor.do([record for found in batch.values() for record in found])
                await consumer.commit({at: found[-1].offset + 1 for at, found in batch.items()})
    finally:
        await consumer.stop()
        await producer.stop()
    return found[0]


def main(count: int, result: Path, *, shape: Path) -> None:
    """Route `count` letters, and write down what that was like."""
    sizes = Shape.of(json.loads(shape.read_text()))
    figures = uvloop.run(route(load(RouterSettings), sizes, count=count))
    result.write_text(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), shape=Path(sys.argv[3]))
